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
  /** Places that are left blank for bars that have gone, before the chart is drawn whole without them. */
  blank_slots_count: 600,
  /** Bars changed or gone at once; where there are more, the chart is drawn whole. */
  amended_count: 32,
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

/** How a chart gets from its places of before to those of now without being drawn whole. */
export interface Amendment {
  /** Those of now, behind blank ones in the places of bars that have gone. */
  slots: Slot[];
  /** Places of before whose bars changed or went; the last one is not among them. */
  amended: number[];
  /** From this place, the last of before, each is drawn anew or for the first time. */
  from: number;
}

/**
 * null: too much has changed, or a bar came in where none was. With a full window each new bar lets the oldest go, and to
 * draw thousands of places whole for that would cost frames.
 */
export function amendmentOf(before: readonly Slot[], now: readonly Slot[]): Amendment | null {
  const first = now[0]?.start_unix_ms;
  const blank = before.findIndex(({ start_unix_ms }) => start_unix_ms === first);
  if (blank === -1 || blank > CHART_LIMITS.blank_slots_count) return null;
  const slots = [...before.slice(0, blank).map(emptied), ...now];
  const from = before.length - 1;
  if (slots.length <= from) return null;
  const amended: number[] = [];
  for (const [at, old] of before.entries()) {
    const slot = slots[at]!;
    if (slot.start_unix_ms !== old.start_unix_ms) return null;
    if (slot.bar === old.bar || at === from) continue;
    if (old.bar === null) return null;
    amended.push(at);
  }
  return amended.length > CHART_LIMITS.amended_count ? null : { slots, amended, from };
}

function emptied({ start_unix_ms }: Slot): Slot {
  return { kind: "none", start_unix_ms, bar: null, gap_ms: 0 };
}
