/**
 * Opportunities: the channel opportunity.main, and the life of its rows. Each is one way through two pools, buy here and
 * sell there; it opens when it gains, is refreshed while it does, and ends as `taken` where later swaps in its pools closed
 * it, else as `expired`. What ended leaves after a minute, and may open anew before.
 */
import { OFFSET, SIZE } from "../../protocol/tlv/layout.ts";
import { SOURCE } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import { PAIR, PAIR_BYTES, POOL } from "../dex/pool-record.ts";
import { isToken0Of, type PoolRegistry } from "../dex/pool-registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { BeforeImages } from "../reorg/before-images.ts";
import type { Undoable } from "../reorg/journal.ts";
import { Key } from "../window/key.ts";
import { Window } from "../window/window.ts";
import type { Gain } from "./gain.ts";
import {
  dollarsOfQ8,
  KEY,
  KIND,
  OPP,
  OPP_BYTES,
  opportunityRow,
  STATUS,
  writeOpportunityId,
} from "./opportunity-record.ts";
import type { ArbitrageConfig } from "./options.ts";
import type { PoolView } from "./pool-view.ts";

/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 2_048;
const ADDRESS_WORDS = 5;
const SIGNAL = OFFSET.ArbitrageSignal;

/** In a before-image: the row's key, whether it was there, and its record. */
const IMAGE = { existed: 4 * KEY.words, record: 4 * KEY.words + 8 } as const;

/** Found at a ChainHead. */
interface Found {
  readonly gain: Gain;
  readonly block: bigint;
  readonly gasPriceWei: bigint;
  readonly quoteIs0: boolean;
}

export class Opportunities implements Undoable {
  readonly window: Window;
  readonly #registry: PoolRegistry;
  readonly #config: ArbitrageConfig;
  readonly #clock: Clock;
  readonly #key: Key;
  readonly #images: BeforeImages;

  constructor(cap: number, registry: PoolRegistry, config: ArbitrageConfig, context: FoldContext) {
    const { counter, clock, hash, journal } = context;
    this.#registry = registry;
    this.#config = config;
    this.#clock = clock;
    this.#key = new Key(KEY.words, hash);
    const images = MODEL_LIMITS.undo_opportunities_per_row_count * cap;
    this.#images = new BeforeImages(journal, cap, images, IMAGE.record + OPP_BYTES);
    this.window = new Window(
      {
        name: "opportunity.main",
        cap,
        keyWords: KEY.words,
        recordBytes: OPP_BYTES,
        jsonBytes: JSON_BYTES,
        writeId: writeOpportunityId,
        writeRow: (row, slot, id, seq) =>
          row.value(opportunityRow(this.window.records, slot, id.toString(), seq)),
      },
      counter,
    );
  }

  get bytes(): number {
    return this.#images.bytes;
  }

