/** Virtual time: nothing waits, and what is due at one instant runs in the order that it was asked for. */
export class Clock {
  now: number;
  #timers: { at: number; order: number; call: () => void }[] = [];
  #order = 0;

  constructor(now = 1_700_000_000_000) {
    this.now = now;
  }

  after(delay_ms: number, call: () => void): () => void {
    const timer = { at: this.now + delay_ms, order: this.#order++, call };
    this.#timers.push(timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  /** Runs all that falls due within `span_ms`, and the promises that it settles. */
  async run(span_ms: number): Promise<void> {
    const end = this.now + span_ms;
    for (;;) {
      let next = this.#timers[0];
      for (const timer of this.#timers) {
        if (timer.at < next!.at || (timer.at === next!.at && timer.order < next!.order)) next = timer;
      }
      if (next === undefined || next.at > end) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.now = Math.max(this.now, next.at);
      next.call();
      // Promise chains between two timers are a few links long.
      for (let i = 0; i < 12; i++) await Promise.resolve();
    }
    this.now = end;
  }
}
