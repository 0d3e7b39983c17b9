/** Entries of the token graph by what their side holds: the deepest first, then the lower address of their pools. */

const ADDRESS_WORDS = 5;

export class CandidateHeap {
  readonly #entries: Int32Array;
  readonly #depths: Float64Array;
  /** Words of the address of pool p from p * ADDRESS_WORDS. */
  readonly #addresses: Uint32Array;
  #size = 0;

  constructor(capacity: number, addresses: Uint32Array) {
    this.#entries = new Int32Array(capacity);
    this.#depths = new Float64Array(capacity);
    this.#addresses = addresses;
  }

  get bytes(): number {
    return this.#entries.byteLength + this.#depths.byteLength;
  }

  clear(): void {
    this.#size = 0;
  }

  push(entry: number, depth: number): void {
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#isBefore(entry, depth, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#entries[at] = entry;
    this.#depths[at] = depth;
  }

  /** Takes out the first one; -1 where there is none. */
  pop(): number {
    if (this.#size === 0) return -1;
    const first = this.#entries[0] as number;
    const last = --this.#size;
    const entry = this.#entries[last] as number;
    const depth = this.#depths[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (
        child + 1 < last &&
        this.#isBefore(this.#entries[child + 1] as number, this.#depths[child + 1] as number, child)
      )
        child++;
      if (this.#isBefore(entry, depth, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#entries[at] = entry;
    this.#depths[at] = depth;
    return first;
  }

  #move(from: number, to: number): void {
    this.#entries[to] = this.#entries[from] as number;
    this.#depths[to] = this.#depths[from] as number;
  }

  #isBefore(entry: number, depth: number, other: number): boolean {
    const otherDepth = this.#depths[other] as number;
    return depth !== otherDepth
      ? depth > otherDepth
      : this.#isBelow(entry >>> 1, (this.#entries[other] as number) >>> 1);
  }

  /** Is a pool's address the lower one? Words are little-endian, so each is turned around to be compared. */
  #isBelow(a: number, b: number): boolean {
    for (let word = 0; word < ADDRESS_WORDS; word++) {
      const wordA = turned(this.#addresses[a * ADDRESS_WORDS + word] as number);
      const wordB = turned(this.#addresses[b * ADDRESS_WORDS + word] as number);
      if (wordA !== wordB) return wordA < wordB;
    }
    return false;
  }
}

function turned(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
