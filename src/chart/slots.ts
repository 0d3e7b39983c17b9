/**
 * The places of a chart from left to right, one an interval of time: a bar, a place without a trade, a bar that was let
 * go of. So a gap is as wide as it was long, up to a bound: a longer one becomes a break of few places that says so.
 */
import type { SeriesBar } from "../../workers/api.ts";

export const CHART_LIMITS = {
  /** Places that one gap may take before it becomes a break. */
  gap_slots_count: 120,
  /** Places that a break takes. */
  break_slots_count: 10,
  /** Places of gaps in all; where there are more, gaps become breaks that are shorter. */
  empty_slots_count: 12_000,
} as const;

/** `none`: no trade. `lost`: there was a bar, and it is held no more. `break`: part of a gap too long to draw. */
export type SlotKind = "bar" | "none" | "lost" | "break";

export interface Slot {
  kind: SlotKind;
  start_unix_ms: number;
  /** Of a `bar`. */
  bar: SeriesBar | null;
  /** Of a `break`: how long the whole gap is. */
  gap_ms: number;
}

/** `starts` of bars and holes may overlap in no place; each is a multiple of the interval. Ascending by time. */
export function slotsOf(
  bars: ReadonlyMap<number, SeriesBar>,
  holes: readonly number[],
  interval_ms: number,
): Slot[] {
  const starts = [...bars.keys(), ...holes].toSorted((a, b) => a - b);
  const gaps = starts.slice(1).map((start, at) => (start - starts[at]!) / interval_ms - 1);
  const longest = longestGap(gaps);
  const slots: Slot[] = [];
  for (const [at, start_unix_ms] of starts.entries()) {
    const missing = at === 0 ? 0 : gaps[at - 1]!;
    const first = start_unix_ms - missing * interval_ms;
    const isBreak = missing > longest;
    const drawn = isBreak ? Math.min(CHART_LIMITS.break_slots_count, longest, missing) : missing;
    for (let n = 0; n < drawn; n++) {
      slots.push({
        kind: isBreak ? "break" : "none",
        start_unix_ms: first + n * interval_ms,
        bar: null,
        gap_ms: isBreak ? missing * interval_ms : 0,
      });
    }
    const bar = bars.get(start_unix_ms) ?? null;
    slots.push({ kind: bar === null ? "lost" : "bar", start_unix_ms, bar, gap_ms: 0 });
  }
  return slots;
}

/** The longest gap that is drawn as long as it is. */
function longestGap(gaps: readonly number[]): number {
  const { gap_slots_count, empty_slots_count } = CHART_LIMITS;
  const empty = gaps.reduce((sum, missing) => sum + Math.min(missing, gap_slots_count), 0);
  if (empty <= empty_slots_count) return gap_slots_count;
  return Math.max(1, Math.floor(empty_slots_count / gaps.length));
}

/** Runs of neighbours of one kind, of those kinds that a band marks. */
export interface Band {
  kind: "lost" | "break";
  /** Places, both included. */
  first: number;
  last: number;
  gap_ms: number;
}

export function bandsOf(slots: readonly Slot[]): Band[] {
  const bands: Band[] = [];
  for (const [at, { kind, gap_ms }] of slots.entries()) {
    if (kind !== "lost" && kind !== "break") continue;
    const open = bands.at(-1);
    if (open !== undefined && open.kind === kind && open.last === at - 1) open.last = at;
    else bands.push({ kind, first: at, last: at, gap_ms });
  }
  return bands;
}

/**
 * The first place that is to be drawn anew, if drawing the last place of before and what comes after it is all there is
 * to do; null where more has changed.
 */
export function appendedFrom(before: readonly Slot[], after: readonly Slot[]): number | null {
  if (before.length === 0 || after.length < before.length) return null;
  const last = before.length - 1;
  for (let at = 0; at < last; at++) {
    const [old, now] = [before[at]!, after[at]!];
    if (old.start_unix_ms !== now.start_unix_ms || old.kind !== now.kind || old.bar !== now.bar) return null;
  }
  return before[last]!.start_unix_ms === after[last]!.start_unix_ms ? last : null;
}
