/**
 * Transactions whose rows have left tx.main, for their details: bounded, the one archived longest ago out first. One that
 * is seen again moves back, so its first time and its life go on.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";
import { TX_RECORD_BYTES, usedBytes } from "./tx-record.ts";

const HASH_WORDS = 8;

export class TxArchive {
  readonly records: Slab;
  /** What one archived transaction counts in the byte budget. */
  readonly rowBytes: number;
  readonly #slots: KeyedSlots;
  readonly #key: Key;

  constructor(capacity: number, hash: KeyHash) {
    this.records = new Slab(capacity, TX_RECORD_BYTES);
    this.rowBytes = this.records.stride + 4 * HASH_WORDS;
    this.#slots = new KeyedSlots(capacity, HASH_WORDS);
    this.#key = new Key(HASH_WORDS, hash);
  }

  get count(): number {
    return this.#slots.count;
  }

  get cap(): number {
    return this.#slots.capacity;
  }

  find(hash: Key): number {
    return this.#slots.find(hash);
  }

  /** Archives a record of tx.main. */
  put(from: Slab, row: number): void {
    if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
    this.#key.take(0, from.data, from.at(row) + OFFSET.Transaction.hash, HASH_WORDS).seal();
    this.records.takeRecord(this.#slots.add(this.#key), 0, from, row, 0, usedBytes(from, row));
  }

  /** Moves an archived transaction's record to `row` of `to`; false where there is none. */
  restore(hash: Key, to: Slab, row: number): boolean {
    const slot = this.#slots.find(hash);
    if (slot < 0) return false;
    to.takeRecord(row, 0, this.records, slot, 0, usedBytes(this.records, slot));
    this.#slots.remove(slot);
    return true;
  }

  /** Forgets the oldest, as many as there are. */
  shed(count: number): void {
    for (let i = 0; i < count && this.#slots.count > 0; i++) this.#slots.remove(this.#slots.oldest);
  }
}
