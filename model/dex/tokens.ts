/** What tokens say of themselves (TokenInfo): a bounded registry, the one heard of longest ago out first. */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { KeyHash } from "../key-table.ts";
import { KeyedSlots } from "../keyed-slots.ts";
import { copyWords, Slab } from "../slab.ts";

/** Tokens known for each row that pool.state may have. */
const TOKENS_PER_ROW = 8;

/** Chain id, address. */
const KEY_WORDS = 7;
export const SYMBOL_BYTES = 32;
const DECIMALS = SYMBOL_BYTES;
const STABLE = DECIMALS + 1;
const RECORD_BYTES = 40;

const AT = OFFSET.TokenInfo;

export class Tokens {
  readonly #slots: KeyedSlots;
  /** Symbol's bytes at 0. */
  readonly records: Slab;
  readonly #key = new Uint32Array(KEY_WORDS);

  /** `rowCap`: rows that pool.state may have. */
  constructor(rowCap: number, hash: KeyHash) {
    const capacity = TOKENS_PER_ROW * rowCap;
    this.records = new Slab(capacity, RECORD_BYTES);
    this.#slots = new KeyedSlots(capacity, KEY_WORDS, hash);
  }

  get count(): number {
    return this.#slots.count;
  }

  /** Takes a TokenInfo. The first word stands: a contract that changes its symbol or decimals is not believed. */
  learn(data: DataView, value: number): void {
    copyWords(data, value + AT.chain_id, this.#key, 0, 2);
    copyWords(data, value + AT.address, this.#key, 2, 5);
    const known = this.#slots.find(this.#key);
    if (known >= 0) return this.#slots.touch(known);
    if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
    const slot = this.#slots.add(this.#key);
    this.records.take(slot, 0, data, value + AT.symbol, SYMBOL_BYTES);
    this.records.setByte(slot, DECIMALS, data.getUint8(value + AT.decimals));
    this.records.setByte(slot, STABLE, data.getUint8(value + AT.stable));
  }

  /** Slot of the token whose chain id and address lie as words in a record; -1 where it was not heard of. */
  find(words: Uint32Array, chainWord: number, addressWord: number): number {
    this.#key[0] = words[chainWord] as number;
    this.#key[1] = words[chainWord + 1] as number;
    for (let i = 0; i < 5; i++) this.#key[2 + i] = words[addressWord + i] as number;
    const slot = this.#slots.find(this.#key);
    if (slot >= 0) this.#slots.touch(slot);
    return slot;
  }

  /** 255 = unknown. */
  decimals(slot: number): number {
    return this.records.getByte(slot, DECIMALS);
  }

  saysStable(slot: number): boolean {
    return this.records.getByte(slot, STABLE) !== 0;
  }

  get bytes(): number {
    return this.#slots.bytes + this.records.bytes.length;
  }
}
