import fc from "fast-check";
import { expect, test } from "vitest";
import { constantProduct } from "./maths/constant-product.ts";
import { bestRoute } from "./maths/optimal-input.ts";
import { type Glance, mayGain } from "./pool-view.ts";

const WHOLE = 1_000_000;

/** A pool's reserves of quote and base, and its fee. */
const pool = fc.record({
  quote: fc.bigInt(1n, 2n ** 112n - 1n),
  base: fc.bigInt(1n, 2n ** 112n - 1n),
  fee: fc.integer({ min: 1, max: 100_000 }),
});

function glanceOf({ quote, base, fee }: { quote: bigint; base: bigint; fee: number }): Glance {
  return { price: Number(quote) / Number(base), kept: 1 - fee / WHOLE };
}

test("what gains is never passed over at a glance", () => {
  let gains = 0;
  fc.assert(
    fc.property(
      pool,
      pool,
      fc.integer({ min: -30_000, max: 30_000 }),
      fc.boolean(),
      (buy, other, apart, isNear) => {
        // Half of them with prices close to where the fees are met, where a glance could be wrong.
        const quote = (other.base * buy.quote * BigInt(WHOLE + apart)) / (buy.base * BigInt(WHOLE));
        const sell = isNear && quote > 0n && quote < 2n ** 112n ? { ...other, quote } : other;
        const buys = constantProduct(buy.quote, buy.base, buy.fee);
        const sells = constantProduct(sell.base, sell.quote, sell.fee);
        if (buys === null || sells === null || bestRoute(buys, sells) === null) return;
        gains++;
        expect(mayGain(glanceOf(buy), glanceOf(sell))).toBe(true);
      },
    ),
    { numRuns: 3_000 },
  );
  expect(gains).toBeGreaterThan(500);
});

test("equal prices, and prices that are not known, gain nothing", () => {
  const glance: Glance = { price: 2, kept: 0.997 };
  expect(mayGain(glance, glance)).toBe(false);
  expect(mayGain(glance, { price: Number.NaN, kept: 0.997 })).toBe(false);
  expect(mayGain({ price: Number.NaN, kept: 0.997 }, glance)).toBe(false);
  expect(mayGain(glance, { price: 2.1, kept: 0.997 })).toBe(true);
});
