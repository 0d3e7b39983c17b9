/** Full symbols of instruments (InstrumentInfo) by asset id: bounded, the one heard of longest ago out first. */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";

const KEY_WORDS = 2;
export const SYMBOL_WORDS = 8;

const INFO = OFFSET.InstrumentInfo;

export class Instruments {
  readonly #slots: KeyedSlots;
  readonly #symbols: Slab;
  readonly #key: Key;

  constructor(capacity: number, hash: KeyHash) {
    this.#slots = new KeyedSlots(capacity, KEY_WORDS);
    this.#symbols = new Slab(capacity, 4 * SYMBOL_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
  }

  /** Takes an InstrumentInfo. The newest word stands, for two long symbols may share their asset id. */
  learn(data: DataView, value: number): void {
    let slot = this.#find(data, value + INFO.asset_id);
    if (slot < 0) {
      if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
      slot = this.#slots.add(this.#key);
    }
    this.#symbols.take(slot, 0, data, value + INFO.symbol, 4 * SYMBOL_WORDS);
  }

  /** Writes the symbol of the asset id at `assetId` to words of a key; zeros where none was told. */
  write(data: DataView, assetId: number, words: Uint32Array, to: number): void {
    const slot = this.#find(data, assetId);
    const from = slot < 0 ? 0 : this.#symbols.at(slot) >>> 2;
    for (let word = 0; word < SYMBOL_WORDS; word++) {
      words[to + word] = slot < 0 ? 0 : (this.#symbols.words[from + word] as number);
    }
  }

  #find(data: DataView, assetId: number): number {
    const slot = this.#slots.find(this.#key.take(0, data, assetId, KEY_WORDS).seal());
    if (slot >= 0) this.#slots.touch(slot);
    return slot;
  }

  get bytes(): number {
    return this.#slots.bytes + this.#symbols.bytes.length;
  }
}
