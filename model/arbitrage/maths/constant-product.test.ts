import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantProduct } from "./constant-product.ts";
import type { Curve } from "./curve.ts";

const reserve = fc.bigInt({ min: 1n, max: 2n ** 112n - 1n });
const amount = fc.bigInt({ min: 0n, max: 2n ** 112n });
const fee = fc.constantFrom(0, 100, 2_500, 3_000, 10_000, 999_999);

/** Does the pair let the swap pass? Its own check: the product, the input counted less its fee, may not fall. */
function passes(reserveIn: bigint, reserveOut: bigint, feePips: number, amountIn: bigint, out: bigint) {
  const [before, after] = [
    reserveIn * reserveOut * 1_000_000n,
    ((reserveIn + amountIn) * 1_000_000n - amountIn * BigInt(feePips)) * (reserveOut - out),
  ];
  return out <= reserveOut && after >= before;
}

describe("a constant-product pool", () => {
  it("brings the most that the pair lets pass, and not a unit more", () => {
    fc.assert(
      fc.property(reserve, reserve, fee, amount, (reserveIn, reserveOut, feePips, wanted) => {
        const curve = constantProduct(reserveIn, reserveOut, feePips) as Curve;
        const amountIn = wanted > curve.maxIn ? curve.maxIn : wanted;
        const out = curve.out(amountIn);
        expect(passes(reserveIn, reserveOut, feePips, amountIn, out)).toBe(true);
        expect(passes(reserveIn, reserveOut, feePips, amountIn, out + 1n)).toBe(false);
      }),
    );
  });

  it("with a fee of 3,000 is 997/1000 of the published library", () => {
    fc.assert(
      fc.property(reserve, reserve, amount, (reserveIn, reserveOut, amountIn) => {
        const paid = amountIn * 997n;
        const expected = (paid * reserveOut) / (reserveIn * 1000n + paid);
        expect(constantProduct(reserveIn, reserveOut, 3_000)?.out(amountIn)).toBe(expected);
      }),
    );
  });

  it("names the least input for an output", () => {
    fc.assert(
      fc.property(reserve, reserve, fee, amount, (reserveIn, reserveOut, feePips, amountOut) => {
        if (amountOut === 0n) return;
        const curve = constantProduct(reserveIn, reserveOut, feePips) as Curve;
        const amountIn = curve.leastIn(amountOut);
        if (amountIn < 0n) {
          expect(curve.out(curve.maxIn) < amountOut).toBe(true);
          return;
        }
        expect(curve.out(amountIn) >= amountOut).toBe(true);
        expect(curve.out(amountIn - 1n) < amountOut).toBe(true);
      }),
    );
  });

  it("is none where nothing can be swapped, and caps what would overflow the pair's reserve", () => {
    expect(constantProduct(0n, 5n, 3_000)).toBeNull();
    expect(constantProduct(5n, 0n, 3_000)).toBeNull();
    expect(constantProduct(5n, 5n, 1_000_000)).toBeNull();
    expect(constantProduct(2n ** 112n, 5n, 3_000)).toBeNull();
    expect(constantProduct(2n ** 112n - 8n, 5n, 3_000)?.maxIn).toBe(7n);
  });
});
