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
    const found = this.#table.find(key);
    if (found >= 0) {
      const same = this.#states[found] === state;
      this.#states[found] = state;
      return same;
    }
    const slot = this.#next;
    this.#next = slot + 1 === this.#table.capacity ? 0 : slot + 1;
    if (this.#table.size === this.#table.capacity) this.#table.remove(slot);
    this.#table.insert(slot, key);
    this.#states[slot] = state;
    return false;
  }

  get bytes(): number {
    return this.#table.bytes + this.#states.byteLength;
  }
}
