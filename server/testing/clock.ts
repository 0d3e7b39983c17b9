import type { LoopClock, Now } from "../clock.ts";

/** Time that stands still until a test moves it on. */
export class VirtualClock implements LoopClock {
  #ms = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): Now {
    return { ms: this.#ms, unix_ms: 1_700_000_000_000 + this.#ms };
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#ms + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  soon(run: () => void): () => void {
    return this.after(0, run);
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** The machine sleeps: time passes and no timer runs. */
  suspend(ms: number): void {
    this.#ms += ms;
  }

  /** Runs what falls due, in order, each at its time. */
  advance(ms: number): void {
    const end = this.#ms + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#ms = Math.max(this.#ms, due.at);
      due.run();
    }
    this.#ms = Math.max(this.#ms, end);
  }
}
