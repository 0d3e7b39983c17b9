/** For tests: a node over WebSocket that answers what it is told to, and nothing else. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { FAKE_CHAIN_METHODS, type FakeChain } from "./fake-chain.ts";

/** Answers a request; throws `{code, message}` to refuse; NO_ANSWER leaves it open. */
export type Handler = (params: readonly unknown[]) => unknown;
export const NO_ANSWER = Symbol("no answer");
export const refuse = (code: number, message: string): never => {
  throw Object.assign(new Error(message), { code });
};

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

export class FakeNode {
  /** By method; a subscription by `eth_subscribe NAME`, answered with its name as id unless it is here. */
  readonly handlers: Record<string, Handler> = { eth_chainId: () => "0x7a69" };
  /** Methods asked, in order. */
  readonly asked: string[] = [];
  /** How many requests each batch held. */
  readonly batches: number[] = [];
  /** Whether a batch is refused whole, as some nodes do. */
  refusesBatches = false;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("message", (data: Buffer) => void this.#answer(socket, data));
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

  /** Hears nothing any more, no ping either. */
  deafen(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Ends every connection as a crash would. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  /** Answers for a chain in memory. */
  serve(chain: FakeChain): void {
    for (const method of FAKE_CHAIN_METHODS) {
      this.handlers[method] = (params) => chain.request(method, params);
    }
  }

  async #answer(socket: WebSocket, data: Buffer): Promise<void> {
    const request = JSON.parse(data.toString()) as Request | Request[];
    if (!Array.isArray(request)) {
      const answer = await this.#answerTo(request);
      if (answer !== null) socket.send(JSON.stringify(answer));
    } else if (this.refusesBatches) {
      const error = { code: -32_600, message: "batches are not supported" };
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: null, error }));
    } else {
      this.batches.push(request.length);
      const answers = await Promise.all(request.map((one) => this.#answerTo(one)));
      socket.send(JSON.stringify(answers.filter((answer) => answer !== null)));
    }
  }

  async #answerTo({ id, method, params }: Request): Promise<object | null> {
    const name = method === "eth_subscribe" ? `${method} ${String(params[0])}` : method;
    this.asked.push(name);
    const handler = this.handlers[name] ?? (method === "eth_subscribe" ? () => params[0] : undefined);
    try {
      const result = await (handler === undefined ? refuse(-32601, `${name} is not known`) : handler(params));
      return result === NO_ANSWER ? null : { jsonrpc: "2.0", id, result };
    } catch (error) {
      const { code, message } = error as { code: number; message: string };
      return { jsonrpc: "2.0", id, error: { code, message } };
    }
  }
}
