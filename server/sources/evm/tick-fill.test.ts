import { expect, test } from "vitest";
import { MAX_FILLED_S, ticksBefore } from "./tick-fill.ts";

test("every second between near events, one Tick after a long pause, none for the same second or an earlier one", () => {
  expect(ticksBefore(null, 100)).toEqual([100]);
  expect(ticksBefore(100, 103)).toEqual([101, 102, 103]);
  expect(ticksBefore(100, 100)).toEqual([]);
  expect(ticksBefore(100, 90)).toEqual([]);
  expect(ticksBefore(100, 100 + MAX_FILLED_S)).toHaveLength(MAX_FILLED_S);
  expect(ticksBefore(100, 101 + MAX_FILLED_S)).toEqual([101 + MAX_FILLED_S]);
  expect(ticksBefore(0, 2 ** 40)).toEqual([2 ** 40]);
});
