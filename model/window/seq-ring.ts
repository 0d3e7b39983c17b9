/** The last seqs of something, ascending, in a ring: counts how many lie in a range, exactly as far back as it holds. */
export class SeqRing {
  readonly #seqs: Float64Array;
  #start = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#seqs = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** `seq` is above every one before it. */
  push(seq: number): void {
    const capacity = this.#seqs.length;
    let end = this.#start + this.#size;
    if (end >= capacity) end -= capacity;
    this.#seqs[end] = seq;
    if (this.#size < capacity) this.#size++;
    else this.#start = this.#start + 1 === capacity ? 0 : this.#start + 1;
  }

  /** How many of the held seqs are in (after, upTo]. */
  count(after: number, upTo: number): number {
    return this.#above(after) - this.#above(upTo);
  }

  #above(seq: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[(this.#start + middle) % this.#seqs.length] as number) > seq) high = middle;
      else low = middle + 1;
    }
    return this.#size - low;
  }

  get bytes(): number {
    return this.#seqs.byteLength;
  }
}

/** The one counter of entity changes. */
export class SeqCounter {
  /** Seq of the last change, 0 before the first. */
  head = 0;

  next(): number {
    return ++this.head;
  }
}
