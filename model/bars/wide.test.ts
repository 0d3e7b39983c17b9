import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addU128, compareU64, divideRounded, MAX_POWER, multiplyU64, quotient } from "./wide.ts";

const U64 = 2n ** 64n;
const U128 = 2n ** 128n;
/** Of every size, and with digits at their ends, where carries and estimates go wrong. */
const wide = (bits: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: bits }).chain((size) => fc.bigInt({ min: 0n, max: 2n ** BigInt(size) - 1n })),
    fc
      .array(fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff), {
        minLength: bits / 16,
        maxLength: bits / 16,
      })
      .map((digits) => digits.reduce((sum, digit) => (sum << 16n) | BigInt(digit), 0n)),
  );
const words = (value: bigint, count = 4) =>
  Uint32Array.from({ length: count }, (_, word) => Number((value >> BigInt(32 * word)) & 0xffffffffn));
const valueOf = (array: Uint32Array) => array.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
const low = (value: bigint) => Number(value & 0xffffffffn);
const high = (value: bigint) => Number(value >> 32n);

describe("wide integers", () => {
  test("a sum is exact, or refused and nothing changed", () => {
    fc.assert(
      fc.property(wide(128), wide(128), (x, y) => {
        const to = words(x);
        const fits = addU128(to, 0, words(y), 0);
        expect(fits).toBe(x + y < U128);
        expect(valueOf(to)).toBe(fits ? x + y : x);
      }),
    );
  });

  test("a product is exact", () => {
    fc.assert(
      fc.property(wide(64), wide(64), (x, y) => {
        const to = new Uint32Array(4);
        multiplyU64(low(x), high(x), low(y), high(y), to, 0);
        expect(valueOf(to)).toBe(x * y);
      }),
    );
  });

  test("a comparison is that of the numbers", () => {
    fc.assert(
      fc.property(wide(64), wide(64), (x, y) => {
        expect(Math.sign(compareU64(words(x, 2), 0, low(y), high(y)))).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  test("a quotient is the exact ratio, rounded half to even, or refused", () => {
    let fitting = 0;
    let ties = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(
            wide(128),
            wide(128).filter((y) => y > 0n),
          ),
          fc.tuple(wide(48), wide(48)).map(([k, y]) => [(2n * k + 1n) * (y + 1n), 2n * (y + 1n)] as const),
        ),
        fc.oneof(fc.integer({ min: -30, max: 30 }), fc.constantFrom(-MAX_POWER, MAX_POWER)),
        ([x, y], power) => {
          const top = power > 0 ? x * 10n ** BigInt(power) : x;
          const bottom = power < 0 ? y * 10n ** BigInt(-power) : y;
          const down = top / bottom;
          const twice = 2n * (top % bottom);
          const isUp = twice > bottom || (twice === bottom && down % 2n === 1n);
          const exact = isUp ? down + 1n : down;
          const fits = divideRounded(words(x), 0, words(y), 0, power);
          expect(fits).toBe(exact < U64);
          if (!fits) return;
          fitting++;
          if (twice === bottom) ties++;
          expect((BigInt(quotient.high) << 32n) | BigInt(quotient.low)).toBe(exact);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(Math.min(fitting, ties)).toBeGreaterThan(0);
  });

  test.each([
    [1n, 2n, 0, 0n],
    [3n, 2n, 0, 2n],
    [5n, 2n, 0, 2n],
    [U64 - 1n, 1n, 0, U64 - 1n],
    [2n * U64 - 3n, 2n, 0, U64 - 2n],
    [1n, 3n, 10, 3_333_333_333n],
    [0n, 7n, 5, 0n],
  ])("%i / %i * 10^%i = %i", (x, y, power, expected) => {
    expect(divideRounded(words(x), 0, words(y), 0, power)).toBe(true);
    expect((BigInt(quotient.high) << 32n) | BigInt(quotient.low)).toBe(expected);
  });

  test("a quotient that rounds up to 2^64 is refused", () => {
    expect(divideRounded(words(2n * U64 - 1n), 0, words(2n), 0, 0)).toBe(false);
  });
});
