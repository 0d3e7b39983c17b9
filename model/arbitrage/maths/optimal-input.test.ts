import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantProduct } from "./constant-product.ts";
import type { Curve } from "./curve.ts";
import { bestRoute, type Route } from "./optimal-input.ts";
import { singleTick } from "./single-tick.ts";
import { concentratedOf } from "./testing/pools.ts";

/** Every input up to the caps, one after the other. */
function bruteForce(buy: Curve, sell: Curve): bigint {
  let best = 0n;
  // More than all that can come back gains nothing.
  const most = sell.out(sell.maxIn);
  for (let amountIn = 1n; amountIn <= most && amountIn <= buy.maxIn; amountIn++) {
    const between = buy.out(amountIn);
    if (between > sell.maxIn) break;
    const profit = sell.out(between) - amountIn;
    if (profit > best) best = profit;
  }
  return best;
}

const profitOf = (route: Route | null) => route?.profit ?? 0n;

/** The route does what it says. */
function checkRoute(buy: Curve, sell: Curve, route: Route | null): void {
  if (route === null) return;
  expect(route.amountIn <= buy.maxIn && route.between <= sell.maxIn).toBe(true);
  expect(buy.out(route.amountIn)).toBe(route.between);
  expect(sell.out(route.between) - route.amountIn).toBe(route.profit);
  expect(route.profit > 0n).toBe(true);
}

const fee = fc.constantFrom(0, 100, 500, 3_000, 10_000);
const smallReserve = fc.oneof(fc.bigInt({ min: 1n, max: 200n }), fc.bigInt({ min: 100n, max: 4_000n }));
const v2 = (reserves: fc.Arbitrary<bigint>) => fc.tuple(reserves, reserves, fee);
/** About as deep as the small V2 pools, in a range that brute force can walk through. */
const small3 = concentratedOf(
  fc.bigInt({ min: 1_000n, max: 400_000n }),
  fc.integer({ min: -300, max: 300 }),
  [60, 200],
);
const curveOf = ([reserveIn, reserveOut, pips]: [bigint, bigint, number]) =>
  constantProduct(reserveIn, reserveOut, pips) as Curve;

/** What one unit of the token in between is worth in the other, rounded up, by what was sold of it. */
const unitOfBetween = ({ amountIn, profit, between }: Route) => (amountIn + profit) / between + 1n;

describe("the best input through two V2 pools", () => {
  it("gains less than 2 units less than the best of all inputs", () => {
    let [gains, exact] = [0, 0];
    fc.assert(
      fc.property(v2(smallReserve), v2(smallReserve), (first, second) => {
        const [buy, sell] = [curveOf(first), curveOf(second)];
        const route = bestRoute(buy, sell);
        checkRoute(buy, sell, route);
        const best = bruteForce(buy, sell);
        expect(best - profitOf(route) < 2n).toBe(true);
        if (best === 0n) return;
        gains++;
        if (best === profitOf(route)) exact++;
      }),
      { numRuns: 400 },
    );
    expect(gains).toBeGreaterThan(100);
    expect(exact / gains).toBeGreaterThan(0.95);
  });

  it("is better than its neighbours on pools of real size, whichever token is the coarser one", () => {
    const coarse = fc.bigInt({ min: 10n ** 9n, max: 10n ** 13n });
    const fine = fc.bigInt({ min: 10n ** 20n, max: 10n ** 24n });
    const step = fc.bigInt({ min: 1n, max: 10n ** 12n });
    let gains = 0;
    fc.assert(
      fc.property(
        coarse,
        fine,
        coarse,
        fine,
        fc.boolean(),
        fee,
        fee,
        step,
        (a, b, c, d, flip, f, g, away) => {
          const [buy, sell] = flip
            ? [curveOf([a, b, f]), curveOf([d, c, g])]
            : [curveOf([b, a, f]), curveOf([c, d, g])];
          const route = bestRoute(buy, sell);
          checkRoute(buy, sell, route);
          if (route === null) return;
          gains++;
          for (const amountIn of [
            route.amountIn - away,
            route.amountIn - 1n,
            route.amountIn + 1n,
            route.amountIn + away,
          ]) {
            if (amountIn <= 0n) continue;
            const profit = sell.out(buy.out(amountIn)) - amountIn;
            expect(profit - route.profit < 2n).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(gains).toBeGreaterThan(50);
  });

  it("is the closed form of the textbook", () => {
    // sqrt(AB) - B over C in doubles, as the formula is usually written, with k = 0.997.
    const route = bestRoute(
      curveOf([10n ** 21n, 3n * 10n ** 24n, 3_000]),
      curveOf([29n * 10n ** 23n, 10n ** 21n, 3_000]),
    );
    const [in1, out1, in2, out2, k] = [1e21, 3e24, 2.9e24, 1e21, 0.997];
    const x = (Math.sqrt(out1 * out2 * k * k * in1 * in2) - in1 * in2) / (k * (in2 + k * out1));
    expect(Math.abs(Number(route?.amountIn) / x - 1)).toBeLessThan(1e-9);
  });

  it("is none where the fees eat the gap, and where the prices are equal", () => {
    expect(
      bestRoute(curveOf([1_000_000n, 1_000_000n, 3_000]), curveOf([1_000_000n, 1_005_000n, 3_000])),
    ).toBeNull();
    expect(bestRoute(curveOf([1_000_000n, 1_000_000n, 0]), curveOf([1_000_000n, 1_000_000n, 0]))).toBeNull();
  });
});

describe("the best input where a concentrated pool takes part", () => {
  const kinds = {
    "V2 then V3": fc
      .tuple(v2(smallReserve), small3, fc.boolean())
      .map(([first, pool, direction]) => [curveOf(first), singleTick(pool, direction)] as const),
    "V3 then V2": fc
      .tuple(small3, v2(smallReserve), fc.boolean())
      .map(([pool, second, direction]) => [singleTick(pool, direction), curveOf(second)] as const),
    "V3 then V3": fc
      .tuple(small3, small3, fc.boolean())
      .map(
        ([first, second, direction]) =>
          [singleTick(first, direction), singleTick(second, !direction)] as const,
      ),
  };

  it.each(Object.entries(kinds))(
    "%s: gains as much as the best of all inputs, within the stated bound",
    (_, pools) => {
      let [gains, capped] = [0, 0];
      fc.assert(
        fc.property(pools, ([buy, sell]) => {
          if (buy === null || sell === null) return;
          const route = bestRoute(buy, sell);
          checkRoute(buy, sell, route);
          const best = bruteForce(buy, sell);
          const bound = 4n + 2n * (route === null ? 1n : unitOfBetween(route));
          expect(best - profitOf(route) <= bound).toBe(true);
          if (best === 0n) return;
          gains++;
          if (route?.isCapped) capped++;
        }),
        { numRuns: 1_000 },
      );
      expect(gains).toBeGreaterThan(40);
      expect(capped).toBeGreaterThan(5);
    },
  );
});
