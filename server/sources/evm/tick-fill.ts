/** Ticks for events of the past: the seconds on which the fold's clock must stand. */

/** Between two events no farther apart than this, every second gets its Tick; a longer pause is jumped over. */
export const MAX_FILLED_S = 60;

/** Unix seconds of the Ticks to write before an event at `next`, the last one being at `last` (null: none yet). */
export function ticksBefore(last: number | null, next: number): number[] {
  if (last !== null && next <= last) return [];
  if (last === null || next - last > MAX_FILLED_S) return [next];
  return Array.from({ length: next - last }, (_, index) => last + 1 + index);
}
