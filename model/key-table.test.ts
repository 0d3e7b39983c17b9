import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyHash, KeyTable } from "./key-table.ts";
import { SeenSet } from "./seen-set.ts";

/** Keys of two words, few enough to meet again and again, some with equal halves. */
const key = fc.tuple(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat(8));

describe("a key table", () => {
  test("is a map from keys to slots, under any inserts and removals", () => {
    const step = fc.record({ key, seed: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), fc.integer(), (steps, seed) => {
        const capacity = 12;
        const table = new KeyTable(capacity, 2, new KeyHash(seed, 2));
        const oracle = new Map<string, number>();
        for (const { key: pair } of steps) {
          const words = Uint32Array.from(pair);
          const held = oracle.get(String(pair));
          expect(table.find(words)).toBe(held ?? -1);
          if (held !== undefined) {
            expect(table.remove(held)).toBe(true);
            expect(table.remove(held)).toBe(false);
            oracle.delete(String(pair));
          } else if (oracle.size < capacity) {
            const used = new Set(oracle.values());
            const slot = Array.from({ length: capacity }, (_, i) => i).find((i) => !used.has(i)) as number;
            table.insert(slot, words);
            oracle.set(String(pair), slot);
          }
          expect(table.size).toBe(oracle.size);
          for (const [text, at] of oracle) {
            expect(table.find(Uint32Array.from(text.split(",").map(Number)))).toBe(at);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("the seed moves keys, so nobody who does not know it can make them collide", () => {
    const words = Uint32Array.of(1, 2);
    const hashes = Array.from({ length: 100 }, (_, seed) => new KeyHash(seed, 2).of(words, 2));
    expect(new Set(hashes).size).toBe(100);
  });

  test("spreads sequential keys over the top bits", () => {
    const hash = new KeyHash(7, 2);
    const buckets = new Uint32Array(256);
    for (let i = 0; i < 25_600; i++) {
      const bucket = hash.of(Uint32Array.of(i, 0), 2) >>> 24;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    expect(Math.max(...buckets)).toBeLessThan(400);
  });
});

describe("a set of what was seen", () => {
  test("knows the last keys in their last state, and no more than its capacity", () => {
    const seen = new SeenSet(2, 1, new KeyHash(1, 1));
    const isDuplicate = (n: number, state = 0) => seen.isDuplicate(Uint32Array.of(n), state);
    expect([isDuplicate(1), isDuplicate(1), isDuplicate(2)]).toEqual([false, true, false]);
    expect([isDuplicate(1, 1), isDuplicate(1, 1), isDuplicate(1, 0)]).toEqual([false, true, false]);
    expect(isDuplicate(3)).toBe(false);
    expect(seen.size).toBe(2);
    expect(isDuplicate(1)).toBe(false);
    expect(isDuplicate(3)).toBe(true);
  });
});
