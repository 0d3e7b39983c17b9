/**
 * Virtual time for both ends: nothing waits, what is due at one instant runs in the order in which it was asked for, and
 * quiet stretches cost nothing. Timers lie in a binary heap.
 */
import type { Clock as ServerClock } from "../server/clock.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

const START_UNIX_MS = 1_700_000_000_000;

export class Clock implements ServerClock {
  /** Unix ms. */
  ms = START_UNIX_MS;
  /** Events run so far. */
  steps = 0;
  /** Called after each event. */
  onStep: () => void = () => {};
  readonly #heap: Timer[] = [];
  #order = 0;
  #promised = false;

  /** Timers that are still to run. */
  get pending(): number {
    return this.#heap.filter(({ run }) => run !== null).length;
  }

  now(): { ms: number; unix_ms: number } {
    return { ms: this.ms, unix_ms: Math.floor(this.ms) };
  }

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: this.ms + Math.max(0, ms), order: this.#order++, run };
    this.#push(timer);
    return () => {
      timer.run = null;
    };
  }

  /** A promise was settled: before the next event, all that awaits it runs. */
  promised(): void {
    this.#promised = true;
  }

  /** Runs all that falls due within `ms`. */
  async run(ms: number): Promise<void> {
    const end = this.ms + ms;
    for (;;) {
      if (this.#promised) {
        this.#promised = false;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      const next = this.#heap[0];
      if (next === undefined || next.at > end) break;
      this.#pop();
      if (next.run === null) continue;
      this.ms = next.at;
      this.steps++;
      next.run();
      this.onStep();
    }
    this.ms = end;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
