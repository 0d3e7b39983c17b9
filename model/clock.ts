/**
 * The fold's clock. A Tick of the log's writer is the time; between Ticks a header may move it on, but by no more than
 * `max_lead_ms` past the last Tick, so that no forged date poisons it. It never goes backwards, with one exception:
 * until the first Tick there is nothing to hold a header against, so the time is provisional (the first header sets it,
 * each later one moves it on by at most `max_lead_ms`), and the first Tick replaces it.
 */
import { MODEL_LIMITS } from "./limits.ts";

/** The last time that a JavaScript Date can hold. */
const MAX_UNIX_MS = 8_640_000_000_000_000;

export class Clock {
  /** Unix ms; 0 before anything told the time. */
  now = 0;
  #ticked = false;
  #lastTick = 0;

  /** Unix seconds, whole. */
  get second(): number {
    return Math.floor(this.now / 1000);
  }

  /** False where the Tick's own time is no time at all. */
  tick(unixMs: number): boolean {
    if (!(unixMs <= MAX_UNIX_MS)) return false;
    this.now = this.#ticked ? Math.max(this.now, unixMs) : unixMs;
    this.#lastTick = this.now;
    this.#ticked = true;
    return true;
  }

  /** A message's header time. False for an outlier: a time too far ahead, of which only the lead is taken. */
  header(unixMs: number): boolean {
    if (!this.#ticked && this.now === 0) {
      this.now = unixMs;
      return true;
    }
    const latest = (this.#ticked ? this.#lastTick : this.now) + MODEL_LIMITS.max_lead_ms;
    if (unixMs > latest) {
      if (latest > this.now) this.now = latest;
      return false;
    }
    if (unixMs > this.now) this.now = unixMs;
    return true;
  }
}
