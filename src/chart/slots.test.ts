import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesBar } from "../../workers/api.ts";
import { amendmentOf, bandsOf, CHART_LIMITS, type Slot, slotsOf } from "./slots.ts";

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

describe("amendmentOf", () => {
  const held = bars(1, 2, 3);
  const before = slotsOf(held, [], INTERVAL);
  const amendment = (now: ReadonlyMap<number, SeriesBar>) => amendmentOf(before, slotsOf(now, [], INTERVAL));
  const without = (...at: number[]) => new Map([...held].filter(([start]) => !at.includes(start / INTERVAL)));

  it("draws the last bar anew and what comes after it", () => {
    const grown = new Map(held).set(3 * INTERVAL, bar(3)).set(5 * INTERVAL, bar(5));
    expect(amendment(grown)).toEqual({ slots: slotsOf(grown, [], INTERVAL), amended: [], from: 2 });
    expect(amendment(held)).toEqual({ slots: before, amended: [], from: 2 });
  });

  it("leaves a blank place for a bar that went, and amends one that changed", () => {
    const moved = without(1)
      .set(2 * INTERVAL, bar(2))
      .set(4 * INTERVAL, bar(4));
    const { slots: drawn = [], ...rest } = amendment(moved) ?? {};
    expect(kinds(drawn)).toBe("none bar bar bar");
    expect(rest).toEqual({ amended: [0, 1], from: 2 });
    expect(kinds(amendment(without(2))?.slots ?? [])).toBe("bar none bar");
  });

  it("draws all anew where a bar came in before the last, or the last went", () => {
    expect(amendment(new Map(held).set(0, bar(0)))).toBeNull();
    expect(amendment(without(3))).toBeNull();
    expect(amendment(new Map())).toBeNull();
    expect(amendmentOf([], before)).toBeNull();
    expect(amendmentOf(slots([1, 3]), before)).toBeNull();
  });

  it("draws all anew when many have gone or changed", () => {
    const { blank_slots_count, amended_count } = CHART_LIMITS;
    const step = CHART_LIMITS.gap_slots_count;
    const at = Array.from({ length: 9 }, (_, n) => n * step);
    expect(amendmentOf(slots(at), slots(at.slice(blank_slots_count / step)))).not.toBeNull();
    expect(amendmentOf(slots(at), slots(at.slice(blank_slots_count / step + 1)))).toBeNull();
    const lastOf = (count: number) => {
      const many = Array.from({ length: count }, (_, n) => n);
      return amendmentOf(slots(many), slots(many.slice(-1)));
    };
    expect(lastOf(amended_count + 1)?.amended).toHaveLength(amended_count);
    expect(lastOf(amended_count + 2)).toBeNull();
  });

  it("touches each place that differs, however a window moves", () => {
    let amendments = 0;
    const step = fc.record({ ahead: fc.integer({ min: 1, max: 40 }), late: fc.option(fc.nat({ max: 9 })) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const window = bars(0);
        let drawn: readonly Slot[] = slotsOf(window, [], INTERVAL);
        let place = 0;
        for (const { ahead, late } of steps) {
          window.set((place += ahead) * INTERVAL, bar(place));
          const amended = [...window.keys()].at(late === null ? -1 : -late);
          if (amended !== undefined) window.set(amended, bar(amended / INTERVAL));
          const [oldest = 0] = window.keys();
          if (window.size > 10) window.delete(oldest);
          const now = slotsOf(window, [], INTERVAL);
          const made = amendmentOf(drawn, now);
          if (made !== null) {
            amendments++;
            const blank = made.slots.length - now.length;
            expect(made.slots.slice(blank)).toEqual(now);
            expect(made.slots.slice(0, blank).every(({ kind }) => kind === "none")).toBe(true);
            const differ = made.slots
              .slice(0, made.from)
              .flatMap(({ bar: shown }, at) => (shown === drawn[at]!.bar ? [] : [at]));
            expect(made.amended).toEqual(differ);
          }
          drawn = made?.slots ?? now;
        }
      }),
      { numRuns: 50 },
    );
    expect(amendments).toBeGreaterThan(500);
  });
});
