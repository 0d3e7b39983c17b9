import fc from "fast-check";
import { expect, it } from "vitest";
import { decimalKey, plain, scale, shorten } from "./decimal.ts";

const U256 = 2n ** 256n - 1n;
const integer = fc.oneof(
  fc.bigInt({ min: -U256, max: U256 }),
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 60n }).map((power) => 10n ** power - 1n),
);
const decimals = fc.integer({ min: 0, max: 40 });
const POWER = 60;

/** The value times 10^60, exact. */
function units(text: string): bigint {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e(-?\d+))?$/.exec(text)!;
  const value = BigInt(whole! + fraction) * 10n ** BigInt(POWER - fraction.length + Number(exponent));
  return sign === "-" ? -value : value;
}

it("scales exactly", () => {
  fc.assert(
    fc.property(integer, decimals, (value, by) => {
      const text = scale(value.toString(), by);
      expect(units(text)).toBe(value * 10n ** BigInt(POWER - by));
      expect(text).not.toMatch(/\.\d*0$|\.$|^-?0\d|^-0$/);
    }),
  );
  expect(scale("1500", 3)).toBe("1.5");
  expect(scale("0", 18)).toBe("0");
  expect(scale("5", 0)).toBe("5");
});

const order = (a: string, b: string) =>
  decimalKey(a) < decimalKey(b) ? -1 : decimalKey(a) > decimalKey(b) ? 1 : 0;

it("orders by value", () => {
  fc.assert(
    fc.property(integer, decimals, integer, decimals, (a, da, b, db) => {
      const [x, y] = [scale(a.toString(), da), scale(b.toString(), db)];
      const difference = units(x) - units(y);
      expect(order(x, y)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
    }),
    { numRuns: 1000 },
  );
  const ascending = ["-10", "-9.55", "-9.5", "-0.1", "-0.05", "0", "0.05", "0.1", "9.5", "9.55", "10"];
  for (let i = 1; i < ascending.length; i++) expect(order(ascending[i - 1]!, ascending[i]!)).toBe(-1);
  expect(order("-0", "0.00")).toBe(0);
  expect(order("1.50", "1.5")).toBe(0);
});

it("shortens to the nearest value of that many digits and marks what it rounded", () => {
  fc.assert(
    fc.property(integer, decimals, fc.integer({ min: 1, max: 12 }), (value, by, digits) => {
      const text = scale(value.toString(), by);
      const short = shorten(text, digits);
      const shown = short.text.replace("≈", "").replaceAll(",", "");
      expect(short.text.startsWith("≈")).toBe(!short.exact);
      expect(short.exact).toBe(units(shown) === units(text));
      const error = units(shown) - units(text);
      const magnitude = units(text) < 0n ? -units(text) : units(text);
      // Half of the last kept digit: 10^(order - digits) / 2, where order is the place of the first digit.
      const place = BigInt(magnitude.toString().length - digits);
      if (place > 0n) expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(10n ** place);
      else expect(error).toBe(0n);
      const mantissa = shown.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "");
      expect(mantissa.length).toBeLessThanOrEqual(Math.max(digits, 16)); // 15 that round up to 10^15
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ["0", 6, "0"],
  ["1234567.5", 8, "1,234,567.5"],
  ["1234.56789", 6, "≈1,234.57"],
  ["999999.95", 7, "≈1,000,000"],
  ["-0.00012349", 4, "≈-0.0001235"],
  ["0.00000000123456", 3, "≈1.23e-9"],
  ["0.0000000099999", 3, "≈1e-8"],
  ["340282366920938463463374607431768211455", 5, "≈3.4028e38"],
  ["1000000000000000000000", 5, "1e21"],
  ["123456789", 3, "123,456,789"],
])("writes %s to %i digits as %s", (text, digits, expected) => {
  expect(shorten(text, digits).text).toBe(expected);
});

it("writes a float without an exponent, losing nothing", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(plain(value)).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(plain(value)) === value).toBe(true);
    }),
  );
  expect(plain(1.5e-7)).toBe("0.00000015");
  expect(plain(1.5e21)).toBe("1500000000000000000000");
});
