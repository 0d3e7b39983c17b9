/** Keys of the hash tables: a few 32-bit words, filled from a message's bytes, with their hash. */
import { copyWords } from "./slab.ts";

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

  /** 32 bits, signed, of which the top ones are the good ones. */
  of(words: Uint32Array): number {
    const multipliers = this.#multipliers;
    let sum = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      sum +=
        Math.imul(word & 0xffff, multipliers[2 * i] as number) +
        Math.imul(word >>> 16, multipliers[2 * i + 1] as number);
      sum |= 0;
    }
    return sum;
  }
}

/** A key to look for and to insert: one object, filled anew for each. */
export class Key {
  readonly words: Uint32Array;
  /** Of the words as they were when it was sealed. */
  hash = 0;
  readonly #hash: KeyHash;

  constructor(wordCount: number, hash: KeyHash) {
    this.words = new Uint32Array(wordCount);
    this.#hash = hash;
  }

  /** Takes `count` words from a buffer to word `to`. */
  take(to: number, from: DataView, fromByte: number, count: number): this {
    copyWords(from, fromByte, this.words, to, count);
    return this;
  }

  /** Hashes the words: after they are filled, before the key is used. */
  seal(): this {
    this.hash = this.#hash.of(this.words);
    return this;
  }
}
