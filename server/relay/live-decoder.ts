/**
 * A decoder on a live socket: a message that stays incomplete is damage, and what follows it goes on; where the writer can
 * be asked for it again, it is no damage but a reason to do so.
 */
import { StreamDecoder, type StreamDecoderOptions } from "../../protocol/tlv/stream-decoder.ts";
import type { Clock } from "../clock.ts";
import { RELAY_LIMITS } from "./limits.ts";

export class LiveDecoder {
  readonly #decoder: StreamDecoder;
  readonly #clock: Clock;
  /** The incomplete message that is waited for, and since when. */
  #pending: number | null = null;
  #sinceMs = 0;
  #cancel: (() => void) | null = null;
  #lateMs: number = RELAY_LIMITS.half_message_ms;
  #onLate = (): void => this.#decoder.expire();

  constructor(options: StreamDecoderOptions, clock: Clock) {
    this.#decoder = new StreamDecoder(options);
    this.#clock = clock;
  }

  /** From now on a message that is incomplete for so long is left as it is, and `onLate` called. */
  askAgain(ms: number, onLate: () => void): void {
    this.#lateMs = ms;
    this.#onLate = onLate;
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
    this.#watch();
  }

  /** Nothing more will come: what is incomplete is damage. */
  end(): void {
    this.stop();
    this.#decoder.end();
  }

  /** Leaves what is incomplete as it is. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Notes since when a message waits; the timer that runs already will look at it. */
  #watch(): void {
    const pending = this.#decoder.pendingOffset;
    if (pending !== this.#pending) {
      this.#pending = pending;
      this.#sinceMs = this.#clock.now().ms;
    }
    if (pending !== null) this.#cancel ??= this.#clock.after(this.#lateMs, () => this.#look());
  }

  #look(): void {
    this.#cancel = null;
    if (this.#pending === null) return;
    const left = this.#sinceMs + this.#lateMs - this.#clock.now().ms;
    if (left > 0) {
      this.#cancel = this.#clock.after(left, () => this.#look());
      return;
    }
    // This process itself may have been busy: what has come meanwhile is read before the judgement.
    const late = this.#pending;
    this.#cancel = this.#clock.after(0, () => {
      this.#cancel = null;
      if (this.#pending === late) this.#onLate();
      this.#watch();
    });
  }
}
