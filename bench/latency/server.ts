/** The server's process: a whole mempulse that reads a relay, or a bare pipe from a Unix socket to a WebSocket or to another. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { startServer } from "../../server/server.ts";
import { RelaySource } from "../../server/sources/relay/source.ts";

export type ServerOrder =
  /** Reads the relay at a Unix socket's path. */
  | { readonly do: "serve"; readonly relay: string }
  /** Listens at a Unix socket's path, and passes on what is written there. */
  | { readonly do: "pipe"; readonly path: string }
  /** Listens at two Unix sockets, and passes on to whoever is at one what is written to the other. */
  | { readonly do: "pass"; readonly from: string; readonly to: string };
export interface ServerReport {
  /** Where the WebSocket is; 0: there is none. */
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

async function pass(from: string, to: string): Promise<number> {
  const readers = new Set<Socket>();
  const outlet = createServer((reader) => {
    readers.add(reader);
    reader.on("close", () => readers.delete(reader));
  }).listen(to);
  const inlet = createServer((producer) => {
    producer.on("data", (chunk) => {
      for (const reader of readers) reader.write(chunk);
    });
  }).listen(from);
  await Promise.all([once(outlet, "listening"), once(inlet, "listening")]);
  return 0;
}

function obey(order: ServerOrder): Promise<number> {
  if (order.do === "serve") return serve(order.relay);
  return order.do === "pipe" ? pipe(order.path) : pass(order.from, order.to);
}

process.on("message", (order: ServerOrder) => {
  void obey(order).then((port) => process.send?.({ port } satisfies ServerReport));
});
