import fc from "fast-check";
import { expect, it } from "vitest";
import { DoubleDouble } from "./double-double.ts";
import { divide } from "./price.ts";

const word = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constant(2 ** 32 - 1));
const words = (count: number) => fc.array(word, { minLength: count, maxLength: count });

function dataOf(list: readonly number[]): { data: DataView; value: bigint } {
  const data = new DataView(new ArrayBuffer(4 * list.length));
  for (const [n, each] of list.entries()) data.setUint32(4 * n, each, true);
  return { data, value: list.reduceRight((sum, each) => (sum << 32n) | BigInt(each), 0n) };
}

const take = ({ data }: { data: DataView }, count: number) => new DoubleDouble().take(data, 0, count);

it("is the nearest double to a ratio of products, or says that it cannot tell", () => {
  let told = 0;
  let untold = 0;
  fc.assert(
    fc.property(words(4), words(4), words(8), fc.nat(22), (a, b, c, power) => {
      const [x, y, z] = [dataOf(a), dataOf(b), dataOf(c)];
      if (y.value === 0n) return;
      const result = take(x, 4)
        .timesOther(take(z, 8))
        .times(Number(`1e${power}`))
        .over(take(y, 4))
        .rounded();
      if (Number.isNaN(result)) untold++;
      else {
        told++;
        expect(result).toBe(divide(x.value * z.value * 10n ** BigInt(power), y.value) ?? 0);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(told).toBeGreaterThan(2_500);
  expect(untold).toBeLessThan(10);
});

it("cannot tell in the middle between two doubles, and an ulp of 2^-95 beside it", () => {
  const middle = new DoubleDouble().set(2 ** 53);
  const half = new DoubleDouble().set(1);
  expect(middle.plus(half).rounded()).toBeNaN();
  const beside = new DoubleDouble().set(2 ** 53).plus(half);
  expect(beside.plus(new DoubleDouble().set(2 ** -50)).rounded()).toBeNaN();
  expect(beside.plus(new DoubleDouble().set(2 ** -40)).rounded()).toBe(2 ** 53 + 2);
});

it("is the nearest double to a sum of quotients", () => {
  let told = 0;
  fc.assert(
    fc.property(words(4), words(4), fc.nat(22), fc.nat(22), (a, b, p, q) => {
      const [x, y] = [dataOf(a), dataOf(b)];
      const sum = take(x, 4)
        .overNumber(Number(`1e${p}`))
        .plus(take(y, 4).overNumber(Number(`1e${q}`)))
        .rounded();
      const exact =
        divide(x.value * 10n ** BigInt(q) + y.value * 10n ** BigInt(p), 10n ** BigInt(p + q)) ?? 0;
      if (Number.isNaN(sum)) return;
      told++;
      expect(sum).toBe(exact);
    }),
    { numRuns: 3_000 },
  );
  expect(told).toBeGreaterThan(2_500);
});
