/** For tests: concentrated pools, and any of them. */
import fc from "fast-check";
import type { ConcentratedPool } from "../single-tick.ts";
import { rangeOf, sqrtPriceAt } from "../ticks.ts";

/** At tick 0, in the middle of nothing special. */
export function concentrated(fields: Partial<ConcentratedPool> = {}): ConcentratedPool {
  return {
    sqrtPrice: sqrtPriceAt(0) + 1n,
    liquidity: 10n ** 18n,
    tick: 0,
    spacing: 60,
    fee: 3_000,
    ...fields,
  };
}

const anyTick = fc.oneof(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -880_000, max: 880_000 }));

/** A pool whose price lies anywhere in the range of its tick, both boundaries among it. */
export function concentratedOf(
  liquidity: fc.Arbitrary<bigint>,
  ticks: fc.Arbitrary<number> = anyTick,
  spacings: readonly number[] = [1, 10, 60, 200],
): fc.Arbitrary<ConcentratedPool> {
  return fc
    .record({
      tick: ticks,
      spacing: fc.constantFrom(...spacings),
      part: fc.oneof(fc.constantFrom(0n, 1_000_000n), fc.bigInt({ min: 0n, max: 1_000_000n })),
      liquidity,
      fee: fc.constantFrom(0, 100, 500, 3_000, 10_000),
    })
    .map(({ tick, spacing, part, ...rest }) => {
      const range = rangeOf(tick, spacing);
      const [low, high] = [sqrtPriceAt(range?.lower as number), sqrtPriceAt(range?.upper as number)];
      return { ...rest, tick, spacing, sqrtPrice: low + ((high - low) * part) / 1_000_000n };
    });
}

export const anyConcentrated = concentratedOf(fc.bigInt({ min: 1n, max: 2n ** 110n }));
