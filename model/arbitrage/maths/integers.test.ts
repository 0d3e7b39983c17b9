import fc from "fast-check";
import { expect, it } from "vitest";
import { divideUp, squareRoot } from "./integers.ts";

const natural = fc.oneof(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 2n ** 700n }));

it("the square root is the largest whose square fits", () => {
  fc.assert(
    fc.property(natural, (value) => {
      const root = squareRoot(value);
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
      expect(squareRoot(value * value)).toBe(value);
      if (value > 0n) expect(squareRoot(value * value - 1n)).toBe(value - 1n);
    }),
    { numRuns: 2_000 },
  );
});

it("a quotient is rounded up", () => {
  expect([divideUp(0n, 3n), divideUp(1n, 3n), divideUp(3n, 3n), divideUp(4n, 3n)]).toEqual([0n, 1n, 1n, 2n]);
});
