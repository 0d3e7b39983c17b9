/** What tokens say of themselves (TokenInfo): a bounded registry, the one heard of longest ago out first. */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";

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
  readonly #key: Key;

  /** `rowCap`: rows that pool.state may have. */
  constructor(rowCap: number, hash: KeyHash) {
    const capacity = MODEL_LIMITS.tokens_per_row_count * rowCap;
    this.records = new Slab(capacity, RECORD_BYTES);
    this.#slots = new KeyedSlots(capacity, KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
  }

  get count(): number {
    return this.#slots.count;
  }

  /** Takes a TokenInfo. The first word stands: a contract that changes its symbol or decimals is not believed. */
  learn(data: DataView, value: number): void {
    this.#key.take(0, data, value + AT.chain_id, 2).take(2, data, value + AT.address, 5);
    const known = this.#slots.find(this.#key.seal());
    if (known >= 0) return this.#slots.touch(known);
    if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
    const slot = this.#slots.add(this.#key);
    this.records.take(slot, 0, data, value + AT.symbol, SYMBOL_BYTES);
    this.records.setByte(slot, DECIMALS, data.getUint8(value + AT.decimals));
    this.records.setByte(slot, STABLE, data.getUint8(value + AT.stable));
  }

  /** Slot of the token whose chain id and address lie at these bytes; -1 where it was not heard of. */
  find(data: DataView, chain: number, address: number): number {
    const slot = this.#slots.find(this.#key.take(0, data, chain, 2).take(2, data, address, 5).seal());
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
