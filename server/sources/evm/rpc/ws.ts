/**
 * JSON-RPC over one WebSocket, with subscriptions and batches. When the socket ends, all that waits on it is rejected.
 *
 * A TCP connection whose other end is gone may look alive for hours: where nothing was heard for a while the socket is
 * pinged, and cut when nothing is heard then either.
 */
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { Clock } from "../../../clock.ts";
import { type BatchRpc, hostOf, RPC_LIMITS, RpcError, type RpcLimits, resultOf, withoutKeys } from "./rpc.ts";
import { Turnstile } from "./turnstile.ts";

interface Waiting {
  settle(answer: object): void;
  fail(error: RpcError): void;
}

/** A request as it is sent, and where its answer goes. */
interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

const NO_BATCH = "refused";
/** The code that ws has for what is over `maxPayload`. */
const TOO_LARGE = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
const MS_PER_S = 1_000;

export class WsRpc implements BatchRpc {
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<RpcError>;
  readonly #socket: WebSocket;
  readonly #url: URL;
  readonly #clock: Clock;
  readonly #limits: RpcLimits;
  readonly #turnstile: Turnstile;
  readonly #waiting = new Map<number, Waiting>();
  readonly #subscribers = new Map<string, (item: unknown) => void>();
  #id = 0;
  #end: RpcError | null = null;
  #wasHeard = false;
  /** Ids of the batch that is asked; one at a time until the node has answered one, so that a refusal finds it. */
  #firstBatch: readonly number[] | null = null;
  #allowsBatches: boolean | null = null;

  private constructor(socket: WebSocket, url: URL, clock: Clock, limits: RpcLimits) {
    this.#socket = socket;
    this.#url = url;
    this.#clock = clock;
    this.#limits = limits;
    this.#turnstile = new Turnstile(limits.in_flight_count);
    socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("pong", () => {
      this.#wasHeard = true;
    });
    const stopPings = this.#ping();
    this.ended = new Promise((resolve) => {
      const finish = (reason: string, isTooLarge = false): void => {
        stopPings();
        this.#end ??= new RpcError(`${hostOf(url)}: ${reason}`, null, { isTooLarge });
        for (const waiting of this.#waiting.values()) waiting.fail(this.#end);
        this.#waiting.clear();
        this.#subscribers.clear();
        resolve(this.#end);
      };
      socket.on("error", (error: Error & { code?: string }) => {
        if (error.code === TOO_LARGE) finish(`an answer of over ${limits.max_answer_bytes} bytes`, true);
        else finish(withoutKeys(error.message, url));
      });
      socket.on("close", (code) => finish(`the connection closed (${code})`));
    });
  }

  /** Rejects with RpcError where nobody answers as a WebSocket server does, or `signal` gives it up. */
  static async open(
    url: URL,
    clock: Clock,
    limits: RpcLimits = RPC_LIMITS,
    signal?: AbortSignal,
  ): Promise<WsRpc> {
    const socket = new WebSocket(url, {
      maxPayload: limits.max_answer_bytes,
      handshakeTimeout: limits.request_timeout_ms,
      perMessageDeflate: false,
    });
    const giveUp = (): void => socket.terminate();
    signal?.addEventListener("abort", giveUp);
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string, retry_after_ms: number | null = null): void => {
        const text = withoutKeys(reason, url);
        reject(new RpcError(`cannot connect to ${hostOf(url)}: ${text}`, null, { retry_after_ms }));
      };
      socket.once("open", resolve);
      socket.once("unexpected-response", (request, response) => {
        const { statusCode = 0 } = response;
        fail(`HTTP ${statusCode}`, statusCode === 429 ? retryAfterMs(response) : null);
        request.destroy();
      });
      socket.on("error", (error: Error & { code?: string }) =>
        fail(error.message || (error.code ?? "refused")),
      );
    }).finally(() => signal?.removeEventListener("abort", giveUp));
    return new WsRpc(socket, url, clock, limits);
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    const [answer] = await this.#turnstile.pass(() => Promise.all(this.#send([this.#ask(method, params)])));
    return resultOf(answer, method, this.#url);
  }

