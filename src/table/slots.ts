/** Which of a table's row elements draws which row. */
import { useLayoutEffect, useRef } from "react";

/** `key` is React's, of the element. */
export interface Slot {
  id: string;
  key: number;
}

/** Share of new rows from which on elements are given other rows where they stand. */
const TURNED_OVER = 0.5;

/**
 * The elements for the rows `ids`, in their order. A row that was drawn `before` keeps its element, so that rows only move.
 * Where most are new, as at ten thousand rows a second or in a fast scroll, each place keeps its element instead: other
 * text for an element costs a fraction of a new one.
 */
export function assignSlots(before: readonly Slot[], ids: readonly string[]): Slot[] {
  const drawn = new Map(before.map(({ id, key }) => [id, key]));
  const fresh = ids.filter((id) => !drawn.has(id)).length;
  const inPlace = fresh > ids.length * TURNED_OVER;
  let next = 1 + before.reduce((most, { key }) => Math.max(most, key), 0);
  return ids.map((id, at) => ({ id, key: (inPlace ? before[at]?.key : drawn.get(id)) ?? next++ }));
}

/** The key of each row's element, from what this table drew last. */
export function useSlots(ids: readonly string[]): ReadonlyMap<string, number> {
  const drawn = useRef<readonly Slot[]>([]);
  const slots = assignSlots(drawn.current, ids);
  useLayoutEffect(() => {
    drawn.current = slots;
  });
  return new Map(slots.map(({ id, key }) => [id, key]));
}
