/** JSON-RPC over one WebSocket, with subscriptions. When the socket ends, all that waits on it is rejected. */
import { WebSocket } from "ws";
import type { Clock } from "../../../clock.ts";
import { hostOf, RPC_LIMITS, type Rpc, RpcError, resultOf } from "./rpc.ts";
import { Turnstile } from "./turnstile.ts";

interface Waiting {
  readonly method: string;
  settle(answer: unknown): void;
  fail(error: RpcError): void;
}

export class WsRpc implements Rpc {
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<RpcError>;
  readonly #socket: WebSocket;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #turnstile = new Turnstile(RPC_LIMITS.in_flight_count);
  readonly #waiting = new Map<number, Waiting>();
  readonly #subscribers = new Map<string, (item: unknown) => void>();
  #id = 0;
  #end: RpcError | null = null;

  private constructor(socket: WebSocket, host: string, clock: Clock) {
    this.#socket = socket;
    this.#host = host;
    this.#clock = clock;
    socket.on("message", (data: Buffer) => this.#receive(data));
    this.ended = new Promise((resolve) => {
      const finish = (reason: string): void => {
        this.#end ??= new RpcError(`${host}: ${reason}`);
        for (const waiting of this.#waiting.values()) waiting.fail(this.#end);
        this.#waiting.clear();
        this.#subscribers.clear();
        resolve(this.#end);
      };
      socket.on("error", (error) => finish(error.message));
      socket.on("close", (code) => finish(`the connection closed (${code})`));
    });
  }

  static async open(url: URL, clock: Clock): Promise<WsRpc> {
    const host = hostOf(url);
    const socket = new WebSocket(url, {
      maxPayload: RPC_LIMITS.max_answer_bytes,
      handshakeTimeout: RPC_LIMITS.request_timeout_ms,
      perMessageDeflate: false,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (error: Error & { code?: string }) => {
        reject(new RpcError(`cannot connect to ${host}: ${error.message || (error.code ?? "refused")}`));
      });
    });
    return new WsRpc(socket, host, clock);
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    return resultOf(await this.#turnstile.pass(() => this.#ask(method, params)), method, this.#host);
  }

  /** Calls `onItem` with each item, from the first after the node's answer, until the connection ends. */
  async subscribe(params: readonly unknown[], onItem: (item: unknown) => void): Promise<void> {
    const answer = await this.#ask("eth_subscribe", params, (early) => {
      // Items may lie behind the answer in the same read, before any await of ours goes on.
      const id = (early as { result?: unknown }).result;
      if (typeof id === "string") this.#subscribers.set(id, onItem);
    });
    resultOf(answer, `eth_subscribe ${String(params[0])}`, this.#host);
  }

  close(): void {
    this.#end ??= new RpcError(`${this.#host}: closed`);
    this.#socket.terminate();
  }

  async #ask(
    method: string,
    params: readonly unknown[],
    onAnswer: (answer: object) => void = () => {},
  ): Promise<unknown> {
    if (this.#end !== null) throw this.#end;
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(RPC_LIMITS.request_timeout_ms, () => {
        this.#waiting.delete(id);
        reject(new RpcError(`${method} at ${this.#host}: no answer in ${RPC_LIMITS.request_timeout_ms} ms`));
      });
      this.#waiting.set(id, {
        method,
        settle: (answer) => {
          cancel();
          onAnswer(answer as object);
          resolve(answer);
        },
        fail: (error) => {
          cancel();
          reject(error);
        },
      });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #receive(data: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(data.toString("utf8"));
    } catch {
      message = null;
    }
    if (typeof message !== "object" || message === null) {
      this.#end ??= new RpcError(`${this.#host}: sent what is no JSON-RPC message`);
      this.#socket.terminate();
      return;
    }
    const { id, params } = message as { id?: unknown; params?: { subscription?: unknown; result?: unknown } };
    if (typeof id === "number") {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.settle(message);
    } else if (typeof params?.subscription === "string") {
      this.#subscribers.get(params.subscription)?.(params.result);
    }
  }
}
