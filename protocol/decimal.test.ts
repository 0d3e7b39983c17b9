import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDecimal } from "./decimal.ts";

test.each([
  ["0", 0, "0"],
  ["0", 18, "0"],
  ["1", 18, "0.000000000000000001"],
  ["1500000", 6, "1.5"],
  ["1000000", 6, "1"],
  ["100", 0, "100"],
  ["-250", 2, "-2.5"],
  ["340282366920938463463374607431768211455", 0, "340282366920938463463374607431768211455"],
  ["340282366920938463463374607431768211455", 38, "3.40282366920938463463374607431768211455"],
  ["7", 255, `0.${"0".repeat(254)}7`],
])("formatDecimal(%s, %i) is %s", (raw, decimals, text) => {
  expect(formatDecimal(raw, decimals)).toBe(text);
});

test("the text is the integer's value, in its shortest form", () => {
  const u256 = fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n - 1n });
  fc.assert(
    fc.property(u256, fc.integer({ min: 0, max: 255 }), (raw, decimals) => {
      const text = formatDecimal(raw.toString(), decimals);
      expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
      const [whole, fraction = ""] = text.split(".") as [string, string?];
      expect(fraction.length).toBeLessThanOrEqual(decimals);
      expect(BigInt(whole + fraction.padEnd(decimals, "0"))).toBe(raw);
    }),
  );
});
