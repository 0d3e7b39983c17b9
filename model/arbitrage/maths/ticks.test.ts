import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { squareRoot } from "./integers.ts";
import { MAX_TICK, MIN_TICK, rangeOf, sqrtPriceAt } from "./ticks.ts";

/** Precision of the independent powers, bits. */
const BITS = 400n;

/** 1.0001^n for n >= 0 as a fixed-point number, by repeated squaring. */
function power(n: number): bigint {
  let [result, factor] = [1n << BITS, (10_001n << BITS) / 10_000n];
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * factor) >> BITS;
    factor = (factor * factor) >> BITS;
  }
  return result;
}

/** sqrt(1.0001^tick) as Q64.96, by itself. */
function independent(tick: number): bigint {
  const ratio = tick >= 0 ? power(tick) : (1n << (2n * BITS)) / power(-tick);
  return squareRoot(ratio << (192n + BITS)) >> BITS;
}

describe("the price at a tick", () => {
  it("is the published one at both ends and in the middle", () => {
    // TickMath.MIN_SQRT_RATIO and MAX_SQRT_RATIO.
    expect(sqrtPriceAt(MIN_TICK)).toBe(4_295_128_739n);
    expect(sqrtPriceAt(MAX_TICK)).toBe(1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n);
    expect(sqrtPriceAt(0)).toBe(1n << 96n);
  });

  it("is the square root of 1.0001 to its power, to 58 bits or a unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_TICK, max: MAX_TICK }), (tick) => {
        const [told, exact] = [sqrtPriceAt(tick), independent(tick)];
        const difference = told > exact ? told - exact : exact - told;
        expect(difference <= 1n + (exact >> 58n)).toBe(true);
      }),
    );
  });

  it("rises with the tick", () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_TICK, max: MAX_TICK - 1 }), (tick) => {
        expect(sqrtPriceAt(tick) < sqrtPriceAt(tick + 1)).toBe(true);
      }),
    );
  });
});

describe("the range of a tick", () => {
  it("is floored to the spacing, below zero too", () => {
    expect(rangeOf(59, 60)).toEqual({ lower: 0, upper: 60 });
    expect(rangeOf(60, 60)).toEqual({ lower: 60, upper: 120 });
    expect(rangeOf(-1, 60)).toEqual({ lower: -60, upper: 0 });
    expect(rangeOf(-60, 60)).toEqual({ lower: -60, upper: 0 });
    expect(rangeOf(-61, 60)).toEqual({ lower: -120, upper: -60 });
    expect(rangeOf(-7, 1)).toEqual({ lower: -7, upper: -6 });
  });

  it("is none past the last tick of the spacing", () => {
    expect(rangeOf(MAX_TICK, 60)).toBeNull();
    expect(rangeOf(MIN_TICK, 60)).toBeNull();
    expect(rangeOf(MIN_TICK, 1)).toEqual({ lower: MIN_TICK, upper: MIN_TICK + 1 });
  });
});
