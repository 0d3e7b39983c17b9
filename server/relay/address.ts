/** Where a relay listens or a peer connects: `unix:PATH` or `tcp:HOST:PORT`, and how it is opened. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { usageError } from "../cli/errors.ts";
import type { Clock } from "../clock.ts";
import { RELAY_DOMAINS, type RelayDomain } from "./domain.ts";
import { RELAY_LIMITS } from "./limits.ts";

export type Address =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** Longest path of a socket that Linux takes; others take 103. */
const MAX_PATH_BYTES = 107;

/** Throws CliError that names `option` and what is wrong. */
export function parseAddress(text: string, option: string): Address {
  const shown = JSON.stringify(text);
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path === "") throw usageError(`${option}: ${shown} names no path`);
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
      throw usageError(`${option}: ${shown}: a socket's path has ${MAX_PATH_BYTES} bytes at the most`);
    }
    return { kind: "unix", path };
  }
  const tcp = /^tcp:(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(tcp?.[3]);
  if (tcp === null || port > 65_535)
    throw usageError(`${option}: ${shown} is not unix:PATH or tcp:HOST:PORT`);
  return { kind: "tcp", host: (tcp[1] ?? tcp[2]) as string, port };
}

export interface RelayAddress {
  readonly domain: RelayDomain;
  readonly address: Address;
}

/** `[DOMAIN=]ADDRESS`, market_data unless named. Throws CliError that names `option` and what is wrong. */
export function parseRelayAddress(text: string, option: string): RelayAddress {
  const [, name = "market_data", address = text] = /^([a-z_]+)=(.*)$/.exec(text) ?? [];
  const domain = RELAY_DOMAINS.find((each) => each === name);
  if (domain === undefined) {
    throw usageError(`${option}: ${JSON.stringify(name)} is not one of ${RELAY_DOMAINS.join(", ")}`);
  }
  return { domain, address: parseAddress(address, option) };
}

export function formatAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const { host, port } = address;
  return `tcp:${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A connected socket, without delay of small writes, until `signal`. Rejects with the system's error, or when it takes too long. */
export async function dial(address: Address, clock: Clock, signal: AbortSignal): Promise<Socket> {
  const to = address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
  const socket = connect({ ...to, noDelay: true, keepAlive: true });
  const stop = (): void => void socket.destroy(new Error("stopped"));
  signal.addEventListener("abort", stop);
  socket.once("close", () => signal.removeEventListener("abort", stop));
  const cancel = clock.after(RELAY_LIMITS.connect_timeout_ms, () =>
    socket.destroy(new Error(`no connection within ${RELAY_LIMITS.connect_timeout_ms} ms`)),
  );
  try {
    await once(socket, "connect");
    return socket;
  } finally {
    cancel();
  }
}
