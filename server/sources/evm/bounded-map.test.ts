import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

test("holds its cap, and lets go of what was used longest ago", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  expect(map.get("a")).toBe(1);
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  expect([map.size, map.dropped]).toEqual([2, 1]);
  map.set("c", 4);
  expect([map.get("c"), map.size, map.dropped]).toEqual([4, 2, 1]);
});
