/**
 * Where event time stands, a symbol: what decides which bars are final and which trades are late. Of trades it is the
 * largest event time seen and goes on with the fold's clock from there, so that bars end when trading stops. Of a pair
 * it is the larger of its newest swap's and of its chain's head, and stands still with the chain. A symbol's own, for
 * an hour that one feed is behind must not make another late; no time too far past the fold's clock counts, so that a
 * forged one poisons nothing.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { u64AsNumber } from "../read.ts";
import { Key } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";

const KEY_WORDS = 2;
const NO_CHAIN = -1;
const MS_PER_S = 1_000;

const HEAD = OFFSET.ChainHead;

export class EventTimes {
  readonly #clock: Clock;
  /** Of each symbol: largest event time, the fold's clock when it was seen, and its chain's slot. */
  readonly #times: Float64Array;
  readonly #seenAt: Float64Array;
  readonly #chainOf: Int32Array;
  readonly #isPair: Uint8Array;
  readonly #chains: KeyedSlots;
  readonly #headTimes: Float64Array;
  readonly #key: Key;

  constructor(symbols: number, chains: number, { clock, hash }: FoldContext) {
    this.#clock = clock;
    this.#times = new Float64Array(symbols);
    this.#seenAt = new Float64Array(symbols);
    this.#chainOf = new Int32Array(symbols);
    this.#isPair = new Uint8Array(symbols);
    this.#chains = new KeyedSlots(chains, KEY_WORDS);
    this.#headTimes = new Float64Array(chains);
    this.#key = new Key(KEY_WORDS, hash);
  }

  /** May an event have this time? Not where it says none, or one too far ahead. */
  isTime(ms: number): boolean {
    return ms > 0 && ms <= this.#clock.now + MODEL_LIMITS.max_lead_ms;
  }

  /** Begins a symbol of trades. */
  beginTrades(symbol: number): void {
    this.#begin(symbol, 0, NO_CHAIN);
  }

  /** Begins a pair of the chain whose id lies at `chain`. */
  beginPair(symbol: number, data: DataView, chain: number): void {
    this.#begin(symbol, 1, this.#chain(data, chain));
  }

  #begin(symbol: number, isPair: number, chain: number): void {
    this.#times[symbol] = 0;
    this.#seenAt[symbol] = 0;
    this.#isPair[symbol] = isPair;
    this.#chainOf[symbol] = chain;
  }

  /** Event time of a symbol, Unix ms. */
  of(symbol: number): number {
    const time = this.#times[symbol] as number;
    if (this.#isPair[symbol] === 1) {
      const chain = this.#chainOf[symbol] as number;
      return chain === NO_CHAIN ? time : Math.max(time, this.#headTimes[chain] as number);
    }
    return time === 0 ? 0 : time + Math.max(0, this.#clock.now - (this.#seenAt[symbol] as number));
  }

  /** Notes the event time of a trade or swap. */
  see(symbol: number, ms: number): void {
    if (ms <= this.of(symbol)) return;
    this.#times[symbol] = ms;
    this.#seenAt[symbol] = this.#clock.now;
  }

  /** Notes a ChainHead. */
  head(data: DataView, value: number): void {
    const at = value + HEAD.block_timestamp;
    const ms = MS_PER_S * u64AsNumber(data, at);
    const chain = this.#chain(data, value + HEAD.chain_id);
    if (chain === NO_CHAIN || !this.isTime(ms)) return;
    this.#headTimes[chain] = Math.max(this.#headTimes[chain] as number, ms);
  }

  /** Chains are as many as chain.main has rows; of one more only its swaps tell the time. */
  #chain(data: DataView, chainId: number): number {
    const slot = this.#chains.find(this.#key.take(0, data, chainId, KEY_WORDS).seal());
    if (slot >= 0) return slot;
    return this.#chains.isFull ? NO_CHAIN : this.#chains.add(this.#key);
  }

  get bytes(): number {
    const columns = [this.#times, this.#seenAt, this.#chainOf, this.#isPair, this.#headTimes];
    return columns.reduce((sum, column) => sum + column.byteLength, this.#chains.bytes);
  }
}
