/** Waits between attempts to connect: exponential, with full jitter, so that many who lost one peer do not come at once. */
export interface BackoffLimits {
  /** The first wait is up to this, */
  readonly first_ms: number;
  /** each further one up to twice as long, and none over this. */
  readonly max_ms: number;
}

export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  /** `random`: 0 to 1. */
  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** After a failure: how long to wait, ms. */
  next(): number {
    const { first_ms, max_ms } = this.#limits;
    const most = Math.min(max_ms, first_ms * 2 ** Math.min(this.#failures++, 32));
    return most * this.#random();
  }

  /** An attempt has proved itself. */
  reset(): void {
    this.#failures = 0;
  }
}
