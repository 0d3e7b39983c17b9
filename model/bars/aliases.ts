/**
 * Which symbol a trade or swap is of, by all that its name and facts follow from: so that a name is made only when one of
 * these is new. A bounded cache: what it holds changes no name.
 */
import type { KeyHash } from "../window/key.ts";
import { Key } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";

/** Words of the key: of a trade 0, asset id, symbol told; of a swap 1, chain id, token0, token1, what is known of them. */
export const ALIAS_WORDS = 14;

export class Aliases {
  readonly key: Key;
  readonly #slots: KeyedSlots;
  readonly #symbols: Int32Array;
  /** Of the symbol when it was noted: another one may have its slot by now. */
  readonly #generations: Float64Array;

  constructor(capacity: number, hash: KeyHash) {
    this.key = new Key(ALIAS_WORDS, hash);
    this.#slots = new KeyedSlots(capacity, ALIAS_WORDS);
    this.#symbols = new Int32Array(capacity);
    this.#generations = new Float64Array(capacity);
  }

  /** The symbol noted under the sealed key, of the generation that its slot has now; -1 where there is none. */
  find(generations: Float64Array): number {
    const slot = this.#slots.find(this.key);
    if (slot < 0) return -1;
    const symbol = this.#symbols[slot] as number;
    if (this.#generations[slot] !== generations[symbol]) return -1;
    this.#slots.touch(slot);
    return symbol;
  }

  /** Notes the symbol under the sealed key. */
  note(symbol: number, generation: number): void {
    let slot = this.#slots.find(this.key);
    if (slot < 0) {
      if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
      slot = this.#slots.add(this.key);
    }
    this.#symbols[slot] = symbol;
    this.#generations[slot] = generation;
  }

  get bytes(): number {
    return this.#slots.bytes + this.#symbols.byteLength + this.#generations.byteLength;
  }
}
