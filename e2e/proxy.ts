/**
 * A proxy between page and server that does what networks and servers do at their worst: cuts, stalls, refuses, and
 * passes WebSocket frames one by one through rules that may lose, double, change or delay them (faults.ts). Its address
 * stays while the server behind it is replaced.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { ClientMessage, ServerMessage } from "../protocol/stream/messages.ts";

/** A frame that goes on, at once or later. */
export type Passage = string | { text: string; after_ms: number };
/** What goes on in a frame's place, in this order; nothing where it is lost. `connection` is one object a connection. */
export type FrameRule<Message> = (message: Message, text: string, connection: object) => readonly Passage[];
/** What becomes of an HTTP request: null passes it, at once or later. */
export type HttpRule = (path: string) => { status: number; headers?: Record<string, string> } | Delay | null;
type Delay = { after_ms: number };
/** What becomes of new connections: `hang` takes them and never answers. */
export type Arrivals = "pass" | "refuse" | "hang";

export class ChaosProxy {
  /** Paths of all HTTP requests, with their queries. */
  readonly requests: string[] = [];
  /** Frames that came to the proxy, by op. */
  readonly frames = { up: new Map<string, number>(), down: new Map<string, number>() };
  /** Rules for frames from the server and from the page. */
  down: FrameRule<ServerMessage> = pass;
  up: FrameRule<ClientMessage> = pass;
  http: HttpRule = () => null;

  #target: URL;
  #arrivals: Arrivals = "pass";
  #hanging = new Set<Duplex>();
  #pairs = new Set<Pair>();
  #sockets = new WebSocketServer({ noServer: true });
  #server = createServer((incoming, outgoing) => this.#onRequest(incoming, outgoing));

  private constructor(upstream: string) {
    this.#target = new URL(upstream);
    this.#server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#onUpgrade(incoming, socket, head),
    );
  }

  static async start(upstream: string): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(upstream);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many requests went to `path`, whatever their query. */
  asked(path: string): number {
    return this.requests.filter((each) => each.split("?")[0] === path).length;
  }

  /** Frames of one op, or type of DISPATCH, that the page or the server sent. */
  count(direction: "up" | "down", op: string): number {
    return this.frames[direction].get(op) ?? 0;
  }

  /** Sends new connections to another server. */
  redirect(upstream: string): void {
    this.#target = new URL(upstream);
  }

  get arrivals(): Arrivals {
    return this.#arrivals;
  }

  /** What hangs is dropped when that ends. */
  set arrivals(next: Arrivals) {
    this.#arrivals = next;
    for (const socket of this.#hanging) socket.destroy();
    this.#hanging.clear();
  }

  /** Every socket that is open ends at once, as when a cable is cut. */
  cut(): void {
    for (const pair of this.#pairs) pair.cut();
  }

  /** Sockets stay open, and nothing comes through them any more. */
  stall(): void {
    for (const pair of this.#pairs) pair.stalled = true;
  }

  async close(): Promise<void> {
    this.cut();
    this.arrivals = "refuse";
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** True where the connection was dealt with. */
  #turnedAway(socket: Duplex): boolean {
    if (this.#arrivals === "refuse") socket.destroy();
    if (this.#arrivals === "hang") this.#hanging.add(socket);
    return this.#arrivals !== "pass";
  }

  #onRequest(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = incoming.url ?? "/";
    this.requests.push(path);
    if (this.#turnedAway(incoming.socket)) return;
    const fate = this.http(path);
    if (fate === null) return forward(this.#target, incoming, outgoing);
    if ("after_ms" in fate) {
      setTimeout(() => forward(this.#target, incoming, outgoing), fate.after_ms);
      return;
    }
    outgoing.writeHead(fate.status, fate.headers).end();
  }

  #onUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#turnedAway(socket)) return;
    const url = new URL(incoming.url ?? "/", this.#target);
    url.protocol = "ws:";
    const behind = new WebSocket(url, { origin: this.#target.origin });
    behind.once("error", () => socket.destroy());
    behind.once("open", () => {
      this.#sockets.handleUpgrade(incoming, socket, head, (front) => this.#join(behind, front));
    });
  }

  #join(behind: WebSocket, front: WebSocket): void {
    const pair = new Pair(behind, front);
    this.#pairs.add(pair);
    front.once("close", () => this.#pairs.delete(pair));
    behind.on("message", (data: Buffer) => {
      const text = data.toString();
      const message = JSON.parse(text) as ServerMessage;
      tally(this.frames.down, "type" in message ? message.type : message.op);
      pair.send(front, this.down(message, text, pair));
    });
    front.on("message", (data: Buffer) => {
      const text = data.toString();
      const message = JSON.parse(text) as ClientMessage;
      tally(this.frames.up, message.op);
      pair.send(behind, this.up(message, text, pair));
    });
  }
}

/** The two sockets of one session. What ends one ends the other, with the same code where it has one. */
class Pair {
  stalled = false;
  #behind: WebSocket;
  #front: WebSocket;

  constructor(behind: WebSocket, front: WebSocket) {
    this.#behind = behind;
    this.#front = front;
    for (const [from, to] of [
      [behind, front],
      [front, behind],
    ] as const) {
      from.on("error", () => this.cut());
      from.on("close", (code: number, reason: Buffer) => {
        if (this.stalled) return;
        if (isSendable(code)) to.close(code, reason);
        else to.terminate();
      });
    }
  }

  send(to: WebSocket, passages: readonly Passage[]): void {
    for (const passage of passages) {
      if (typeof passage === "string") this.#sendNow(to, passage);
      else setTimeout(() => this.#sendNow(to, passage.text), passage.after_ms);
    }
  }

  cut(): void {
    this.stalled = false;
    this.#behind.terminate();
    this.#front.terminate();
  }

  #sendNow(to: WebSocket, text: string): void {
    if (!this.stalled && to.readyState === WebSocket.OPEN) to.send(text);
  }
}

function pass(_: unknown, text: string): readonly Passage[] {
  return [text];
}

function tally(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** 1005 and 1006 say that there was no code. */
function isSendable(code: number): boolean {
  return code === 1000 || (code >= 1007 && code <= 1014) || code >= 3000;
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
