/**
 * Hash tables over fixed-length byte keys, held as 32-bit words: no string, no BigInt, no object a key. A key maps to a
 * slot that the caller chose, so that one slot number serves the table and the caller's own columns.
 *
 * Open addressing with linear probing at a load of at most one half; deletion shifts the run back, so a table that
 * lives for years is as fast as a new one. Keys are compared whole, never only by hash.
 */

/**
 * Multiply-shift hashing of 16-bit halves with random odd 32-bit multipliers (Dietzfelbinger): the top 17 bits are
 * universal, so whoever does not know the seed cannot choose hashes, addresses or nonces that collide. The seed decides
 * where keys lie, never what the fold yields.
 */
export class KeyHash {
  readonly #multipliers: Int32Array;

  constructor(seed: number, maxWords: number) {
    this.#multipliers = new Int32Array(2 * maxWords);
    let state = seed | 0;
    for (let i = 0; i < this.#multipliers.length; i++) {
      // splitmix32
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.#multipliers[i] = (mixed ^ (mixed >>> 15)) | 1;
    }
  }

  /** 32 bits, of which the top ones are the good ones. */
  of(key: Uint32Array, words: number): number {
    const multipliers = this.#multipliers;
    let sum = 0;
    for (let i = 0; i < words; i++) {
      const word = key[i] as number;
      sum +=
        Math.imul(word & 0xffff, multipliers[2 * i] as number) +
        Math.imul(word >>> 16, multipliers[2 * i + 1] as number);
      sum |= 0;
    }
    return sum >>> 0;
  }
}

export class KeyTable {
  readonly capacity: number;
  readonly keyWords: number;
  /** Slot s has its key at [s * keyWords, (s + 1) * keyWords). */
  readonly keys: Uint32Array;
  readonly #hash: KeyHash;
  readonly #hashes: Uint32Array;
  /** slot + 1, or 0 where empty. */
  readonly #table: Int32Array;
  readonly #mask: number;
  readonly #shift: number;
  #size = 0;
  /** Hash of the key that `find` looked for last. */
  #sought = 0;

  constructor(capacity: number, keyWords: number, hash: KeyHash) {
    this.capacity = capacity;
    this.keyWords = keyWords;
    this.keys = new Uint32Array(capacity * keyWords);
    this.#hash = hash;
    this.#hashes = new Uint32Array(capacity);
    const bits = Math.max(2, 33 - Math.clz32(capacity - 1));
    this.#table = new Int32Array(2 ** bits);
    this.#mask = 2 ** bits - 1;
    this.#shift = 32 - bits;
  }

  get size(): number {
    return this.#size;
  }

  /** The key's slot, or -1. */
  find(key: Uint32Array): number {
    const hash = this.#hash.of(key, this.keyWords);
    this.#sought = hash;
    for (let at = hash >>> this.#shift; ; at = (at + 1) & this.#mask) {
      const slot = (this.#table[at] as number) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && this.#equals(slot, key)) return slot;
    }
  }

  /** Puts the key that `find` looked for last, and did not find, at a slot that is not in use. */
  insert(slot: number, key: Uint32Array): void {
    const hash = this.#sought;
    const start = slot * this.keyWords;
    for (let word = 0; word < this.keyWords; word++) this.keys[start + word] = key[word] as number;
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

  #equals(slot: number, key: Uint32Array): boolean {
    const start = slot * this.keyWords;
    for (let word = 0; word < this.keyWords; word++) {
      if (this.keys[start + word] !== key[word]) return false;
    }
    return true;
  }
}
