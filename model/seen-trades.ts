/**
 * Trades by venue, asset and trade id, for a venue numbers the trades of each asset anew. A trade without an id (no
 * TradeMeta) cannot be told from another, so none is dropped.
 */
import { OFFSET } from "../protocol/tlv/layout.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { SeenSet } from "./seen-set.ts";
import { Key, type KeyHash } from "./window/key.ts";

const ASSET_WORDS = 2;
const TRADE_ID_WORDS = 8;
const KEY_WORDS = 1 + ASSET_WORDS + TRADE_ID_WORDS;

export class SeenTrades {
  readonly #seen: SeenSet;
  readonly #key: Key;

  constructor(hash: KeyHash) {
    this.#seen = new SeenSet(MODEL_LIMITS.seen_trades_count, KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
  }

  /** Was this Trade, with its TradeMeta (-1: none), folded before? */
  isDuplicate(data: DataView, trade: number, meta: number): boolean {
    if (meta < 0) return false;
    this.#key.words[0] = data.getUint16(trade + OFFSET.Trade.venue_id, true);
    this.#key.take(1, data, trade + OFFSET.Trade.asset_id, ASSET_WORDS);
    this.#key.take(1 + ASSET_WORDS, data, meta + OFFSET.TradeMeta.trade_id, TRADE_ID_WORDS);
    return this.#seen.isDuplicate(this.#key.seal(), 0);
  }

  get bytes(): number {
    return this.#seen.bytes;
  }
}
