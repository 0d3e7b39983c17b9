import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Curve } from "./curve.ts";
import { type ConcentratedPool, singleTick } from "./single-tick.ts";
import { anyConcentrated, concentrated } from "./testing/pools.ts";
import { rangeOf, sqrtPriceAt } from "./ticks.ts";

/**
 * The step as the contract's source has it, its branches written down one after the other, for an exact input towards
 * `target`: what is consumed with the fee, what comes out, and the price after it.
 */
function contractStep(pool: ConcentratedPool, target: bigint, amount: bigint) {
  const { sqrtPrice: current, liquidity } = pool;
  const zeroForOne = current >= target;
  const fee = BigInt(pool.fee);
  const up = (a: bigint, b: bigint) => a / b + (a % b === 0n ? 0n : 1n);
  const amount0 = (a: bigint, b: bigint, isUp: boolean) => {
    const [lower, upper] = a < b ? [a, b] : [b, a];
    const numerator = (liquidity << 96n) * (upper - lower);
    return isUp ? up(up(numerator, upper), lower) : numerator / upper / lower;
  };
  const amount1 = (a: bigint, b: bigint, isUp: boolean) => {
    const product = liquidity * (a < b ? b - a : a - b);
    return isUp ? up(product, 1n << 96n) : product >> 96n;
  };
  const lessFee = (amount * (1_000_000n - fee)) / 1_000_000n;
  const whole = zeroForOne ? amount0(target, current, true) : amount1(current, target, true);
  let next = target;
  if (lessFee < whole) {
    next = zeroForOne
      ? lessFee === 0n
        ? current
        : up((liquidity << 96n) * current, (liquidity << 96n) + lessFee * current)
      : current + (lessFee << 96n) / liquidity;
  }
  const amountIn = zeroForOne ? amount0(next, current, true) : amount1(current, next, true);
  const out = zeroForOne ? amount1(next, current, false) : amount0(current, next, false);
  const feeAmount = next === target ? up(amountIn * fee, 1_000_000n - fee) : amount - amountIn;
  return { next, out, consumed: amountIn + feeAmount };
}

/** No input is larger. */
const MAX_AMOUNT = 2n ** 128n - 1n;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const portion = (whole: bigint, part: number) => (whole * BigInt(Math.floor(part * 1e9))) / 1_000_000_000n;

describe("a concentrated pool inside its tick range", () => {
  it("brings what the contract's step does, whose whole input it takes, whether the boundary is initialised or not", () => {
    fc.assert(
      fc.property(anyConcentrated, fc.boolean(), share, (pool, zeroForOne, part) => {
        const curve = singleTick(pool, zeroForOne) as Curve;
        const range = rangeOf(pool.tick, pool.spacing);
        const amountIn = portion(curve.maxIn, part);
        const near = sqrtPriceAt((zeroForOne ? range?.lower : range?.upper) as number);
        const far = zeroForOne ? near / 2n : near * 2n;
        for (const target of [near, far]) {
          const step = contractStep(pool, target, amountIn);
          expect(step.out).toBe(curve.out(amountIn));
          expect(step.next).not.toBe(target === near && amountIn > 0n ? target : null);
          if (amountIn > 0n) expect(step.consumed).toBe(amountIn);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is capped at the last input that leaves the price inside", () => {
    fc.assert(
      fc.property(anyConcentrated, fc.boolean(), (pool, zeroForOne) => {
        const curve = singleTick(pool, zeroForOne) as Curve;
        if (curve.maxIn === MAX_AMOUNT) return;
        const range = rangeOf(pool.tick, pool.spacing);
        const boundary = sqrtPriceAt((zeroForOne ? range?.lower : range?.upper) as number);
        expect(contractStep(pool, boundary, curve.maxIn + 1n).next).toBe(boundary);
      }),
      { numRuns: 500 },
    );
  });

  it("names the least input for an output", () => {
    fc.assert(
      fc.property(anyConcentrated, fc.boolean(), share, (pool, zeroForOne, part) => {
        const curve = singleTick(pool, zeroForOne) as Curve;
        const most = curve.out(curve.maxIn);
        expect(curve.leastIn(most + 1n)).toBe(-1n);
        const amountOut = portion(most, part);
        if (amountOut === 0n) return;
        const amountIn = curve.leastIn(amountOut);
        expect(curve.out(amountIn) >= amountOut).toBe(true);
        expect(curve.out(amountIn - 1n) < amountOut).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("takes its range from the tick where the price stands at a boundary", () => {
    // Crossed downwards: the price is the boundary's, the tick the range's below.
    const below = concentrated({ sqrtPrice: sqrtPriceAt(-60), tick: -61, spacing: 60 });
    expect(singleTick(below, false)?.maxIn).toBe(0n);
    expect(singleTick(below, true)?.maxIn).toBeGreaterThan(0n);
    // Crossed upwards: the tick is the range's above.
    const above = concentrated({ sqrtPrice: sqrtPriceAt(-60), tick: -60, spacing: 60 });
    expect(singleTick(above, false)?.maxIn).toBeGreaterThan(0n);
    expect(singleTick(above, true)?.maxIn).toBe(0n);
  });

  it("is none where liquidity or spacing are unknown, all is fee, or price and tick do not agree", () => {
    expect(singleTick(concentrated({ liquidity: 0n }), true)).toBeNull();
    expect(singleTick(concentrated({ spacing: 0 }), true)).toBeNull();
    expect(singleTick(concentrated({ fee: 1_000_000 }), true)).toBeNull();
    expect(singleTick(concentrated({ tick: 600 }), true)).toBeNull();
    expect(singleTick(concentrated({ tick: 887_272, spacing: 60 }), true)).toBeNull();
  });
});
