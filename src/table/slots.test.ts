import fc from "fast-check";
import { expect, test } from "vitest";
import { assignSlots, type Slot } from "./slots.ts";

const rows = fc.uniqueArray(fc.nat(40).map(String), { maxLength: 30 });
const keysOf = (slots: readonly Slot[]) => slots.map(({ key }) => key);

test("every row has an element of its own, whatever was drawn before", () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 8 }), (screens) => {
      let drawn: Slot[] = [];
      for (const ids of screens) {
        drawn = assignSlots(drawn, ids);
        expect(drawn.map(({ id }) => id)).toEqual(ids);
        expect(new Set(keysOf(drawn)).size).toBe(ids.length);
      }
    }),
  );
});

test("a row that moves keeps its element; one that comes in has a new one", () => {
  const before = assignSlots([], ["a", "b", "c", "d"]);
  const [a, b, c] = keysOf(before);
  const [fresh, ...kept] = keysOf(assignSlots(before, ["new", "a", "b", "c"]));
  expect(kept).toEqual([a, b, c]);
  expect(keysOf(before)).not.toContain(fresh);
});

test("where most rows are new each place keeps its element", () => {
  const before = assignSlots([], ["a", "b", "c", "d"]);
  expect(keysOf(assignSlots(before, ["e", "f", "g", "a"]))).toEqual(keysOf(before));
});
