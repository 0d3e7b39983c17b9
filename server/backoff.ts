/**
 * How long to wait before trying again: doubled with each failure, up to a cap, at random between half of that and all, so
 * that those who failed together do not come again together.
 */
import { randomInt } from "node:crypto";

export interface BackoffLimits {
  readonly first_ms: number;
  readonly most_ms: number;
}

/** 0 <= r < 1, by chance. */
export const chance = (): number => randomInt(2 ** 32) / 2 ** 32;

/**
 * @param failures in a row, from 1
 * @param random 0 <= r < 1
 */
export function backoffMs(failures: number, { first_ms, most_ms }: BackoffLimits, random: number): number {
  const whole = Math.min(most_ms, first_ms * 2 ** Math.min(failures - 1, 30));
  return whole / 2 + (whole / 2) * random;
}

/** The same for one peer, with its failures counted. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackoffLimits, random: () => number = chance) {
    this.#limits = limits;
    this.#random = random;
  }

  /** After a failure: how long to wait, ms. */
  next(): number {
    return backoffMs(++this.#failures, this.#limits, this.#random());
  }

  /** An attempt has proved itself. */
  reset(): void {
    this.#failures = 0;
  }
}
