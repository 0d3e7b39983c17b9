/**
 * What was folded already, so that at-least-once delivery doubles nothing: a bounded set of keys, oldest out, each with
 * one byte of state. An event that was undone by a reorganisation and comes again differs in that state: no duplicate.
 */
import type { KeyHash } from "./key-table.ts";
import { KeyedSlots } from "./keyed-slots.ts";

export class SeenSet {
  readonly #slots: KeyedSlots;
  readonly #states: Uint8Array;

  constructor(capacity: number, keyWords: number, hash: KeyHash) {
    this.#slots = new KeyedSlots(capacity, keyWords, hash);
    this.#states = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#slots.count;
  }

  /** True when the key was last seen in this very state; else it is noted. */
  isDuplicate(key: Uint32Array, state: number): boolean {
    const found = this.#slots.find(key);
    if (found >= 0) {
      const same = this.#states[found] === state;
      this.#states[found] = state;
      return same;
    }
    if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
    this.#states[this.#slots.add(key)] = state;
    return false;
  }

  get bytes(): number {
    return this.#slots.bytes + this.#states.byteLength;
  }
}
