import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../../protocol/decimal.ts";
import { scaled } from "./decimal.ts";

describe("the integer of a JSON number's text", () => {
  it.each([
    ["427.5288", 8, 42_752_880_000n],
    ["4.522e-05", 8, 4_522n],
    ["1E3", 0, 1_000n],
    ["1e+2", 2, 10_000n],
    ["0", 8, 0n],
    ["-1.5", 1, -15n],
    ["0.10", 1, 1n],
    ["9007199254740993", 0, 9_007_199_254_740_993n],
  ] as const)("%s with %i decimals", (text, decimals, value) => {
    expect(scaled(text, decimals)).toBe(value);
  });

  it.each(["", "x", "1.", ".5", "1e", "NaN", "0x10", "1 ", "1e9999"])("%j is none", (text) => {
    expect(scaled(text, 8)).toBeNull();
  });

  it("is none where there are more decimals than that, and never rounded", () => {
    expect(scaled("0.123456789", 8)).toBeNull();
    expect(scaled("1e-9", 8)).toBeNull();
  });

  it("is what the text of any amount says", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat(18), (raw, decimals) => {
        expect(scaled(formatDecimal(raw.toString(), decimals), decimals)).toBe(raw);
      }),
    );
  });

  it("is what the text of any float says", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e9, noNaN: true }), (value) => {
        const exact = scaled(String(value), 40);
        expect(Number(formatDecimal(String(exact), 40))).toBe(value);
      }),
    );
  });
});
