/**
 * What was folded already, so that at-least-once delivery doubles nothing: a bounded set of keys, oldest out, each with
 * one byte of state. An event that was undone by a reorganisation and comes again differs in that state: no duplicate.
 */
import { MODEL_LIMITS } from "./limits.ts";
import type { Key } from "./window/key.ts";
import { KeyTable } from "./window/key-table.ts";

export function seenCapacity(rowCap: number): number {
  return Math.max(MODEL_LIMITS.min_seen_count, MODEL_LIMITS.seen_per_row_count * rowCap);
}

export class SeenSet {
  readonly #table: KeyTable;
  readonly #states: Uint8Array;
  /** Slots are taken in turn, so the next one is the oldest. */
  #next = 0;

  constructor(capacity: number, keyWords: number) {
    this.#table = new KeyTable(capacity, keyWords);
    this.#states = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#table.size;
  }

  /** True when the key was last seen in this very state; else it is noted. */
  isDuplicate(key: Key, state: number): boolean {
    return this.exchange(key, state) === state;
  }

  /** Notes the key in this state. Returns the one it was in; -1 where it was not seen, or too long ago. */
  exchange(key: Key, state: number): number {
    const found = this.#table.find(key);
    if (found >= 0) {
      const before = this.#states[found] as number;
      this.#states[found] = state;
      return before;
    }
    const slot = this.#next;
    this.#next = slot + 1 === this.#table.capacity ? 0 : slot + 1;
    if (this.#table.size === this.#table.capacity) this.#table.remove(slot);
    this.#table.insert(slot, key);
    this.#states[slot] = state;
    return -1;
  }

  /** Notes all keys in a state that match as in another. Looks through the set. */
  replace(from: number, to: number, matches: (keys: Uint32Array, from: number) => boolean): void {
    const { keys, keyWords, size } = this.#table;
    for (let slot = 0; slot < size; slot++) {
      if (this.#states[slot] === from && matches(keys, slot * keyWords)) this.#states[slot] = to;
    }
  }

  get bytes(): number {
    return this.#table.bytes + this.#states.byteLength;
  }
}
