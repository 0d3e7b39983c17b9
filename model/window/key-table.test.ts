import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SeenSet } from "../seen-set.ts";
import { Key, KeyHash } from "./key.ts";
import { KeyTable } from "./key-table.ts";

/** Keys of two words, few enough to meet again and again, some with equal halves. */
const pair = fc.tuple(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat(8));

function keysOf(hash: KeyHash): (words: readonly number[]) => Key {
  return (words) => {
    const key = new Key(words.length, hash);
    key.words.set(words);
    return key.seal();
  };
}

describe("a key table", () => {
  test("is a map from keys to slots, under any inserts and removals", () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 200, size: "max" }), fc.integer(), (steps, seed) => {
        const capacity = 12;
        const table = new KeyTable(capacity, 2);
        const keyOf = keysOf(new KeyHash(seed, 2));
        const oracle = new Map<string, number>();
        for (const words of steps) {
          const held = oracle.get(String(words));
          expect(table.find(keyOf(words))).toBe(held ?? -1);
          if (held !== undefined) {
            expect(table.remove(held)).toBe(true);
            expect(table.remove(held)).toBe(false);
            oracle.delete(String(words));
          } else if (oracle.size < capacity) {
            const used = new Set(oracle.values());
            const slot = Array.from({ length: capacity }, (_, i) => i).find((i) => !used.has(i)) as number;
            table.insert(slot, keyOf(words));
            oracle.set(String(words), slot);
          }
          expect(table.size).toBe(oracle.size);
          for (const [text, at] of oracle) {
            expect(table.find(keyOf(text.split(",").map(Number)))).toBe(at);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("the seed moves keys, so nobody who does not know it can make them collide", () => {
    const words = Uint32Array.of(1, 2);
    const hashes = Array.from({ length: 100 }, (_, seed) => new KeyHash(seed, 2).of(words));
    expect(new Set(hashes).size).toBe(100);
  });

  test("spreads sequential keys over the top bits", () => {
    const hash = new KeyHash(7, 2);
    const buckets = new Uint32Array(256);
    for (let i = 0; i < 25_600; i++) {
      const bucket = hash.of(Uint32Array.of(i, 0)) >>> 24;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    expect(Math.max(...buckets)).toBeLessThan(400);
  });
});

describe("a set of what was seen", () => {
  test("knows the last keys in their last state, and no more than its capacity", () => {
    const seen = new SeenSet(2, 1);
    const keyOf = keysOf(new KeyHash(1, 1));
    const isDuplicate = (n: number, state = 0) => seen.isDuplicate(keyOf([n]), state);
    expect([isDuplicate(1), isDuplicate(1), isDuplicate(2)]).toEqual([false, true, false]);
    expect([isDuplicate(1, 1), isDuplicate(1, 1), isDuplicate(1, 0)]).toEqual([false, true, false]);
    expect(isDuplicate(3)).toBe(false);
    expect(seen.size).toBe(2);
    expect(isDuplicate(1)).toBe(false);
    expect(isDuplicate(3)).toBe(true);
  });
});
