import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pool } from "../calls.ts";
import type { Token } from "../deploy.ts";
import { otherToken, type PoolView, quoteIn, quoteOut, swapAt } from "../market.ts";
import { bestInput } from "./arbitrageur.ts";

const token = (name: Token["name"], digit: string): Token => ({
  name,
  address: `0x${digit.repeat(40)}`,
  decimals: 18,
});
const [token0, token1] = [token("WETH", "1"), token("DAI", "2")];
const pool: Pool = {
  row: { venue: "sushiswap", pair: ["WETH", "DAI"], tier: { fee: 3_000, tickSpacing: 0 }, side_usd: 1 },
  address: `0x${"a".repeat(40)}`,
  router: `0x${"b".repeat(40)}`,
  token0,
  token1,
};
const view = (reserve0: bigint, reserve1: bigint, fee: number): PoolView => ({
  pool,
  reserve0,
  reserve1,
  fee,
  sqrtPriceX96: 0n,
  tick: 0,
});

const reserve = fc.bigInt({ min: 10n ** 15n, max: 10n ** 24n });
const anyView = fc.tuple(reserve, reserve, fc.constantFrom(100, 500, 3_000)).map((row) => view(...row));

describe("bestInput", () => {
  const gain = (buy: PoolView, sell: PoolView, amount: bigint) =>
    quoteOut(sell, token1, quoteOut(buy, token0, amount)) - amount;

  it("gains more than any other input does", () => {
    let worthwhile = 0;
    fc.assert(
      fc.property(
        anyView,
        anyView,
        fc.double({ min: 0.001, max: 1_000, noNaN: true }),
        (buy, sell, factor) => {
          const best = bestInput(buy, sell, token0);
          if (best < 1e9) return;
          worthwhile += 1;
          const other = BigInt(Math.floor(best * factor));
          // To a float's precision, on amounts of at most 10^24.
          expect(gain(buy, sell, BigInt(Math.floor(best))) + 10n ** 10n >= gain(buy, sell, other)).toBe(true);
        },
      ),
    );
    expect(worthwhile).toBeGreaterThan(10);
  });

  it("is negative where both fees eat the gap", () => {
    const cheap = view(10n ** 21n, 3_000n * 10n ** 21n, 3_000);
    expect(bestInput(cheap, view(10n ** 21n, 2_990n * 10n ** 21n, 3_000), token0)).toBeLessThan(0);
    expect(bestInput(cheap, view(10n ** 21n, 2_900n * 10n ** 21n, 3_000), token0)).toBeGreaterThan(0);
  });
});

describe("quotes", () => {
  it("agree with each other: what an output costs buys it", () => {
    fc.assert(
      fc.property(anyView, fc.integer({ min: 1, max: 900 }), (at, thousandth) => {
        const amountOut = (at.reserve1 * BigInt(thousandth)) / 1_000n;
        const cost = quoteIn(at, token0, amountOut);
        expect(quoteOut(at, token0, cost) >= amountOut).toBe(true);
        expect(quoteOut(at, token0, (cost * 999n) / 1_000n) < amountOut).toBe(true);
      }),
    );
  });

  it("bear so much worse a price as they are told", () => {
    const at = view(10n ** 21n, 3_000n * 10n ** 21n, 3_000);
    const out = swapAt(at, token0, "in", 10n ** 18n, 0.01);
    expect(out).toMatchObject({ tokenIn: token0, tokenOut: otherToken(at, token0), amount: 10n ** 18n });
    expect(out.limit).toBe((quoteOut(at, token0, 10n ** 18n) * 99n) / 100n);
    const paid = swapAt(at, token0, "out", 10n ** 18n, 0.01);
    expect(paid.limit).toBe((quoteIn(at, token0, 10n ** 18n) * 101n) / 100n);
  });
});
