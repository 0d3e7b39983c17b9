/**
 * Which names a request may be for (Host) and which pages may ask (Origin). A page of another site that a user has open
 * could otherwise read a server on the user's own machine, by DNS rebinding or by a WebSocket, which knows no CORS.
 */

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
/** A name or an address, with or without a port; nothing that a URL parser would read as credentials or a path. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;
const ORIGIN = /^https?:\/\/(.+)$/i;

export class AllowList {
  readonly #names: ReadonlySet<string>;

  /** `names`: host names without ports, allowed beside the loopback ones; all ports of a name are allowed. */
  constructor(names: readonly string[] = []) {
    this.#names = new Set([...LOOPBACK_NAMES, ...names.map((name) => name.toLowerCase())]);
  }

  allowsHost(host: string | undefined): boolean {
    const name = HOST.exec(host ?? "")?.[1];
    return name !== undefined && this.#names.has(name.toLowerCase());
  }

  /** A request without an Origin does not come from a page of another site. */
  allowsOrigin(origin: string | undefined): boolean {
    return origin === undefined || this.allowsHost(ORIGIN.exec(origin)?.[1]);
  }

  /** The header that is refused, with its value, for an error; null when the request may pass. */
  refusal(headers: { host?: string | undefined; origin?: string | undefined }): string | null {
    if (!this.allowsHost(headers.host)) return `Host ${quote(headers.host)} is not allowed here`;
    if (!this.allowsOrigin(headers.origin)) return `Origin ${quote(headers.origin)} is not allowed here`;
    return null;
  }
}

function quote(value: string | undefined): string {
  return JSON.stringify((value ?? "").slice(0, 128));
}
