/**
 * A proxy between page and server: HTTP as it is, WebSocket frames one by one past a rule that may pass, change or lose
 * them. Its address stays while the server behind it is replaced.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { ServerMessage } from "../protocol/stream/messages.ts";

/** What becomes of a frame from the server: its text goes on, or it is lost. */
export type FrameRule = (message: ServerMessage, text: string) => string | null;

export interface Proxy {
  url: string;
  /** Frames that the rule lost. */
  readonly lost: number;
  /** Sends new connections to another server. */
  redirect(upstream: string): void;
  close(): Promise<void>;
}

export async function startProxy(upstream: string, rule: FrameRule = (_, text) => text): Promise<Proxy> {
  let target = new URL(upstream);
  let lost = 0;
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((incoming, outgoing) => forward(target, incoming, outgoing));
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(incoming.url ?? "/", target);
    url.protocol = "ws:";
    const behind = new WebSocket(url, { origin: target.origin });
    behind.once("error", () => socket.destroy());
    behind.once("open", () => {
      sockets.handleUpgrade(incoming, socket, head, (front) => {
        pipe(behind, front, (text) => {
          const passed = rule(JSON.parse(text) as ServerMessage, text);
          if (passed === null) lost++;
          return passed;
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get lost() {
      return lost;
    },
    redirect(next) {
      target = new URL(next);
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const headers = { ...incoming.headers, host: target.host };
  if (headers.origin !== undefined) headers.origin = target.origin;
  const options = {
    host: target.hostname,
    port: target.port,
    path: incoming.url,
    method: incoming.method,
    headers,
  };
  const asked = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  asked.once("error", () => outgoing.destroy());
  incoming.pipe(asked);
}

/** Joins two sockets; what ends one ends the other at once, as a cut cable would. */
function pipe(behind: WebSocket, front: WebSocket, fromServer: (text: string) => string | null): void {
  behind.on("message", (data: Buffer) => {
    const passed = fromServer(data.toString());
    if (passed !== null) front.send(passed);
  });
  front.on("message", (data: Buffer) => {
    if (behind.readyState === WebSocket.OPEN) behind.send(data.toString());
  });
  behind.on("close", () => front.terminate());
  front.on("close", () => behind.terminate());
  behind.on("error", () => front.terminate());
  front.on("error", () => behind.terminate());
}
