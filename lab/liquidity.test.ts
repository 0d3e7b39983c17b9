import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liquidityFor, rangeAround, sqrtPriceX96, tickOf } from "./liquidity.ts";

const amount = fc.bigInt({ min: 1_000_000n, max: 10n ** 26n });

describe("sqrtPriceX96", () => {
  it("is the integer square root of the ratio, rounded down", () => {
    fc.assert(
      fc.property(amount, amount, (amount0, amount1) => {
        const root = sqrtPriceX96(amount0, amount1);
        const ratio = (amount1 << 192n) / amount0;
        expect(root * root <= ratio).toBe(true);
        expect((root + 1n) ** 2n > ratio).toBe(true);
      }),
    );
    expect(sqrtPriceX96(1n, 1n)).toBe(1n << 96n);
    expect(sqrtPriceX96(4n, 1n)).toBe(1n << 95n);
  });
});

describe("rangeAround", () => {
  it.each([
    { tick: 0, factor: 1.1, tickSpacing: 60 },
    { tick: -196_257, factor: 2, tickSpacing: 10 },
    { tick: 30_605, factor: 1.0001, tickSpacing: 60 },
  ])("holds the tick, on the spacing: $tick by $factor", ({ tick, factor, tickSpacing }) => {
    const { lower, upper } = rangeAround(tick, factor, tickSpacing);
    expect(Math.abs(lower % tickSpacing) + Math.abs(upper % tickSpacing)).toBe(0);
    expect(1.0001 ** (tick - lower)).toBeGreaterThanOrEqual(factor * 0.9999);
    expect(1.0001 ** (upper - tick)).toBeGreaterThanOrEqual(factor * 0.9999);
  });
});

describe("liquidityFor", () => {
  it("costs no more than the amounts, and nearly all of the scarcer one", () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.double({ min: 1.01, max: 50, noNaN: true }),
        (amount0, amount1, factor) => {
          const price = sqrtPriceX96(amount0, amount1);
          const range = rangeAround(tickOf(price), factor, 60);
          const liquidity = Number(liquidityFor(price, range, amount0, amount1));
          const [root, low, high] = [
            Number(price) / 2 ** 96,
            1.0001 ** (range.lower / 2),
            1.0001 ** (range.upper / 2),
          ];
          const share0 = (liquidity * (1 / root - 1 / high)) / Number(amount0);
          const share1 = (liquidity * (root - low)) / Number(amount1);
          expect(Math.max(share0, share1)).toBeLessThan(1.000_001);
          expect(Math.max(share0, share1)).toBeGreaterThan(0.99);
        },
      ),
    );
  });
});
