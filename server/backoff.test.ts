import { expect, test } from "vitest";
import { Backoff } from "./backoff.ts";

test("waits double up to the limit, spread over the whole of it, and begin anew after a success", () => {
  const most = new Backoff({ first_ms: 250, max_ms: 1_500 }, () => 1);
  expect([1, 2, 3, 4, 5].map(() => most.next())).toEqual([250, 500, 1_000, 1_500, 1_500]);
  expect(most.failures).toBe(5);
  most.reset();
  expect(most.next()).toBe(250);
  expect(new Backoff({ first_ms: 250, max_ms: 1_500 }, () => 0).next()).toBe(0);
});

test("a peer that is away for days does not overflow", () => {
  const backoff = new Backoff({ first_ms: 250, max_ms: 15_000 }, () => 1);
  for (let n = 0; n < 5_000; n++) expect(backoff.next()).toBeLessThanOrEqual(15_000);
});
