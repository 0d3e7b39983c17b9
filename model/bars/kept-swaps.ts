/**
 * The last swaps that bars were made with, by their place on the chain and in the order in which they came: when a block
 * is taken back, bars are made anew from those that stay.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";
import { SlotLists } from "../window/slot-lists.ts";
import { MOVES } from "./conditions.ts";
import { type Print, SUMS } from "./print.ts";

/** By place on the chain (0), chain id, block hash, log index; or by number in the log (1). */
const KEY_WORDS = 12;

const PROVENANCE = OFFSET.Provenance;

/** Byte offsets of a record. */
const AT = {
  ms: 0,
  ns: 8,
  price: 12,
  sums: 20,
  symbol: 52,
  /** Bits by interval: whose bar took it, and where it was late. */
  taken: 56,
  late: 57,
} as const;
const RECORD_BYTES = 64;

export class KeptSwaps {
  readonly #slots: KeyedSlots;
  readonly #records: Slab;
  readonly #bySymbol: SlotLists;
  readonly #key: Key;
  #hasLost = false;

  constructor(capacity: number, symbols: number, hash: KeyHash) {
    this.#slots = new KeyedSlots(capacity, KEY_WORDS);
    this.#records = new Slab(capacity, RECORD_BYTES);
    this.#bySymbol = new SlotLists(capacity, symbols);
    this.#key = new Key(KEY_WORDS, hash);
  }

  /** Has the ring let a swap go? */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** The swap of this Provenance, or where there is none (-1) of this number in the log; -1 where it is not kept. */
  find(data: DataView, provenance: number, number: number): number {
    const { words } = this.#key;
    if (provenance < 0) {
      words.fill(0);
      words[0] = 1;
      words[1] = number >>> 0;
      words[2] = Math.floor(number / 2 ** 32);
    } else {
      words[0] = 0;
      this.#key.take(1, data, provenance + PROVENANCE.chain_id, 2);
      this.#key.take(3, data, provenance + PROVENANCE.block_hash, 8);
      this.#key.take(11, data, provenance + PROVENANCE.log_index, 1);
    }
    return this.#slots.find(this.#key.seal());
  }

  /** Keeps the swap that `find` did not find; the oldest goes. `taken` and `late` are bits by interval. */
  add(symbol: number, print: Print, taken: number, late: number): void {
    if (this.#slots.isFull) {
      this.remove(this.#slots.oldest);
      this.#hasLost = true;
    }
    const slot = this.#slots.add(this.#key);
    this.#bySymbol.append(symbol, slot);
    const at = this.#records.at(slot);
    const { data, bytes, words } = this.#records;
    data.setFloat64(at + AT.ms, print.ms, true);
    data.setUint32(at + AT.ns, print.ns, true);
    data.setUint32(at + AT.price, print.priceLow, true);
    data.setUint32(at + AT.price + 4, print.priceHigh, true);
    const sums = (at + AT.sums) >>> 2;
    for (let word = 0; word < SUMS.words; word++) words[sums + word] = print.sums[word] as number;
    data.setInt32(at + AT.symbol, symbol, true);
    bytes[at + AT.taken] = taken;
    bytes[at + AT.late] = late;
  }

  /** Reads a kept swap back. */
  read(slot: number, print: Print): void {
    const at = this.#records.at(slot);
    const { data, words } = this.#records;
    print.ms = data.getFloat64(at + AT.ms, true);
    print.ns = data.getUint32(at + AT.ns, true);
    print.priceLow = data.getUint32(at + AT.price, true);
    print.priceHigh = data.getUint32(at + AT.price + 4, true);
    const sums = (at + AT.sums) >>> 2;
    for (let word = 0; word < SUMS.words; word++) print.sums[word] = words[sums + word] as number;
    print.moves = MOVES.all;
  }

  remove(slot: number): void {
    this.#bySymbol.remove(this.symbolOf(slot), slot);
    this.#slots.remove(slot);
  }

  /** Forgets the swaps of a symbol that was dropped. */
  drop(symbol: number): void {
    for (let slot = this.newest(symbol); slot >= 0; slot = this.newest(symbol)) this.remove(slot);
  }

  symbolOf(slot: number): number {
    return this.#records.data.getInt32(this.#records.at(slot) + AT.symbol, true);
  }

  /** Unix ms. */
  msOf(slot: number): number {
    return this.#records.getNumber(slot, AT.ms);
  }

  isTaken(slot: number, interval: number): boolean {
    return ((this.#records.getByte(slot, AT.taken) >>> interval) & 1) === 1;
  }

  isLate(slot: number, interval: number): boolean {
    return ((this.#records.getByte(slot, AT.late) >>> interval) & 1) === 1;
  }

  /** A symbol's swaps by when they came, -1 where there is none. */
  oldest(symbol: number): number {
    return this.#bySymbol.head(symbol);
  }

  newest(symbol: number): number {
    return this.#bySymbol.tail(symbol);
  }

  newer(slot: number): number {
    return this.#bySymbol.next(slot);
  }

  older(slot: number): number {
    return this.#bySymbol.previous(slot);
  }

  get bytes(): number {
    return this.#slots.bytes + this.#records.bytes.length + this.#bySymbol.bytes;
  }
}
