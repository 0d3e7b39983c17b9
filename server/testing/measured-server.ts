/**
 * The process that `server/stream/memory.test.ts` measures: at its parent's word a bare `ws` server or a whole one, so that
 * what a session costs is told apart from what its socket costs. Runs with --expose-gc.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { startTestServer, type TestServer } from "./harness.ts";

export type Order =
  | { readonly do: "bare" }
  /** `rows`: folded before it listens. */
  | { readonly do: "serve"; readonly rows: number; readonly sessions: number }
  | { readonly do: "fold"; readonly rows: number }
  /** Of the bare server. */
  | { readonly do: "sockets" }
  | { readonly do: "measure" };

/** Of the test itself, which asks for a snapshot and for metrics. */
const OTHER_CONNECTIONS = 16;

let server: TestServer | null = null;
let made = 0;
let sockets = 0;

/** The port, the number of sockets, the rows made, or the bytes that are reachable. */
async function obey(order: Order): Promise<number> {
  switch (order.do) {
    case "bare": {
      const http = createServer();
      const upgrader = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false });
      upgrader.on("connection", (socket) => {
        sockets++;
        socket.on("message", () => {});
        socket.on("close", () => sockets--);
        socket.send('{"op":"HELLO"}');
      });
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      return (http.address() as AddressInfo).port;
    }
    case "serve": {
      const { sessions } = order;
      server = await startTestServer({
        stream: { maxSessions: sessions, maxSessionsPerAddress: sessions },
        maxConnectionsPerAddress: sessions + OTHER_CONNECTIONS,
      });
      fold(order.rows);
      return Number(new URL(server.url).port);
    }
    case "fold":
      // In turns, each of which is flushed.
      for (let left = order.rows; left > 0; left -= 100) {
        fold(100);
        await new Promise((resolve) => setTimeout(resolve, LIMITS.max_flush_interval_ms + 5));
      }
      return made;
    case "sockets":
      return sockets;
    case "measure": {
      for (let round = 0; round < 4; round++) {
        globalThis.gc?.();
        await new Promise(setImmediate);
      }
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    }
  }
}

function fold(rows: number): void {
  for (let n = 0; n < rows; n++) server?.source.push(transaction(++made));
  // The log of a test's source is no cost of the server's.
  server?.source.pushed.splice(0);
}

process.on("message", (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
