/** JSON-RPC to an Ethereum node. Errors name the method and the node, without what an access key may hide in. */
import { rateLimited } from "./refusals.ts";

export const RPC_LIMITS = {
  /** No answer within this is an error. */
  request_timeout_ms: 10_000,
  /** Requests sent and unanswered; more wait their turn. */
  in_flight_count: 128,
  /** Requests in one batch. */
  batch_count: 32,
  /** Largest answer: a full block with receipts has a few MB. */
  max_answer_bytes: 67_108_864,
  /** A WebSocket on which nothing was heard for so long is pinged; one that then keeps still for as long again is cut. */
  ping_interval_ms: 10_000,
} as const;

export type RpcLimits = { readonly [K in keyof typeof RPC_LIMITS]: number };

interface RpcErrorDetail {
  readonly isTimeout?: boolean;
  readonly isTooLarge?: boolean;
  readonly retry_after_ms?: number | null;
}

export class RpcError extends Error {
  /** The node's own code; null where there was no answer. */
  readonly code: number | null;
  /** The node is there and did not answer this in time. */
  readonly isTimeout: boolean;
  /** The connection was ended, by us, for an answer that is larger than one may be. */
  readonly isTooLarge: boolean;
  /** The node asks for fewer requests: how long to leave it alone, 0 where it does not say; null: it does not ask. */
  readonly retry_after_ms: number | null;

  constructor(message: string, code: number | null = null, detail: RpcErrorDetail = {}) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.isTimeout = detail.isTimeout ?? false;
    this.isTooLarge = detail.isTooLarge ?? false;
    this.retry_after_ms = detail.retry_after_ms ?? (rateLimited(code, message) ? 0 : null);
  }
}

export interface Rpc {
  /** The `result`. Rejects with RpcError when the node refuses, does not answer in time, or is gone. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): void;
}

/** An Rpc that asks many things of one kind at once. */
export interface BatchRpc extends Rpc {
  /** A `result` for each of the params, in their order. Rejects as `request` does, with the first that failed. */
  requestMany(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]>;
}

/** Throws RpcError that says what is wrong with the URL. */
export function parseRpcUrl(
  text: string,
  protocols: readonly string[] = ["ws:", "wss:", "http:", "https:"],
): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && protocols.includes(url.protocol)) return url;
  const wanted = protocols.map((protocol) => `${protocol}//HOST`).join(" or ");
  // What cannot be parted into host and path is not shown: it may hold a key anywhere.
  throw new RpcError(`expected a node's URL, ${wanted}, got ${url === null ? "none" : hostOf(url)}`);
}

/** A URL as it may be shown: its path and query may hold an access key. */
export function hostOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** Parts of a URL that are shorter are no keys. */
const MIN_KEY_COUNT = 8;

/** Takes out of a node's own words what its URL holds beside the host: a provider may repeat an access key. */
export function withoutKeys(text: string, url: URL): string {
  const parts = [url.username, url.password, ...url.pathname.split("/"), ...url.searchParams.values()];
  return parts
    .filter((part) => part.length >= MIN_KEY_COUNT)
    .reduce((shown, part) => shown.replaceAll(part, "***"), text);
}

/** The `result` of a JSON-RPC answer, or its error thrown. */
export function resultOf(answer: unknown, method: string, url: URL): unknown {
  const host = hostOf(url);
  const { error, result } = (answer ?? {}) as { error?: unknown; result?: unknown };
  if (error === undefined || error === null) {
    if (result === undefined) throw new RpcError(`${method} at ${host}: answer has neither result nor error`);
    return result;
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === "string" ? withoutKeys(message, url).slice(0, 200) : "refused";
  throw new RpcError(`${method} at ${host}: ${text}`, typeof code === "number" ? code : null);
}
