/** The ring that a store keeps its rows in: its measures, and what a slot holds. */
import type { Row } from "../../protocol/stream/messages.ts";

/** A row; the id of one whose body was shed; or null, which is a hole. */
export type Held = Row | string | null;

/** Slots are renumbered beyond this, so that the map's values stay small integers. */
export const MAX_SLOT = 2 ** 29;
/** Between the parts of a cut batch a window may hold more than its cap, never more than this many times. */
export const HOLD_FACTOR = 2;
const MIN_CAPACITY = 256;

export function idOf(held: Row | string): string {
  return typeof held === "string" ? held : held.id;
}

/** A power of two, of which so many rows take a quarter at most. What the server says its cap is costs nothing. */
export function capacityFor(rows: number): number {
  let capacity = MIN_CAPACITY;
  while (capacity < rows * 4) capacity *= 2;
  return capacity;
}
