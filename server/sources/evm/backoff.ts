/** How long to wait before trying again: doubled with each failure, up to a cap, at random between half of that and all. */
export interface Backoff {
  readonly first_ms: number;
  readonly most_ms: number;
}

/**
 * @param failures in a row, from 1
 * @param random 0 <= r < 1: so that those who failed together do not come again together
 */
export function backoffMs(failures: number, { first_ms, most_ms }: Backoff, random: number): number {
  const whole = Math.min(most_ms, first_ms * 2 ** Math.min(failures - 1, 30));
  return whole / 2 + (whole / 2) * random;
}
