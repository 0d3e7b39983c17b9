/** The rule of prices over exact fractions, beside the fold, on random pools. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Model } from "../model.ts";
import {
  compare,
  type Fraction,
  fractionOf,
  inverse,
  isClose,
  nearest,
  plus,
  times,
} from "../testing/exact.ts";
import { address, chainHead, feed, rowsOf } from "../testing/messages.ts";
import {
  A,
  B,
  C,
  D,
  decimalsOf,
  e,
  isBase0,
  type MadePool,
  priced,
  sorted,
  toldOf,
  USDC,
  USDT,
  WETH,
} from "./testing/made-pools.ts";

describe("prices of random pools", () => {
  const TOKENS = [A, B, C, D, WETH, USDC, USDT];
  const whole = fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 9_000, max: 60_000 }),
    fc.constantFrom(10_000, 20_000),
  );
  const amount = (token: string) =>
    fc.tuple(whole, fc.nat(9)).map(([n, dust]) => e(n, token) + BigInt(dust === 9 ? 1 : 0));
  const pair = fc.tuple(fc.constantFrom(...TOKENS), fc.constantFrom(...TOKENS)).filter(([a, b]) => a !== b);
  const made = (n: number): fc.Arbitrary<MadePool> =>
    pair.chain(([a, b]) =>
      fc
        .record({
          amountA: amount(a),
          amountB: amount(b),
          sqrtPrice: fc.option(fc.bigInt({ min: 2n ** 80n, max: 2n ** 112n }), { nil: undefined, freq: 2 }),
        })
        .map(({ amountA, amountB, sqrtPrice }) => ({
          pool: address(0x10_000 + n),
          tokens: [a, b] as const,
          amounts: [amountA, amountB] as const,
          ...(sqrtPrice === undefined ? {} : { sqrtPrice }),
        })),
    );
  const graph = fc
    .integer({ min: 1, max: 9 })
    .chain((size) => fc.tuple(...Array.from({ length: size }, (_, n) => made(n))));

  /** Whole units of token1 a whole one of token0. */
  function ratioOf({ token0, token1, amount0, amount1, sqrtPrice }: ReturnType<typeof sorted>): Fraction {
    const scale: Fraction = [10n ** BigInt(decimalsOf(token0)), 10n ** BigInt(decimalsOf(token1))];
    return times(scale, sqrtPrice === undefined ? [amount1, amount0] : [sqrtPrice ** 2n, 2n ** 192n]);
  }

  /** The rule as it stands, over fractions: prices by token. null where doubles might see two depths the other way round. */
  function expected(pools: readonly MadePool[]): Map<string, Fraction> | null {
    const found = new Map<string, { price: Fraction; hops: number }>(
      [USDC, USDT].map((token) => [token, { price: [1n, 1n], hops: 0 }]),
    );
    const least: Fraction = [10_000n, 1n];
    for (;;) {
      const candidates = pools.map(sorted).flatMap((pool) => {
        const [one, other] = [found.get(pool.token0), found.get(pool.token1)];
        const from = one ?? other;
        if (from === undefined || (one !== undefined && other !== undefined) || from.hops === 2) return [];
        const held: Fraction =
          one === undefined
            ? [pool.amount1, 10n ** BigInt(decimalsOf(pool.token1))]
            : [pool.amount0, 10n ** BigInt(decimalsOf(pool.token0))];
        const depth = times(held, from.price);
        return [{ pool, from, isFrom0: one !== undefined, depth }];
      });
      const ordered = candidates.toSorted(
        (a, b) => compare(b.depth, a.depth) || (a.pool.pool < b.pool.pool ? -1 : 1),
      );
      const isUnclear = ordered.some(({ depth }, i) => {
        const next = ordered[i + 1];
        return isClose(depth, least) || (next !== undefined && isClose(depth, next.depth));
      });
      if (isUnclear) return null;
      const [best] = ordered;
      if (best === undefined || compare(best.depth, least) < 0) break;
      const { pool, from, isFrom0 } = best;
      const ratio = ratioOf(pool);
      const price = times(from.price, isFrom0 ? inverse(ratio) : ratio);
      found.set(isFrom0 ? pool.token1 : pool.token0, { price, hops: from.hops + 1 });
    }
    return new Map([...found].map(([token, { price }]) => [token, price]));
  }

  function check(model: Model, pools: readonly MadePool[], prices: ReadonlyMap<string, Fraction>): void {
    const rows = new Map(rowsOf(model, "pool.state").map((row) => [row.id, row]));
    for (const pool of pools.map(sorted)) {
      const row = rows.get(pool.pool) as Record<string, unknown>;
      const [usd0, usd1] = [prices.get(pool.token0), prices.get(pool.token1)];
      const base = isBase0(row) ? usd0 : usd1;
      expect(row.price_usd).toBe(base === undefined ? null : nearest(base));
      if (usd0 === undefined || usd1 === undefined) {
        expect(row.tvl_usd).toBeNull();
        continue;
      }
      const worth = (held: bigint, token: string, usd: Fraction) =>
        times([held, 10n ** BigInt(decimalsOf(token))], fractionOf(nearest(usd)));
      const tvl = plus(worth(pool.amount0, pool.token0, usd0), worth(pool.amount1, pool.token1, usd1));
      expect(row.tvl_usd).toBe(nearest(tvl));
    }
  }

  const reached = { one: 0, two: 0, none: 0 };
  test("are those of the rule over exact fractions, to the last bit; so are they after any of them moved", () => {
    fc.assert(
      fc.property(graph, graph, (pools, others) => {
        const prices = expected(pools);
        if (prices === null) return;
        const model = priced(...pools);
        check(model, pools, prices);

        // The second graph's pools in place of the first one's, where the tokens are the same; the others stay.
        const moved = pools.map((pool, n): MadePool => {
          const { amounts, sqrtPrice } = others[n] ?? pool;
          const isV3 = pool.sqrtPrice !== undefined;
          return {
            ...pool,
            amounts,
            ...(isV3 ? { sqrtPrice: sqrtPrice ?? pool.sqrtPrice } : {}),
          };
        });
        const then = expected(moved);
        if (then === null) return;
        feed(model, ...moved.map((pool) => toldOf(pool)[1] as Uint8Array), chainHead(2));
        // Rows show prices of the time of their last change.
        feed(model, ...moved.map((pool) => toldOf(pool)[1] as Uint8Array));
        check(model, moved, then);
        for (const token of TOKENS) {
          if (token === USDC || token === USDT) continue;
          if (then.has(token)) reached.one++;
          else reached.none++;
        }
        reached.two += [...then.keys()].filter(
          (token) =>
            !moved.some(
              ({ tokens }) => tokens.includes(token) && (tokens.includes(USDC) || tokens.includes(USDT)),
            ),
        ).length;
      }),
      { numRuns: 100 },
    );
    expect(reached.one).toBeGreaterThan(50);
    expect(reached.two).toBeGreaterThan(10);
    expect(reached.none).toBeGreaterThan(50);
  });
});
