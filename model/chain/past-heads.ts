/**
 * The hashes of a chain's last blocks by number, a ring a row: what a head is held against to tell that a chain was
 * reorganised. A head tells two hashes, its own and its parent's, so a block may be known before its own head came.
 */
import { MODEL_LIMITS } from "../limits.ts";
import { Slab } from "../window/slab.ts";

const HEADS = MODEL_LIMITS.heads_remembered_count;
/** Number (double), hash, how it is known (byte). */
const ENTRY = { number: 0, hash: 8, known: 40 } as const;
const ENTRY_BYTES = 48;
const KNOWN = { no: 0, by_child: 1, by_itself: 2 } as const;

/** What the ring says to a hash. `told`: the same, and by the block's own head. */
export const PAST = { absent: 0, same: 1, told: 2, other: 3 } as const;

export class PastHeads {
  readonly #ring: Slab;

  constructor(rows: number) {
    this.#ring = new Slab(rows, HEADS * ENTRY_BYTES);
  }

  get bytes(): number {
    return this.#ring.bytes.length;
  }

  clear(row: number): void {
    this.#ring.clear(row);
  }

  /** Holds the hash at `hash` of `data` against what is known of block `number`. */
  compare(row: number, number: number, data: DataView, hash: number): number {
    const at = this.#at(row, number);
    const ring = this.#ring.data;
    const known = ring.getUint8(at + ENTRY.known);
    if (known === KNOWN.no || ring.getFloat64(at + ENTRY.number, true) !== number) return PAST.absent;
    for (let i = 0; i < 32; i += 4) {
      if (ring.getUint32(at + ENTRY.hash + i, true) !== data.getUint32(hash + i, true)) return PAST.other;
    }
    return known === KNOWN.by_itself ? PAST.told : PAST.same;
  }

  /** Takes a block's hash, from its own head or from its child's. */
  put(row: number, number: number, data: DataView, hash: number, isOwn: boolean): void {
    const at = this.#at(row, number);
    this.#ring.data.setFloat64(at + ENTRY.number, number, true);
    this.#ring.take(row, at - this.#ring.at(row) + ENTRY.hash, data, hash, 32);
    this.#ring.data.setUint8(at + ENTRY.known, isOwn ? KNOWN.by_itself : KNOWN.by_child);
  }

  /** Up to which block from `number` on, without a gap, each block's own head was heard of. */
  runFrom(row: number, number: number): number {
    let last = number;
    while (last < number + HEADS && this.#isTold(row, last + 1)) last++;
    return last;
  }

  /** Forgets blocks `low` to `top`: they are of a branch that was left. */
  forget(row: number, low: number, top: number): void {
    for (let number = low; number <= top; number++) {
      this.#ring.data.setUint8(this.#at(row, number) + ENTRY.known, KNOWN.no);
    }
  }

  #isTold(row: number, number: number): boolean {
    const at = this.#at(row, number);
    const ring = this.#ring.data;
    return (
      ring.getUint8(at + ENTRY.known) === KNOWN.by_itself &&
      ring.getFloat64(at + ENTRY.number, true) === number
    );
  }

  #at(row: number, number: number): number {
    return this.#ring.at(row) + (number % HEADS) * ENTRY_BYTES;
  }
}
