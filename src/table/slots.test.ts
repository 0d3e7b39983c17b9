import fc from "fast-check";
import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

const screen = fc.uniqueArray(fc.nat(40).map(String), { maxLength: 30 });

test("every row has an element of its own, whatever was drawn before", () => {
  fc.assert(
    fc.property(fc.array(screen, { maxLength: 8 }), (screens) => {
      const slots = new Slots();
      for (const ids of screens) {
        const keys = slots.assign(ids);
        expect([...keys.keys()]).toEqual(ids);
        expect(new Set(keys.values()).size).toBe(ids.length);
        expect(slots.assign(ids)).toEqual(keys);
      }
    }),
  );
});

test("a row that moves keeps its element; one that comes in has a new one", () => {
  const slots = new Slots();
  const before = slots.assign(["a", "b", "c", "d"]);
  const after = slots.assign(["new", "a", "b", "c"]);
  for (const id of ["a", "b", "c"]) expect(after.get(id)).toBe(before.get(id));
  expect([...before.values()]).not.toContain(after.get("new"));
});

test("where most rows are new each place keeps its element", () => {
  const slots = new Slots();
  const before = slots.assign(["a", "b", "c", "d"]);
  const after = slots.assign(["e", "f", "g", "a"]);
  expect([...after.values()]).toEqual([...before.values()]);
});
