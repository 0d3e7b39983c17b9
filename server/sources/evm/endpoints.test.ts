import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EndpointLimits, Endpoints } from "./endpoints.ts";

const LIMITS: EndpointLimits = {
  backoff: { first_ms: 100, most_ms: 1_000 },
  breaker_failures_count: 4,
  breaker_open_ms: 20_000,
  healthy_ms: 5_000,
};
const ALL = 0.999_999;

describe("one endpoint", () => {
  test("waits longer with each failure in a row; the breaker's time after so many, and one more opens it anew", () => {
    const endpoints = new Endpoints(1, LIMITS);
    expect(endpoints.next).toEqual({ index: 0, at_ms: 0 });
    const waits = [1, 2, 3, 4, 5].map(() => {
      endpoints.failed(0, 0, ALL);
      return Math.round(endpoints.next.at_ms);
    });
    expect(waits).toEqual([100, 200, 400, 20_000, 20_000]);
    expect(endpoints.isOpen(0)).toBe(true);
  });

  test("that held for a while begins a new row of failures", () => {
    const endpoints = new Endpoints(1, LIMITS);
    for (let i = 0; i < 6; i++) endpoints.failed(0, LIMITS.healthy_ms - 1, ALL);
    endpoints.failed(1_000, LIMITS.healthy_ms, ALL);
    expect(endpoints.isOpen(0)).toBe(false);
    expect(Math.round(endpoints.next.at_ms)).toBe(1_100);
  });

  test("that asks to be left alone is, for as long as it asks", () => {
    const endpoints = new Endpoints(1, LIMITS);
    endpoints.failed(0, 0, 0, 60_000);
    expect(endpoints.next.at_ms).toBe(60_000);
  });
});

describe("several", () => {
  test("are taken in turn, at once while one was not tried, then the one whose turn comes first", () => {
    const endpoints = new Endpoints(3, LIMITS);
    endpoints.failed(0, 0, ALL);
    expect(endpoints.next).toEqual({ index: 1, at_ms: 0 });
    endpoints.failed(10, 0, ALL, 5_000);
    expect(endpoints.next).toEqual({ index: 2, at_ms: 0 });
    endpoints.failed(20, 0, ALL);
    expect(endpoints.next.index).toBe(0);
    expect(Math.round(endpoints.next.at_ms)).toBe(100);
    endpoints.failed(200, 0, ALL);
    expect(endpoints.next.index).toBe(2);
  });

  test("none is left for good, and none is tried before its time", () => {
    const step = fc.record({ held: fc.nat(10_000), random: fc.double({ min: 0, max: 0.99, noNaN: true }) });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.array(step, { minLength: 60 }), (count, steps) => {
        const endpoints = new Endpoints(count, LIMITS);
        const lastTried = new Map<number, number>();
        let now = 0;
        for (const { held, random } of steps) {
          const { index, at_ms } = endpoints.next;
          now = Math.max(now, at_ms);
          lastTried.set(index, now);
          now += held;
          endpoints.failed(now, held, random);
          for (let other = 0; other < count; other++) {
            // Longest connection, longest pause, once around.
            const most = count * (10_000 + LIMITS.breaker_open_ms);
            expect(now - (lastTried.get(other) ?? 0)).toBeLessThan(most);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
