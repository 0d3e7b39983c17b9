import { expect, it } from "vitest";
import { lifeOf, poolEventsOf } from "./life.ts";

it("reads the steps in their order", () => {
  const life = [
    { status: "pending", unix_ms: 1, block_number: null },
    { status: "included", unix_ms: 2, block_number: "61200000" },
  ];
  expect(lifeOf({ life })).toEqual(life);
});

it("leaves out what is no step", () => {
  expect(lifeOf({})).toEqual([]);
  expect(lifeOf({ life: "pending" })).toEqual([]);
  expect(lifeOf({ life: [null, 3, { status: "pending" }, { status: 1, unix_ms: 2 }] })).toEqual([]);
  expect(lifeOf({ life: [{ status: "pending", unix_ms: 1, block_number: 7 }] })).toEqual([
    { status: "pending", unix_ms: 1, block_number: null },
  ]);
});

it("reads the ids of pool events", () => {
  expect(poolEventsOf({ pool_events: ["a", 1, "b"] })).toEqual(["a", "b"]);
  expect(poolEventsOf({ pool_events: null })).toEqual([]);
});