  /** Opens or refreshes the way from one pool to the other. */
  found(buy: PoolView, sell: PoolView, { gain, block, gasPriceWei, quoteIs0 }: Found): void {
    const known = this.#find(buy.pool, sell.pool);
    const isOpen = known >= 0 && this.#isOpenOfOurs(known);
    const row = known >= 0 ? this.#change(known) : this.#insert();
    if (known < 0) this.#keep(row, 0);
    const { records } = this.window;
    const at = records.at(row);
    const { data } = records;
    if (!isOpen) this.#open(row);
    records.setNumber(row, OPP.valid_until, this.#clock.now + this.#config.validity_ms);
    setU128(data, at + OPP.optimal_in, gain.amountIn);
    setU128(data, at + OPP.expected_out, gain.between);
    setU128(data, at + OPP.gross_profit, gain.profit);
    setU128(data, at + OPP.gas_price, gasPriceWei);
    data.setBigUint64(at + OPP.block, block, true);
    records.setNumber(row, OPP.buy_price, buy.price);
    records.setNumber(row, OPP.sell_price, sell.price);
    records.setNumber(row, OPP.gross_usd, gain.grossUsd);
    records.setNumber(row, OPP.fees_usd, gain.feesUsd);
    records.setNumber(row, OPP.gas_usd, gain.gasUsd);
    records.setNumber(row, OPP.slippage_usd, gain.slippageUsd);
    records.setNumber(row, OPP.net_usd, gain.netUsd);
    records.setNumber(row, OPP.capital_usd, gain.capitalUsd);
    data.setUint32(at + OPP.spread_bps, gain.spreadBps, true);
    data.setUint16(at + OPP.buy_venue, buy.venue, true);
    data.setUint16(at + OPP.sell_venue, sell.venue, true);
    records.setByte(row, OPP.kind, kindOf(buy, sell));
    records.setByte(row, OPP.is_capped, gain.isCapped ? 1 : 0);
    records.setByte(row, OPP.in_is_token0, quoteIs0 ? 1 : 0);
    records.takeRecord(row, OPP.pair, this.#registry.records, buy.pool, POOL.pair, PAIR_BYTES);
    records.setByte(row, OPP.pair + PAIR.token0_quotes, quoteIs0 ? 1 : 0);
  }

  /** The way from one pool to the other gains nothing: ends it where it is open. */
  lost(buyPool: number, sellPool: number, isTaken: boolean): void {
    const row = this.#find(buyPool, sellPool);
    if (row < 0 || !this.#isOpenOfOurs(row)) return;
    this.#end(this.#change(row), isTaken ? STATUS.taken : STATUS.expired);
  }

  /**
   * Takes an ArbitrageSignal. What the fold found itself and holds as open stands; so does all that it found itself
   * against an echo of its own word. `pool`: one of the pair, for the tokens' symbols, or -1.
   */
  signal(data: DataView, value: number, source: number, pool: number): void {
    const { words } = this.#key;
    words[KEY.chain] = data.getUint32(value + SIGNAL.chain_id, true);
    words[KEY.chain + 1] = 0;
    const isIn0 = isToken0Of(data, value + SIGNAL.token_in, value + SIGNAL.token_out);
    this.#key.take(isIn0 ? KEY.token0 : KEY.token1, data, value + SIGNAL.token_in, ADDRESS_WORDS);
    this.#key.take(isIn0 ? KEY.token1 : KEY.token0, data, value + SIGNAL.token_out, ADDRESS_WORDS);
    this.#key.take(KEY.buy, data, value + SIGNAL.source_pool, ADDRESS_WORDS);
    this.#key.take(KEY.sell, data, value + SIGNAL.target_pool, ADDRESS_WORDS).seal();
    const isEcho =
      source === SOURCE.arbitrage_strategy &&
      data.getUint16(value + SIGNAL.strategy_id, true) === this.#config.strategy_id;
    const known = this.window.find(this.#key);
    if (known >= 0 && (this.#isOpenOfOurs(known) || (isEcho && !this.#isSignal(known)))) return;

    const { records } = this.window;
    const isOpen = known >= 0 && records.getByte(known, OPP.status) === STATUS.open;
    if (known >= 0) this.window.change(known);
    const row = known >= 0 ? known : this.#insert();
    if (!isOpen) this.#open(row);
    records.take(row, OPP.signal, data, value, Math.floor(SIZE.ArbitrageSignal / 4) * 4);
    const dollars = (field: number) => dollarsOfQ8(data.getBigInt64(value + field, true));
    const validUntil = data.getUint32(value + SIGNAL.valid_until, true) * 1000;
    records.setNumber(row, OPP.valid_until, validUntil);
    records.setNumber(row, OPP.buy_price, Number.NaN);
    records.setNumber(row, OPP.sell_price, Number.NaN);
    records.setNumber(row, OPP.gross_usd, dollars(SIGNAL.expected_profit_usd_q8));
    records.setNumber(row, OPP.fees_usd, dollars(SIGNAL.dex_fees_usd_q8));
    records.setNumber(row, OPP.gas_usd, dollars(SIGNAL.gas_cost_usd_q8));
    records.setNumber(row, OPP.slippage_usd, dollars(SIGNAL.slippage_usd_q8));
    records.setNumber(row, OPP.net_usd, dollars(SIGNAL.net_profit_usd_q8));
    records.setNumber(row, OPP.capital_usd, dollars(SIGNAL.required_capital_usd_q8));
    const at = records.at(row);
    records.data.setUint32(at + OPP.spread_bps, data.getUint16(value + SIGNAL.spread_bps, true), true);
    records.data.setUint16(at + OPP.buy_venue, data.getUint16(value + SIGNAL.source_venue, true), true);
    records.data.setUint16(at + OPP.sell_venue, data.getUint16(value + SIGNAL.target_venue, true), true);
    records.setByte(row, OPP.kind, KIND.signal);
    records.setByte(row, OPP.is_capped, 0);
    records.setByte(row, OPP.in_is_token0, isIn0 ? 1 : 0);
    if (pool < 0) records.bytes.fill(0, at + OPP.pair, at + OPP.pair + PAIR_BYTES);
    else records.takeRecord(row, OPP.pair, this.#registry.records, pool, POOL.pair, PAIR_BYTES);
    if (validUntil <= this.#clock.now) this.#end(row, STATUS.expired);
  }

  /** Ends what is past its validity, and lets go what ended a while ago. */
  tick(): void {
    const { records } = this.window;
    const { now } = this.#clock;
    let rows = this.window.count;
    for (let row = this.window.oldest; rows > 0; rows--) {
      const newer = this.window.newer(row);
      if (records.getByte(row, OPP.status) === STATUS.open) {
        if (now >= records.getNumber(row, OPP.valid_until)) {
          this.window.change(row);
          this.#end(row, STATUS.expired);
        }
      } else if (now - records.getNumber(row, OPP.closed) >= this.#config.closed_for_ms) {
        this.window.remove(row);
      }
      row = newer;
    }
  }

  holds(frame: number): boolean {
    return this.#images.holds(frame);
  }

  /** Rows that the block opened go, those that it changed are as they were; a signal that came since stands. */
  undo(frame: number): void {
    const { records } = this.window;
    this.#images.undo(frame, (_, image) => {
      const images = this.#images.records;
      const row = this.window.find(this.#key.take(0, images.data, images.at(image), KEY.words).seal());
      if (row < 0 || this.#isSignal(row)) return;
      if (images.getByte(image, IMAGE.existed) === 0) return this.window.remove(row);
      this.window.change(row);
      records.takeRecord(row, 0, images, image, IMAGE.record, OPP_BYTES);
    });
  }

  /** The row from one pool to the other, whose key stands from then on; -1 where there is none. */
  #find(buyPool: number, sellPool: number): number {
    const { records } = this.#registry;
    const buy = records.at(buyPool);
    this.#key.take(KEY.chain, records.data, buy + POOL.chain_id, KEY.token0);
    this.#key.take(KEY.token0, records.data, buy + POOL.token0, 2 * ADDRESS_WORDS);
    this.#key.words.set(this.#registry.keyOf(buyPool).words, KEY.buy);
    this.#key.words.set(this.#registry.keyOf(sellPool).words, KEY.sell);
    return this.window.find(this.#key.seal());
  }

  /** A row for the key that `#find` looked for last, and did not find. */
  #insert(): number {
    const row = this.window.insert(this.#key);
    this.#images.release(row);
    this.window.records.clear(row);
    return row;
  }

  /** A row that a block changes, which is undone with it. */
  #change(row: number): number {
    this.#keep(row, 1);
    this.window.change(row);
    return row;
  }

  /** Keeps what the row was before its block; `existed` 0: there was none. */
  #keep(row: number, existed: 0 | 1): void {
    const image = this.#images.open(row);
    if (image < 0) return;
    const { records } = this.#images;
    const start = records.at(image) >>> 2;
    for (let word = 0; word < KEY.words; word++)
      records.words[start + word] = this.#key.words[word] as number;
    records.setByte(image, IMAGE.existed, existed);
    records.takeRecord(image, IMAGE.record, this.window.records, row, 0, OPP_BYTES);
  }

  #open(row: number): void {
    const { records } = this.window;
    records.setByte(row, OPP.status, STATUS.open);
    records.setNumber(row, OPP.detected, this.#clock.now);
    records.setNumber(row, OPP.opened_seq, this.window.seqOf(row));
    records.setNumber(row, OPP.closed, 0);
  }

  #end(row: number, status: number): void {
    this.window.records.setByte(row, OPP.status, status);
    this.window.records.setNumber(row, OPP.closed, this.#clock.now);
  }

  #isSignal(row: number): boolean {
    return this.window.records.getByte(row, OPP.kind) === KIND.signal;
  }

  #isOpenOfOurs(row: number): boolean {
    return this.window.records.getByte(row, OPP.status) === STATUS.open && !this.#isSignal(row);
  }
}

function kindOf(buy: PoolView, sell: PoolView): number {
  if (buy.isV2 && sell.isV2) return KIND.v2_v2;
  return buy.isV2 || sell.isV2 ? KIND.v2_v3 : KIND.v3_v3;
}

function setU128(data: DataView, at: number, value: bigint): void {
  data.setBigUint64(at, value, true);
  data.setBigUint64(at + 8, value >> 64n, true);
}
