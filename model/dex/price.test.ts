import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, priceOfAmounts, priceOfSqrt } from "./price.ts";

describe("divide", () => {
  test("rounds as the division of two doubles does where both are exact", () => {
    const exact = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(exact, exact, (a, b) => {
        expect(divide(BigInt(a), BigInt(b))).toBe(a / b);
      }),
    );
  });

  test("scaling both sides changes nothing", () => {
    const u128 = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(u128, u128, u128, (a, b, k) => {
        expect(divide(a * k, b * k)).toBe(divide(a, b));
      }),
    );
  });

  test("no double is nearer to the ratio", () => {
    const u128 = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(u128, u128, (a, b) => {
        const price = divide(a, b) as number;
        const error = (x: number) => {
          const [n, d] = asFraction(x);
          const difference = n * b - a * d;
          return [difference < 0n ? -difference : difference, d] as const;
        };
        const [e, d] = error(price);
        for (const other of [price * (1 + 2 ** -52), price * (1 - 2 ** -53)]) {
          const [eo, dOther] = error(other);
          expect(e * dOther <= eo * d).toBe(true);
        }
      }),
    );
  });

  test("is null where there is no price", () => {
    expect(divide(0n, 1n)).toBeNull();
    expect(divide(1n, 0n)).toBeNull();
    expect(divide(1n, 10n ** 300n)).toBeNull();
    expect(divide(10n ** 300n, 1n)).toBeNull();
  });

  test("takes integers that are beyond a double themselves", () => {
    expect(divide(10n ** 400n, 4n * 10n ** 400n)).toBe(0.25);
    expect(divide(3n ** 3_000n, 3n ** 2_999n * 2n)).toBe(1.5);
  });
});

/** A double as an exact fraction. */
function asFraction(x: number): [bigint, bigint] {
  let denominator = 1n;
  let scaled = x;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}

test("price of amounts is quote per base", () => {
  // 2 WETH (token0, 18 decimals) against 5,000 USDC (token1, 6 decimals)
  const pair = { amount0: 2n * 10n ** 18n, amount1: 5_000_000_000n, decimals0: 18, decimals1: 6 };
  expect(priceOfAmounts({ ...pair, token0Quotes: false })).toBe(2500);
  expect(priceOfAmounts({ ...pair, token0Quotes: true })).toBe(0.0004);
  expect(priceOfAmounts({ ...pair, decimals0: null, token0Quotes: true })).toBeNull();
  expect(priceOfAmounts({ ...pair, amount0: 0n, token0Quotes: true })).toBeNull();
});

test("price of a square root is its square", () => {
  const pair = { decimals0: 18, decimals1: 18 };
  expect(priceOfSqrt(3n << 96n, { ...pair, token0Quotes: false })).toBe(9);
  expect(priceOfSqrt(1n << 97n, { ...pair, token0Quotes: true })).toBe(0.25);
  expect(priceOfSqrt(0n, { ...pair, token0Quotes: false })).toBeNull();
});
