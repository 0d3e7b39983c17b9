/**
 * One connection to the firehose, from its opening to its end:
 *
 *   connecting -> authenticating -> subscribing -> live
 *
 * It is live only when every subscription was confirmed or trades came, so a subscription that gets lost does not go
 * unnoticed; each step has its time, and a connection on which nothing comes, pongs included, ends.
 */
import { WebSocket } from "ws";
import type { Clock } from "../../clock.ts";
import { FrameError, type Item, readItems } from "./items.ts";
import { FIREHOSE_LIMITS as LIMITS } from "./limits.ts";

export type Phase = "connecting" | "authenticating" | "subscribing" | "live";

/** Why a connection is over; `refused`: the key is wrong, and trying again would not help. */
export interface Ending {
  readonly reason: string;
  readonly refused: boolean;
  /** How long it was live, ms. */
  readonly live_ms: number;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly key: string;
  /** As `T.*` or `T.SYMBOL`. */
  readonly subscriptions: readonly string[];
  readonly clock: Clock;
  /** A frame's items, statuses among them. */
  onItems(items: readonly Item[]): void;
  onBadFrame(reason: string): void;
  onPhase(phase: Phase): void;
}

export class Connection {
  readonly ended: Promise<Ending>;
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #unconfirmed: Set<string>;
  #phase: Phase = "connecting";
  #heardMs: number;
  #liveSinceMs: number | null = null;
  #cancelStep = (): void => {};
  #cancelWatch = (): void => {};
  #end!: (ending: Ending) => void;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#unconfirmed = new Set(options.subscriptions);
    this.#heardMs = options.clock.now().ms;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#socket = new WebSocket(options.url, {
      maxPayload: LIMITS.max_frame_bytes,
      handshakeTimeout: LIMITS.step_timeout_ms,
      perMessageDeflate: false,
    });
    this.#socket.on("open", () => this.#authenticate());
    this.#socket.on("message", (data: Buffer) => this.#receive(data));
    this.#socket.on("pong", () => this.#hear());
    this.#socket.on("error", (error) => this.close(this.#withoutKey(error.message)));
    this.#socket.on("close", (code) => this.close(`the connection closed (${code})`));
  }

  /** Ends it; the first reason counts. */
  close(reason: string, refused = false): void {
    this.#cancelStep();
    this.#cancelWatch();
    const { ms } = this.#options.clock.now();
    this.#end({ reason, refused, live_ms: this.#liveSinceMs === null ? 0 : ms - this.#liveSinceMs });
    this.#socket.terminate();
  }

  #authenticate(): void {
    this.#enter("authenticating", "auth");
    this.#socket.send(JSON.stringify({ action: "auth", params: this.#options.key }));
    this.#watch();
  }

  #receive(data: Buffer): void {
    this.#hear();
    let items: readonly Item[];
    try {
      items = readItems(data.toString("utf8"));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return this.#options.onBadFrame(this.#withoutKey(error.message));
    }
    for (const { ev, status, message } of items) {
      if (ev === "status") this.#takeStatus(String(status), this.#withoutKey(String(message)));
      else if (ev === "T" && this.#phase === "subscribing") this.#goLive();
    }
    this.#options.onItems(items);
  }

  #takeStatus(status: string, message: string): void {
    if (status === "auth_failed") return this.close(`the key was refused: ${message}`, true);
    if (status === "auth_success" && this.#phase === "authenticating") {
      this.#enter("subscribing", "subscribe");
      const params = this.#options.subscriptions.join(",");
      this.#socket.send(JSON.stringify({ action: "subscribe", params }));
    } else if (status === "success") {
      for (const name of namesIn(message)) this.#unconfirmed.delete(name);
      if (this.#unconfirmed.size === 0 && this.#phase === "subscribing") this.#goLive();
    } else if (status !== "connected" && status !== "auth_success") {
      this.close(`the server said ${status}: ${message}`);
    }
  }

  #goLive(): void {
    this.#liveSinceMs = this.#options.clock.now().ms;
    this.#enter("live", null);
  }

  /** `waitsFor`: what must be answered in time for the next phase. */
  #enter(phase: Phase, waitsFor: string | null): void {
    this.#phase = phase;
    this.#cancelStep();
    if (waitsFor !== null) {
      const late = (): void => this.close(`no answer to ${waitsFor} in ${LIMITS.step_timeout_ms} ms`);
      this.#cancelStep = this.#options.clock.after(LIMITS.step_timeout_ms, late);
    }
    this.#options.onPhase(phase);
  }

  #hear(): void {
    this.#heardMs = this.#options.clock.now().ms;
  }

  /** Asks for a sign of life, and ends the connection where none came for too long. */
  #watch(): void {
    const { clock } = this.#options;
    if (clock.now().ms - this.#heardMs > LIMITS.dead_after_ms)
      return this.close("nothing came, not even a pong");
    this.#socket.ping();
    this.#cancelWatch = clock.after(LIMITS.ping_interval_ms, () => this.#watch());
  }

  /** What the server says may hold the key. */
  #withoutKey(text: string): string {
    return text.replaceAll(this.#options.key, "***").slice(0, 200);
  }
}

/** `subscribed to: T.A,T.B` -> T.A, T.B. */
function namesIn(message: string): string[] {
  const names = message.slice(message.indexOf(":") + 1);
  return names.split(",").map((name) => name.trim());
}
