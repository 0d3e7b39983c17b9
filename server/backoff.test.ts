import { expect, test } from "vitest";
import { Backoff, backoffMs } from "./backoff.ts";

const LIMITS = { first_ms: 100, most_ms: 1_000 };

test("waits double up to the most, and lie between half of that and all", () => {
  expect([1, 2, 3, 4, 5, 9_999].map((failures) => backoffMs(failures, LIMITS, 0))).toEqual([
    50, 100, 200, 400, 500, 500,
  ]);
  expect(backoffMs(2, LIMITS, 0.5)).toBe(150);
});

test("failures are counted until an attempt proves itself", () => {
  const backoff = new Backoff(LIMITS, () => 0);
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 100, 200]);
  backoff.reset();
  expect(backoff.next()).toBe(50);
});
