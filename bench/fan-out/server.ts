/** The server's process: a whole mempulse, or a bare broadcast of frames of the same size. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { transaction } from "../../model/testing/messages.ts";
import { startTestServer } from "../../server/testing/harness.ts";

export type ServerKind = "bare" | "mempulse";
export type ServerOrder =
  | { readonly do: "listen"; readonly kind: ServerKind; readonly sessions: number }
  /** Sends for so long; the answer has the processor time meanwhile. */
  | { readonly do: "run"; readonly ms: number };
export interface ServerReport {
  readonly port: number;
  readonly cpu_us: number;
}

const BROADCAST_MS = 100;
/** 20 a second. */
const TRANSACTION_MS = 50;
/** A DELTA_BATCH of two transactions. */
const FRAME = Buffer.alloc(1_650, "x");

let port = 0;
let send: () => void = () => {};
let intervalMs = BROADCAST_MS;

async function listen(kind: ServerKind, sessions: number): Promise<void> {
  if (kind === "bare") {
    const http = createServer();
    const sockets = new Set<WebSocket>();
    const upgrader = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false });
    upgrader.on("connection", (socket) => sockets.add(socket));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    ({ port } = http.address() as AddressInfo);
    send = () => {
      for (const socket of sockets) socket.send(FRAME, { binary: false });
    };
    return;
  }
  const server = await startTestServer({
    stream: { maxSessions: sessions, maxSessionsPerAddress: sessions },
    // The sessions, and the request for a snapshot.
    maxConnectionsPerAddress: sessions + 1,
  });
  port = Number(new URL(server.url).port);
  intervalMs = TRANSACTION_MS;
  let made = 0;
  send = () => {
    server.source.push(transaction(++made));
    // The log of a test's source is no cost of the server's.
    server.source.pushed.splice(0);
  };
  send();
}

async function run(ms: number): Promise<number> {
  const before = process.cpuUsage();
  const end = performance.now() + ms;
  for (let next = performance.now(); next < end; next += intervalMs) {
    send();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next + intervalMs - performance.now())));
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function obey(order: ServerOrder): Promise<ServerReport> {
  if (order.do === "run") return { port, cpu_us: await run(order.ms) };
  await listen(order.kind, order.sessions);
  return { port, cpu_us: 0 };
}

process.on("message", (order: ServerOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
