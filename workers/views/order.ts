/**
 * The rows of a channel that match a filter, in the order of a sort, kept up to date by what changed: rows whose slots
 * were vacated are dropped in one pass, new slots are scanned, sorted among themselves and merged in. So a refresh is
 * linear in the window at most and sorts only what is new, and between refreshes the order stays the one instant that
 * it was made of, whatever the store does meanwhile.
 */
import type { Row } from "../../protocol/stream/messages.ts";
import type { Key } from "../format/columns.ts";
import type { Store } from "../store/store.ts";

interface Item {
  row: Row;
  slot: number;
  key: Key;
}

export interface Sorting {
  key: (row: Row) => Key;
  compare: (a: Key, b: Key) => number;
}

export type Matcher = (row: Row) => boolean;
/** A row in a slot that is new since the last refresh. `fresh`: so is its id. */
export type Scanned = (row: Row, matches: boolean, fresh: boolean) => void;

export class Order {
  #store: Store;
  #matches: Matcher;
  #sorting: Sorting | null;
  #generation = -1;
  #scanned = 0;
  #arrivals = 0;
  /** With a sorting in its order; without one in that of the slots, which is oldest first. */
  #items: Item[] = [];

  /** `sorting` null: by seq, newest first. */
  constructor(store: Store, matches: Matcher, sorting: Sorting | null) {
    this.#store = store;
    this.#matches = matches;
    this.#sorting = sorting;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): Row {
    const items = this.#items;
    return (this.#sorting === null ? items[items.length - 1 - index]! : items[index]!).row;
  }

  rows(): Row[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  /** Brings the order up to the store; `scanned` is told of every row that is new in its slot, oldest first. */
  refresh(scanned: Scanned): void {
    const store = this.#store;
    const renumbered = store.generation !== this.#generation;
    const kept = renumbered ? [] : this.#items.filter((item) => store.rowAt(item.slot) === item.row);
    const from = renumbered ? store.head : Math.max(this.#scanned, store.head);
    const added: Item[] = [];
    for (let slot = from; slot < store.tail; slot++) {
      const row = store.rowAt(slot);
      if (row === null) continue;
      const matches = this.#matches(row);
      if (matches) added.push({ row, slot, key: this.#sorting === null ? null : this.#sorting.key(row) });
      scanned(row, matches, store.arrivalAt(slot) >= this.#arrivals);
    }
    this.#items = this.#sorting === null ? kept.concat(added) : merge(kept, added, this.#sorting);
    this.#generation = store.generation;
    this.#scanned = store.tail;
    this.#arrivals = store.arrivals;
  }

  /** Makes the next refresh compute every key anew: what they depend on beside their rows has changed. */
  invalidate(): void {
    this.#generation = -1;
  }
}

function merge(kept: Item[], added: Item[], sorting: Sorting): Item[] {
  // Ties by seq, newest first, so that the order is total and stands still.
  const compare = (a: Item, b: Item) => sorting.compare(a.key, b.key) || b.row.seq - a.row.seq;
  if (added.length === 0) return kept;
  added.sort(compare);
  if (kept.length === 0) return added;
  const merged: Item[] = [];
  let next = 0;
  for (const item of kept) {
    while (next < added.length && compare(added[next]!, item) < 0) merged.push(added[next++]!);
    merged.push(item);
  }
  while (next < added.length) merged.push(added[next++]!);
  return merged;
}
