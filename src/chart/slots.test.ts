import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesBar } from "../../workers/api.ts";
import { appendedFrom, bandsOf, CHART_LIMITS, type Slot, slotsOf } from "./slots.ts";

const INTERVAL = 500;
const bar = (place: number): SeriesBar => {
  const start_unix_ms = place * INTERVAL;
  return { start_unix_ms, open: 1, high: 1, low: 1, close: 1, volume: 1, final: true };
};
const bars = (...at: number[]) => new Map(at.map((place) => [place * INTERVAL, bar(place)]));
const kinds = (slots: readonly Slot[]) => slots.map(({ kind }) => kind).join(" ");
const slots = (at: readonly number[], holes: readonly number[] = []) =>
  slotsOf(
    bars(...at),
    holes.map((place) => place * INTERVAL),
    INTERVAL,
  );

describe("slotsOf", () => {
  it("leaves a place for each interval without a trade", () => {
    expect(kinds(slots([10, 11, 14]))).toBe("bar bar none none bar");
    expect(slots([10, 12])[1]).toMatchObject({ start_unix_ms: 11 * INTERVAL, bar: null });
    expect(slots([])).toEqual([]);
  });

  it("tells bars that were let go of from those that never were", () => {
    expect(kinds(slots([10, 14], [11, 12]))).toBe("bar lost lost none bar");
  });

  it("breaks a gap that is too long to draw, and says how long it is", () => {
    const { gap_slots_count, break_slots_count } = CHART_LIMITS;
    const drawn = slots([0, gap_slots_count + 1]);
    expect(drawn).toHaveLength(gap_slots_count + 2);
    const broken = slots([0, gap_slots_count + 2]);
    expect(broken).toHaveLength(break_slots_count + 2);
    expect(broken[1]).toMatchObject({ kind: "break", gap_ms: (gap_slots_count + 1) * INTERVAL });
  });

  it("is ascending in time, has every bar, and is bounded, whatever the gaps", () => {
    let broken = 0;
    const gaps = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 1_000, size: "max" });
    fc.assert(
      fc.property(gaps, (steps) => {
        let place = 0;
        const at = steps.map((step) => (place += step));
        const made = slots(at);
        expect(made.filter(({ kind }) => kind === "bar")).toHaveLength(at.length);
        expect(made.every((slot, n) => n === 0 || slot.start_unix_ms > made[n - 1]!.start_unix_ms)).toBe(
          true,
        );
        expect(made.length).toBeLessThanOrEqual(at.length + CHART_LIMITS.empty_slots_count);
        if (made.some(({ kind }) => kind === "break")) broken++;
      }),
      { numRuns: 50 },
    );
    expect(broken).toBeGreaterThan(10);
  });
});

it("marks each run of places that a band is for", () => {
  const made = slots([0, 5, 300], [1, 2, 4]);
  expect(kinds(made.slice(0, 6))).toBe("bar lost lost none lost bar");
  const gap_ms = 294 * INTERVAL;
  expect(bandsOf(made)).toEqual([
    { kind: "lost", first: 1, last: 2, gap_ms: 0 },
    { kind: "lost", first: 4, last: 4, gap_ms: 0 },
    { kind: "break", first: 6, last: 15, gap_ms },
  ]);
});

describe("appendedFrom", () => {
  const held = bars(1, 2, 3);
  const before = slotsOf(held, [], INTERVAL);

  it("draws the last bar anew and what comes after it", () => {
    const grown = new Map(held).set(3 * INTERVAL, bar(3)).set(5 * INTERVAL, bar(5));
    expect(appendedFrom(before, slotsOf(grown, [], INTERVAL))).toBe(2);
    expect(appendedFrom(before, before)).toBe(2);
  });

  it("draws all anew where an earlier bar changed, came in or went", () => {
    const amended = new Map(held).set(2 * INTERVAL, bar(2));
    expect(appendedFrom(before, slotsOf(amended, [], INTERVAL))).toBeNull();
    expect(appendedFrom(before, slotsOf(new Map(held).set(0, bar(0)), [], INTERVAL))).toBeNull();
    expect(appendedFrom(before, slots([2, 3, 4]))).toBeNull();
    expect(appendedFrom(before, slots([1, 2]))).toBeNull();
    expect(appendedFrom([], before)).toBeNull();
  });
});
