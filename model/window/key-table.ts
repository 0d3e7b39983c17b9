/**
 * Hash tables over fixed-length byte keys, held as 32-bit words: no string, no BigInt, no object a key. A key maps to a
 * slot that the caller chose, so that one slot number serves the table and the caller's own columns.
 *
 * Open addressing with linear probing at a load of at most one half; deletion shifts the run back, so a table that
 * lives for years is as fast as a new one. Keys are compared whole, never only by hash.
 */
import type { Key } from "./key.ts";

export class KeyTable {
  readonly capacity: number;
  readonly keyWords: number;
  /** Slot s has its key at [s * keyWords, (s + 1) * keyWords). */
  readonly keys: Uint32Array;
  readonly #hashes: Int32Array;
  /** slot + 1, or 0 where empty. */
  readonly #table: Int32Array;
  readonly #mask: number;
  readonly #shift: number;
  #size = 0;

  constructor(capacity: number, keyWords: number) {
    this.capacity = capacity;
    this.keyWords = keyWords;
    this.keys = new Uint32Array(capacity * keyWords);
    this.#hashes = new Int32Array(capacity);
    const bits = Math.max(2, 33 - Math.clz32(capacity - 1));
    this.#table = new Int32Array(2 ** bits);
    this.#mask = 2 ** bits - 1;
    this.#shift = 32 - bits;
  }

  get size(): number {
    return this.#size;
  }

  /** The key's slot, or -1. */
  find({ words, hash }: Key): number {
    for (let at = hash >>> this.#shift; ; at = (at + 1) & this.#mask) {
      const slot = (this.#table[at] as number) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && this.#equals(slot, words)) return slot;
    }
  }

  /** Puts a key that is not in the table at a slot that is not in use. */
  insert(slot: number, { words, hash }: Key): void {
    const start = slot * this.keyWords;
    for (let word = 0; word < this.keyWords; word++) this.keys[start + word] = words[word] as number;
    this.#hashes[slot] = hash;
    let at = hash >>> this.#shift;
    while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
    this.#table[at] = slot + 1;
    this.#size++;
  }

  /** Takes a slot's key out; false where the slot holds none. */
  remove(slot: number): boolean {
    const table = this.#table;
    let hole = (this.#hashes[slot] as number) >>> this.#shift;
    for (; table[hole] !== slot + 1; hole = (hole + 1) & this.#mask) {
      if (table[hole] === 0) return false;
    }
    for (let at = (hole + 1) & this.#mask; table[at] !== 0; at = (at + 1) & this.#mask) {
      const home = (this.#hashes[(table[at] as number) - 1] as number) >>> this.#shift;
      if (((at - home) & this.#mask) < ((at - hole) & this.#mask)) continue;
      table[hole] = table[at] as number;
      hole = at;
    }
    table[hole] = 0;
    this.#size--;
    return true;
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return this.keys.byteLength + this.#hashes.byteLength + this.#table.byteLength;
  }

  #equals(slot: number, words: Uint32Array): boolean {
    const start = slot * this.keyWords;
    for (let word = 0; word < this.keyWords; word++) {
      if (this.keys[start + word] !== words[word]) return false;
    }
    return true;
  }
}
