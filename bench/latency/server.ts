/** The server's process: a whole mempulse that reads a relay, or a bare pipe from a Unix socket to a WebSocket. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { startServer } from "../../server/server.ts";
import { RelaySource } from "../../server/sources/relay/source.ts";

export type ServerOrder =
  /** Reads the relay at a Unix socket's path. */
  | { readonly do: "serve"; readonly relay: string }
  /** Listens at a Unix socket's path, and passes on what is written there. */
  | { readonly do: "pipe"; readonly path: string };
export interface ServerReport {
  /** Where the WebSocket is. */
  readonly port: number;
}

async function serve(path: string): Promise<number> {
  const source = new RelaySource({ address: { kind: "unix", path }, log: () => {} });
  const pageDirectory = join(import.meta.dirname, "nothing");
  const server = await startServer({ sources: [source], port: 0, pageDirectory, log: () => {} });
  return Number(new URL(server.url).port);
}

async function pipe(path: string): Promise<number> {
  const http = createHttpServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  createServer((producer) => {
    producer.on("data", (chunk) => {
      for (const socket of sockets.clients) socket.send(chunk);
    });
  }).listen(path);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}

async function obey(order: ServerOrder): Promise<ServerReport> {
  return { port: order.do === "serve" ? await serve(order.relay) : await pipe(order.path) };
}

process.on("message", (order: ServerOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
