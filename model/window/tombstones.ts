/** Ids that were removed, with the seq of their removal: a bounded ring, whose loss moves the channel's reach. */
export class Tombstones {
  readonly #keyWords: number;
  readonly #keys: Uint32Array;
  readonly #seqs: Float64Array;
  #start = 0;
  #size = 0;
  /** A cursor below it may have missed a removal that was dropped here. */
  reach = 0;

  constructor(capacity: number, keyWords: number) {
    this.#keyWords = keyWords;
    this.#keys = new Uint32Array(capacity * keyWords);
    this.#seqs = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Notes the key at `from` of `keys`; the oldest goes when the ring is full. */
  push(keys: Uint32Array, from: number, seq: number): void {
    const capacity = this.#seqs.length;
    const at = (this.#start + this.#size) % capacity;
    if (this.#size < capacity) this.#size++;
    else {
      this.reach = this.#seqs[at] as number;
      this.#start = (this.#start + 1) % capacity;
    }
    this.#seqs[at] = seq;
    for (let word = 0; word < this.#keyWords; word++) {
      this.#keys[at * this.#keyWords + word] = keys[from + word] as number;
    }
  }

  /** Removals after `seq`, ascending. `idOf` reads a key's words as the entity's id. */
  after(seq: number, idOf: (keys: Uint32Array, from: number) => string): { id: string; seq: number }[] {
    const found: { id: string; seq: number }[] = [];
    for (let back = this.#size - 1; back >= 0; back--) {
      const at = (this.#start + back) % this.#seqs.length;
      const removedAt = this.#seqs[at] as number;
      if (removedAt <= seq) break;
      found.push({ id: idOf(this.#keys, at * this.#keyWords), seq: removedAt });
    }
    return found.toReversed();
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#seqs.byteLength;
  }
}
