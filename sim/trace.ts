/** What happened in a run: counts by name, the last events as text, and a hash over all of them. */
import type { Clock } from "./clock.ts";
import { SIM_LIMITS } from "./limits.ts";

export class Trace {
  readonly counts: Record<string, number> = {};
  readonly #clock: Clock;
  readonly #start_ms: number;
  readonly #last: string[] = [];
  #hash = 0x811c9dc5;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start_ms = clock.ms;
  }

  /** Counts one thing more of this name. */
  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  /** An event for the reader of a failure. What is random to the product (session ids, tokens) must not stand in it. */
  note(text: string): void {
    const line = `${((this.#clock.ms - this.#start_ms) / 1000).toFixed(3)} ${text}`;
    let hash = this.#hash;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    this.#hash = hash;
    this.#last.push(line);
    if (this.#last.length > 2 * SIM_LIMITS.trace_count) this.#last.splice(0, SIM_LIMITS.trace_count);
  }

  get last(): readonly string[] {
    return this.#last.slice(-SIM_LIMITS.trace_count);
  }

  /** FNV-1a over the notes. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }
}