  async requestMany(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let at = 0; at < paramsOfEach.length; at += this.#limits.batch_count) {
      const params = paramsOfEach.slice(at, at + this.#limits.batch_count);
      const answers = await this.#turnstile.pass(() => this.#askMany(method, params));
      results.push(...answers.map((answer) => resultOf(answer, method, this.#url)));
    }
    return results;
  }

  /** Calls `onItem` with each item, from the first after the node's answer, until the connection ends. */
  async subscribe(params: readonly unknown[], onItem: (item: unknown) => void): Promise<void> {
    const [answer] = this.#send([this.#ask("eth_subscribe", params)], (early) => {
      // Items may lie behind the answer in the same read, before any await of ours goes on.
      const id = (early as { result?: unknown }).result;
      if (typeof id === "string") this.#subscribers.set(id, onItem);
    });
    resultOf(await answer, `eth_subscribe ${String(params[0])}`, this.#url);
  }

  /** Ends the connection; `reason` is what those who wait on it are told. */
  close(reason = "closed"): void {
    this.#end ??= new RpcError(`${hostOf(this.#url)}: ${reason}`);
    this.#socket.terminate();
  }

  #ask(method: string, params: readonly unknown[]): Asked {
    return { id: ++this.#id, method, params };
  }

  /** As one batch; as single requests where the node takes no batches. */
  async #askMany(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]> {
    const asked = paramsOfEach.map((params) => this.#ask(method, params));
    const isFirst = this.#allowsBatches === null && this.#firstBatch === null && asked.length > 1;
    if (this.#allowsBatches !== true && !isFirst) {
      return Promise.all(asked.flatMap((request) => this.#send([request])));
    }
    if (isFirst) this.#firstBatch = asked.map(({ id }) => id);
    try {
      return await Promise.all(this.#send(asked));
    } catch (error) {
      if (!isFirst || !(error instanceof RpcError) || error.message !== NO_BATCH) throw error;
      return this.#askMany(method, paramsOfEach);
    } finally {
      if (isFirst) this.#firstBatch = null;
    }
  }

  /** Sends one frame: a request alone, or more as a batch. */
  #send(asked: readonly Asked[], onAnswer: (answer: object) => void = () => {}): Promise<object>[] {
    const answers = asked.map((request) => this.#answerTo(request, onAnswer));
    if (this.#end !== null) return answers;
    const frames = asked.map((request) => ({ jsonrpc: "2.0", ...request }));
    this.#socket.send(JSON.stringify(frames.length === 1 ? frames[0] : frames));
    return answers;
  }

  #answerTo({ id, method }: Asked, onAnswer: (answer: object) => void): Promise<object> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) return reject(this.#end);
      const { request_timeout_ms } = this.#limits;
      const cancel = this.#clock.after(request_timeout_ms, () => {
        this.#waiting.delete(id);
        const text = `${method} at ${hostOf(this.#url)}: no answer in ${request_timeout_ms} ms`;
        reject(new RpcError(text, null, { isTimeout: true }));
      });
      this.#waiting.set(id, {
        settle: (answer) => {
          cancel();
          onAnswer(answer);
          resolve(answer);
        },
        fail: (error) => {
          cancel();
          reject(error);
        },
      });
    });
  }

  #receive(data: Buffer): void {
    this.#wasHeard = true;
    let message: unknown;
    try {
      message = JSON.parse(data.toString("utf8"));
    } catch {
      message = null;
    }
    if (typeof message !== "object" || message === null)
      return this.close("sent what is no JSON-RPC message");
    if (Array.isArray(message)) {
      if (message.length > 0) this.#allowsBatches ??= true;
      for (const one of message) if (typeof one === "object" && one !== null) this.#take(one as object);
    } else this.#take(message);
  }

  #take(message: object): void {
    const { id, params, error } = message as {
      id?: unknown;
      params?: { subscription?: unknown; result?: unknown };
      error?: unknown;
    };
    if (typeof id === "number") {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.settle(message);
    } else if (typeof params?.subscription === "string") {
      this.#subscribers.get(params.subscription)?.(params.result);
    } else if (error !== undefined && this.#firstBatch !== null) {
      // An error about nothing that was asked, while the first batch waits: the node takes none.
      this.#allowsBatches = false;
      for (const asked of this.#firstBatch) {
        this.#waiting.get(asked)?.fail(new RpcError(NO_BATCH));
        this.#waiting.delete(asked);
      }
    }
  }

  /** Looks after the connection; the answer ends that. */
  #ping(): () => void {
    let cancel = (): void => {};
    let isPinged = false;
    const look = (): void => {
      if (isPinged && !this.#wasHeard) {
        return this.close(`nothing was heard for ${2 * this.#limits.ping_interval_ms} ms`);
      }
      isPinged = !this.#wasHeard;
      this.#wasHeard = false;
      if (isPinged) this.#socket.ping();
      cancel = this.#clock.after(this.#limits.ping_interval_ms, look);
    };
    cancel = this.#clock.after(this.#limits.ping_interval_ms, look);
    return () => cancel();
  }
}

/** In seconds, as every provider writes it; 0 where it is a date or nothing. */
function retryAfterMs({ headers }: IncomingMessage): number {
  const value = headers["retry-after"] ?? "";
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  return seconds * MS_PER_S;
}
