/**
 * A trade or swap on its way into bars: one object, filled anew for each. And how it moves a bar: the same rules
 * for both, on integers.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { Slab } from "../window/slab.ts";
import { BAR } from "./bar-record.ts";
import { MOVES, movesOf } from "./conditions.ts";
import { addU128, compareU64, multiplyU64 } from "./wide.ts";

const TRADE = OFFSET.Trade;
const META = OFFSET.TradeMeta;
const SIGN_BIT = 0x8000_0000;
const NS_PER_MS = 1_000_000;
const TWO_32 = 2 ** 32;
const MAX_CONDITIONS = 16;

/** Word offsets of `sums`. */
export const SUMS = { volume: 0, notional: 4, words: 8 } as const;

export class Print {
  /** Event time: Unix ms, and ns beyond it. */
  ms = 0;
  ns = 0;
  /** In the series' price decimals. */
  priceLow = 0;
  priceHigh = 0;
  /** Volume and notional, u128 each. */
  readonly sums = new Uint32Array(SUMS.words);
  /** Bits of MOVES: what of a bar it may move. */
  moves: number = MOVES.all;

  /** Takes a u64 of ns since the Unix epoch. By long division in two digits of base 2^32, of which no step rounds. */
  takeTime(data: DataView, at: number): void {
    const high = data.getUint32(at + 4, true);
    const quotient = Math.floor(high / NS_PER_MS);
    const rest = (high - quotient * NS_PER_MS) * TWO_32 + data.getUint32(at, true);
    const lower = Math.floor(rest / NS_PER_MS);
    this.ms = quotient * TWO_32 + lower;
    this.ns = rest - lower * NS_PER_MS;
  }

  /** Takes a Trade with its TradeMeta (-1: none). False where its price is not over 0 or its volume is below 0. */
  takeTrade(data: DataView, trade: number, meta: number): boolean {
    const priceLow = data.getUint32(trade + TRADE.price, true);
    const priceHigh = data.getUint32(trade + TRADE.price + 4, true);
    const volumeLow = data.getUint32(trade + TRADE.volume, true);
    const volumeHigh = data.getUint32(trade + TRADE.volume + 4, true);
    if (priceHigh >= SIGN_BIT || volumeHigh >= SIGN_BIT || (priceLow | priceHigh) === 0) return false;
    this.takeTime(data, trade + TRADE.execution_timestamp_ns);
    this.priceLow = priceLow;
    this.priceHigh = priceHigh;
    this.sums.fill(0, SUMS.volume, SUMS.notional);
    this.sums[SUMS.volume] = volumeLow;
    this.sums[SUMS.volume + 1] = volumeHigh;
    multiplyU64(priceLow, priceHigh, volumeLow, volumeHigh, this.sums, SUMS.notional);
    this.moves = meta < 0 ? MOVES.all : movesOfMeta(data, meta);
    return true;
  }

  /** Is it before, at (0) or after a time? */
  compareTime(ms: number, ns: number): number {
    return this.ms === ms ? this.ns - ns : this.ms - ms;
  }

  /**
   * Moves a bar whose time it is in. High and low, and open and close, are of trades that may move them; while the bar
   * has none of these, of those that it has. Open and close go by event time, of equals open by the first and
   * close by the last to arrive. False, and nothing changed, where a sum would be no u128.
   */
  addTo(bars: Slab, slot: number): boolean {
    const { bytes, data, words } = bars;
    const at = slot * bars.stride;
    const word = at >>> 2;
    if ((this.moves & MOVES.volume) !== 0 && !this.#addSums(words, word)) return false;

    const isFirst = data.getUint32(at + BAR.trades, true) === 0;
    const range = (this.moves & MOVES.range) === 0 ? 0 : 1;
    const rangeHeld = bytes[at + BAR.range_counts] as number;
    if (isFirst || range > rangeHeld) {
      this.#setPrice(words, word + BAR.high / 4);
      this.#setPrice(words, word + BAR.low / 4);
      bytes[at + BAR.range_counts] = range;
    } else if (range === rangeHeld) {
      const { priceLow, priceHigh } = this;
      const high = word + BAR.high / 4;
      const low = word + BAR.low / 4;
      if (compareU64(words, high, priceLow, priceHigh) < 0) this.#setPrice(words, high);
      if (compareU64(words, low, priceLow, priceHigh) > 0) this.#setPrice(words, low);
    }

    const ends = (this.moves & MOVES.ends) === 0 ? 0 : 1;
    const endsHeld = bytes[at + BAR.ends_count] as number;
    if (ends >= endsHeld || isFirst) {
      const isAnew = isFirst || ends > endsHeld;
      const offset = (this.ms - data.getFloat64(at + BAR.start, true)) * NS_PER_MS + this.ns;
      if (isAnew || offset < data.getFloat64(at + BAR.open_at, true)) {
        this.#setPrice(words, word + BAR.open / 4);
        data.setFloat64(at + BAR.open_at, offset, true);
      }
      if (isAnew || offset >= data.getFloat64(at + BAR.close_at, true)) {
        this.#setPrice(words, word + BAR.close / 4);
        data.setFloat64(at + BAR.close_at, offset, true);
      }
      bytes[at + BAR.ends_count] = ends;
    }
    data.setUint32(at + BAR.trades, data.getUint32(at + BAR.trades, true) + 1, true);
    return true;
  }

  #addSums(words: Uint32Array, bar: number): boolean {
    const volume = bar + BAR.volume / 4;
    const notional = bar + BAR.notional / 4;
    if (!addU128(words, volume, this.sums, SUMS.volume)) return false;
    if (addU128(words, notional, this.sums, SUMS.notional)) return true;
    subtractU128(words, volume, this.sums, SUMS.volume);
    return false;
  }

  #setPrice(words: Uint32Array, at: number): void {
    words[at] = this.priceLow;
    words[at + 1] = this.priceHigh;
  }
}

function movesOfMeta(data: DataView, meta: number): number {
  const tape = data.getUint8(meta + META.tape);
  const count = Math.min(data.getUint8(meta + META.condition_count), MAX_CONDITIONS);
  let moves: number = MOVES.all;
  for (let i = 0; i < count; i++) moves &= movesOf(tape, data.getUint8(meta + META.conditions + i));
  return moves;
}

/** Takes back what was just added. */
function subtractU128(from: Uint32Array, at: number, what: Uint32Array, whatAt: number): void {
  let borrow = 0;
  for (let word = 0; word < 4; word++) {
    const left = (from[at + word] as number) - (what[whatAt + word] as number) - borrow;
    from[at + word] = left;
    borrow = left < 0 ? 1 : 0;
  }
}
