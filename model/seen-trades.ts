/** Trades by venue and trade id. A trade without an id (no TradeMeta) cannot be told from another, so none is dropped. */
import { OFFSET, TYPE } from "../protocol/tlv/layout.ts";
import type { MessageView } from "../protocol/tlv/view.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { SeenSet } from "./seen-set.ts";
import { Key, type KeyHash } from "./window/key.ts";

/** Venue, trade id. */
const KEY_WORDS = 9;
const TRADE_ID_WORDS = 8;

export class SeenTrades {
  readonly #seen: SeenSet;
  readonly #key: Key;

  constructor(hash: KeyHash) {
    this.#seen = new SeenSet(MODEL_LIMITS.seen_trades_count, KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
  }

  /** Was the view's trade folded before? Moves the view's cursor. */
  isDuplicate(view: MessageView): boolean {
    view.firstTlv();
    this.#key.words[0] = view.data.getUint16(view.valueStart + OFFSET.Trade.venue_id, true);
    while (view.nextTlv()) {
      if (view.type !== TYPE.TradeMeta) continue;
      this.#key.take(1, view.data, view.valueStart + OFFSET.TradeMeta.trade_id, TRADE_ID_WORDS);
      return this.#seen.isDuplicate(this.#key.seal(), 0);
    }
    return false;
  }

  get bytes(): number {
    return this.#seen.bytes;
  }
}
