/**
 * Sending's share of the event loop. What comes in to be folded has its turn after each slice, and where there is so much of
 * it that turns are long, several turns: a multiple of what sending took. A loop that has nothing else to do is sending's alone.
 */
import { SERVER_LIMITS } from "../limits.ts";

/** A turn that was shorter had nothing else to do. */
const IDLE_MS = 0.5;

export class FairShare {
  /** When the last slice ended, or was refused. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** What the loop's other work is still to have. */
  #owedMs = 0;

  /** May a slice begin? To be asked once a turn of the loop. */
  mayBegin(nowMs: number): boolean {
    const othersMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    this.#owedMs = othersMs < IDLE_MS ? 0 : this.#owedMs - othersMs;
    return this.#owedMs <= 0;
  }

  /** A slice began and ended. */
  took(beganMs: number, endedMs: number): void {
    this.#sinceMs = endedMs;
    this.#owedMs = (endedMs - beganMs) * SERVER_LIMITS.rests_per_slice_count;
  }
}
