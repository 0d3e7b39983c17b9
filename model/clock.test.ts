import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Clock } from "./clock.ts";
import { MODEL_LIMITS } from "./limits.ts";

describe("the fold's clock", () => {
  test("is set by the first header, and replaced by the first Tick", () => {
    const clock = new Clock();
    expect(clock.header(4_000_000_000_000)).toBe(true);
    expect(clock.now).toBe(4_000_000_000_000);
    clock.tick(1_700_000_000_000);
    expect(clock.now).toBe(1_700_000_000_000);
  });

  test("lets a header lead the last Tick by the limit at most, however many come", () => {
    const clock = new Clock();
    clock.tick(1_000_000);
    expect(clock.header(1_000_000 + MODEL_LIMITS.max_lead_ms)).toBe(true);
    for (let i = 0; i < 10; i++) expect(clock.header(9_000_000_000_000)).toBe(false);
    expect(clock.now).toBe(1_000_000 + MODEL_LIMITS.max_lead_ms);
    clock.tick(2_000_000);
    expect(clock.now).toBe(2_000_000);
  });

  test("before a Tick, a header moves it on by the limit at most", () => {
    const clock = new Clock();
    clock.header(1_000);
    expect(clock.header(100_000)).toBe(false);
    expect(clock.now).toBe(1_000 + MODEL_LIMITS.max_lead_ms);
  });

  test("ignores a header or Tick of the past, and a Tick that is no time", () => {
    const clock = new Clock();
    clock.tick(50_000);
    expect(clock.header(10)).toBe(true);
    clock.tick(49_000);
    expect(clock.tick(2 ** 64)).toBe(false);
    expect(clock.now).toBe(50_000);
  });

  test("never goes backwards after the first Tick", () => {
    const step = fc.record({ tick: fc.boolean(), ms: fc.integer({ min: 0, max: 1e6 }) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.array(step), (first, steps) => {
        const clock = new Clock();
        clock.tick(first);
        let lastTick = first;
        for (const { tick, ms } of steps) {
          const before = clock.now;
          if (tick) {
            clock.tick(ms);
            lastTick = Math.max(before, ms);
          } else clock.header(ms);
          expect(clock.now).toBeGreaterThanOrEqual(before);
          expect(clock.now).toBeLessThanOrEqual(lastTick + MODEL_LIMITS.max_lead_ms);
        }
      }),
    );
  });
});
