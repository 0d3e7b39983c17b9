/** A relay's listening socket: a unix socket for its user alone, or TCP. */
import { once } from "node:events";
import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import { CliError } from "../cli/errors.ts";
import { type Address, formatAddress } from "./address.ts";
import { RELAY_LIMITS } from "./limits.ts";
import type { Relay } from "./relay.ts";

/** Read and written by its user. */
const SOCKET_MODE = 0o600;

export interface Listener {
  /** Where it listens: of port 0, the port that it was given. */
  readonly address: Address;
  /** Takes no more connections; a unix socket's file is removed. */
  close(): void;
}

/**
 * Hands connections at `address` to the relay. A socket's file at which nobody listens is replaced. Throws CliError where
 * somebody does, or the address cannot be had.
 */
export async function listen(relay: Relay, address: Address): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const { remoteAddress, remotePort } = socket;
    relay.accept(socket, remoteAddress === undefined ? "" : `${remoteAddress}:${remotePort}`);
  });
  // Those that are told that they are too many are connections too, for a while.
  server.maxConnections = 2 * RELAY_LIMITS.max_connections_count;
  try {
    await (address.kind === "unix" ? listenUnix(server, address.path) : listenTcp(server, address));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot listen on ${formatAddress(address)}: ${reasonOf(error)}`);
  }
  server.on("error", () => {});
  const bound =
    address.kind === "tcp" ? { ...address, port: (server.address() as AddressInfo).port } : address;
  return { address: bound, close: () => server.close() };
}

async function listenTcp(server: Server, { host, port }: Extract<Address, { kind: "tcp" }>): Promise<void> {
  server.listen({ host, port });
  await once(server, "listening");
}

async function listenUnix(server: Server, path: string): Promise<void> {
  // The system says of this that permission is denied.
  if (!existsSync(dirname(path))) throw new Error("no such folder");
  await removeStale(path);
  server.listen({ path });
  await once(server, "listening");
  chmodSync(path, SOCKET_MODE);
}

/** Removes a socket's file that a relay left behind; throws CliError for one in use, and for any other file. */
async function removeStale(path: string): Promise<void> {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isSocket()) throw new CliError(`${path}: exists, and is no socket`);
  const socket = connect({ path });
  try {
    await once(socket, "connect");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
    unlinkSync(path);
    return;
  } finally {
    socket.destroy();
  }
  throw new CliError(`${path}: somebody listens there already`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "it is in use";
  if (code === "EACCES") return "permission denied";
  return message;
}
