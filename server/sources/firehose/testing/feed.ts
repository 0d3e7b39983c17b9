/** For tests: a trade firehose on a real socket, with the moods of real ones. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export const KEY = "secret-key-of-the-feed";

/** What it does with what a client asks. */
export interface Moods {
  /** Answers auth, or not at all. */
  auth: "accept" | "ignore";
  /** Confirms subscriptions, or forgets to. */
  subscribe: "confirm" | "ignore";
}

export class Feed {
  readonly moods: Moods = { auth: "accept", subscribe: "confirm" };
  /** Frames that clients sent, in order. */
  readonly heard: string[] = [];
  connections = 0;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #subscribed = new Set<WebSocket>();
  #changed = (): void => {};

  private constructor(http: Server) {
    this.#http = http;
    this.#sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
    this.#sockets.on("connection", (socket) => this.#accept(socket));
  }

  static async start(port = 0): Promise<Feed> {
    const http = createServer();
    http.listen(port, "127.0.0.1");
    await once(http, "listening");
    return new Feed(http);
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`ws://127.0.0.1:${this.port}/stocks`);
  }

  /** Resolves when so many clients have subscribed. */
  async subscribers(count: number): Promise<void> {
    while (this.#subscribed.size !== count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Sends a frame's text as it is to all who subscribed. */
  send(text: string): void {
    for (const socket of this.#subscribed) socket.send(text);
  }

  /** Sends items to all who subscribed. */
  push(...items: object[]): void {
    this.send(JSON.stringify(items));
  }

  /** Ends every connection as a crash would. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    this.#sockets.close();
    this.#http.close();
    await once(this.#http, "close");
  }

  #accept(socket: WebSocket): void {
    this.connections++;
    const say = (status: string, message: string) =>
      socket.send(JSON.stringify([{ ev: "status", status, message }]));
    say("connected", "Connected Successfully");
    socket.on("close", () => {
      this.#subscribed.delete(socket);
      this.#changed();
    });
    socket.on("message", (data: Buffer) => {
      this.heard.push(data.toString());
      const { action, params } = JSON.parse(data.toString()) as { action: string; params: string };
      if (action === "auth") {
        if (this.moods.auth === "ignore") return;
        if (params !== KEY) say("auth_failed", `no such key: ${params}`);
        else say("auth_success", "authenticated");
      } else {
        if (this.moods.subscribe === "confirm") say("success", `subscribed to: ${params}`);
        this.#subscribed.add(socket);
        this.#changed();
      }
    });
  }
}

/** A trade as the feed sends it. */
export function tradeItem(n: number, fields: object = {}): object {
  return {
    ev: "T",
    sym: "TSLA",
    i: String(n),
    x: 4,
    p: 427.5288,
    s: 1,
    t: 1_760_375_617_662 + n,
    c: [12, 37],
    z: 3,
    ...fields,
  };
}
