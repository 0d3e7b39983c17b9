/** For tests: a node over WebSocket that answers what it is told to, and nothing else. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** Answers a request; throws `{code, message}` to refuse; NO_ANSWER leaves it open. */
export type Handler = (params: readonly unknown[]) => unknown;
export const NO_ANSWER = Symbol("no answer");
export const refuse = (code: number, message: string): never => {
  throw Object.assign(new Error(message), { code });
};

export class FakeNode {
  /** By method; a subscription by `eth_subscribe NAME`, answered with its name as id unless it is here. */
  readonly handlers: Record<string, Handler> = { eth_chainId: () => "0x7a69" };
  /** Methods asked, in order. */
  readonly asked: string[] = [];
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("message", (data: Buffer) => this.#answer(socket, data));
    });
  }

  static async start(): Promise<FakeNode> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    return new FakeNode(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends an item of a subscription. */
  emit(subscription: string, result: unknown): void {
    this.send(
      JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result } }),
    );
  }

  send(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  /** Ends every connection as a crash would. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  #answer(socket: WebSocket, data: Buffer): void {
    const { id, method, params } = JSON.parse(data.toString()) as {
      id: number;
      method: string;
      params: unknown[];
    };
    const name = method === "eth_subscribe" ? `${method} ${String(params[0])}` : method;
    this.asked.push(name);
    const handler = this.handlers[name] ?? (method === "eth_subscribe" ? () => params[0] : undefined);
    let answer: object;
    try {
      const result = handler === undefined ? refuse(-32601, `${name} is not known`) : handler(params);
      if (result === NO_ANSWER) return;
      answer = { result };
    } catch (error) {
      const { code, message } = error as { code: number; message: string };
      answer = { error: { code, message } };
    }
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
  }
}
