/**
 * Where prints come from: which symbol a trade is of, and a swap as a trade of its pair. A symbol that is new is added
 * here, with the facts that stand as long as it is known.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { DECIMALS_UNKNOWN } from "../../protocol/tlv/registry.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { HAS, PAIR, POOL, readPair } from "../dex/pool-record.ts";
import type { PoolRegistry } from "../dex/pool-registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { address, u64 } from "../read.ts";
import { copyWords } from "../window/slab.ts";
import { Aliases } from "./aliases.ts";
import type { Decimals } from "./bar-record.ts";
import { MOVES } from "./conditions.ts";
import type { EventTimes } from "./event-time.ts";
import { Instruments, SYMBOL_WORDS } from "./instruments.ts";
import type { SymbolFacts } from "./market-record.ts";
import { assetName, instrumentName, pairName } from "./names.ts";
import { type Print, SUMS } from "./print.ts";
import type { Symbols } from "./symbols.ts";
import { divideRounded, quotient } from "./wide.ts";

/** Of trades: price and volume have 8 decimals, so their products have 16. */
const TRADE_DECIMALS: Decimals = { price: 8, volume: 8, notional: 16 };
/** A pair's first price has so many significant digits, */
const PRICE_DIGITS = 14;
/** in so many decimals at the most. */
const MAX_PRICE_DECIMALS = 48;

/** Words of an alias' key. */
const KIND = 0;
const ASSET_ID = 1;
const TOLD_SYMBOL = 3;
const CHAIN = 1;
const TOKENS = 3;
const FACTS = 13;
const TRADE_KIND = 0;
const PAIR_KIND = 1;

const SWAP = OFFSET.PoolSwap;

export class Sources {
  readonly instruments: Instruments;
  readonly #aliases: Aliases;
  readonly #symbols: Symbols;
  readonly #times: EventTimes;
  readonly #tally: Tally;
  readonly #verified: ReadonlyMap<string, string>;
  /** `onAdd` is called with the slot of a symbol that was just added. */
  readonly #onAdd: (symbol: number) => void;

  constructor(
    cap: number,
    symbols: Symbols,
    times: EventTimes,
    { hash, tally, chains }: FoldContext,
    onAdd: (symbol: number) => void,
  ) {
    this.instruments = new Instruments(MODEL_LIMITS.instruments_per_row_count * cap, hash);
    this.#aliases = new Aliases(MODEL_LIMITS.symbol_aliases_per_row_count * cap, hash);
    this.#symbols = symbols;
    this.#times = times;
    this.#tally = tally;
    this.#onAdd = onAdd;
    this.#verified = new Map(
      chains.flatMap(({ chain_id, tokens }) =>
        Object.entries(tokens).map(([token, symbol]) => [`${chain_id}:${token}`, symbol] as const),
      ),
    );
  }

  get bytes(): number {
    return this.instruments.bytes + this.#aliases.bytes;
  }

  /** The symbol of a trade whose asset id lies at `assetId`. */
  ofTrade(data: DataView, assetId: number): number {
    const { key } = this.#aliases;
    const { words } = key;
    words.fill(0);
    words[KIND] = TRADE_KIND;
    key.take(ASSET_ID, data, assetId, 2);
    this.instruments.write(data, assetId, words, TOLD_SYMBOL);
    key.seal();
    const known = this.#aliases.find(this.#symbols.generations);
    return known >= 0 ? known : this.#nameTrade(words);
  }

  #nameTrade(words: Uint32Array): number {
    const told = new Uint8Array(words.buffer, 4 * TOLD_SYMBOL, 4 * SYMBOL_WORDS);
    const { name, title } =
      instrumentName(told) ?? assetName(words[ASSET_ID] as number, words[ASSET_ID + 1] as number);
    let symbol = this.#symbols.find(name);
    if (symbol < 0) {
      symbol = this.#add(name, { kind: "trades", chain_id: null, title, decimals: TRADE_DECIMALS });
      this.#times.beginTrades(symbol);
    }
    this.#aliases.note(symbol, this.#symbols.generations[symbol] as number);
    return symbol;
  }

  /**
   * Takes a swap of a pool as a trade of its pair into `print`, and returns the pair's symbol; -1 where it is none:
   * its chain, tokens or decimals are not known, or an amount is 0.
   */
  ofSwap(data: DataView, swap: number, pools: PoolRegistry, pool: number, print: Print): number {
    if (!(pools.has(pool, HAS.chain) && pools.has(pool, HAS.tokens) && pools.hasDecimals(pool))) return -1;
    const isIn0 =
      pools.isToken0(pool, data, swap + SWAP.token_in_addr) &&
      pools.isToken1(pool, data, swap + SWAP.token_out_addr);
    const isIn1 =
      pools.isToken1(pool, data, swap + SWAP.token_in_addr) &&
      pools.isToken0(pool, data, swap + SWAP.token_out_addr);
    if (isIn0 === isIn1) return -1;

    const isQuote0 = pools.records.getByte(pool, POOL.pair + PAIR.token0_quotes) === 1;
    const isBaseIn = isIn0 !== isQuote0;
    const baseAt = swap + (isBaseIn ? SWAP.amount_in : SWAP.amount_out);
    const quoteAt = swap + (isBaseIn ? SWAP.amount_out : SWAP.amount_in);
    copyWords(data, baseAt, print.sums, SUMS.volume, 4);
    copyWords(data, quoteAt, print.sums, SUMS.notional, 4);
    if (isZero(print.sums, SUMS.volume) || isZero(print.sums, SUMS.notional)) return -1;

    const symbol = this.#ofPool(pools, pool, print);
    if (symbol < 0) return -1;
    if (!this.#setPrice(print, this.#symbols.factsOf(symbol).decimals)) return -1;
    print.moves = MOVES.all;
    return symbol;
  }

  /** The price of the print's notional over its volume, half to even. False where it does not fit, or rounds to 0. */
  #setPrice(print: Print, { price, volume, notional }: Decimals): boolean {
    const power = volume + price - notional;
    const fits = divideRounded(print.sums, SUMS.notional, print.sums, SUMS.volume, power);
    if (!fits || quotient.low + quotient.high === 0) {
      this.#tally.faults.bar_overflow++;
      return false;
    }
    print.priceLow = quotient.low;
    print.priceHigh = quotient.high;
    return true;
  }

  #ofPool(pools: PoolRegistry, pool: number, print: Print): number {
    const { records } = pools;
    const at = records.at(pool);
    const pair = at + POOL.pair;
    const { key } = this.#aliases;
    key.words[KIND] = PAIR_KIND;
    key.take(CHAIN, records.data, at + POOL.chain_id, 2);
    key.take(TOKENS, records.data, at + POOL.token0, 10);
    // Decimals, which side quotes, and which symbols are known.
    key.take(FACTS, records.data, pair + PAIR.decimals0, 1);
    key.seal();
    const known = this.#aliases.find(this.#symbols.generations);
    return known >= 0 ? known : this.#namePair(pools, pool, print);
  }

  #namePair(pools: PoolRegistry, pool: number, print: Print): number {
    const { records } = pools;
    const at = records.at(pool);
    const { token0Quotes, name: told, decimals0, decimals1 } = readPair(records, at + POOL.pair);
    const token0 = address(records.bytes, at + POOL.token0);
    const token1 = address(records.bytes, at + POOL.token1);
    const chainId = u64(records.data, at + POOL.chain_id);
    const name = token0Quotes
      ? pairName(chainId, token1, token0, this.#verified)
      : pairName(chainId, token0, token1, this.#verified);
    if (name === null) return -1;
    const volume = (token0Quotes ? decimals1 : decimals0) ?? DECIMALS_UNKNOWN;
    const notional = (token0Quotes ? decimals0 : decimals1) ?? DECIMALS_UNKNOWN;
    let symbol = this.#symbols.find(name);
    if (symbol < 0) {
      const decimals = { price: priceDecimals(print.sums, volume, notional), volume, notional };
      if (!this.#setPrice(print, decimals)) return -1;
      const title = told ?? name.slice(0, name.indexOf("@"));
      const facts = { kind: "pair", chain_id: Number(chainId), title } as const;
      symbol = this.#add(name, { ...facts, decimals });
      this.#times.beginPair(symbol, records.data, at + POOL.chain_id);
    }
    const { decimals, title } = this.#symbols.factsOf(symbol);
    if (decimals.volume !== volume || decimals.notional !== notional) {
      this.#tally.faults.pair_decimals++;
      return -1;
    }
    if (told !== null && told !== title) this.#symbols.retitle(symbol, told);
    this.#aliases.note(symbol, this.#symbols.generations[symbol] as number);
    return symbol;
  }

  #add(name: string, facts: SymbolFacts): number {
    const symbol = this.#symbols.add(name, facts);
    this.#onAdd(symbol);
    return symbol;
  }
}

function isZero(words: Uint32Array, at: number): boolean {
  for (let word = at; word < at + 4; word++) if (words[word] !== 0) return false;
  return true;
}

/** Decimals in which a pair's first price has PRICE_DIGITS significant digits. */
function priceDecimals(sums: Uint32Array, volumeDecimals: number, notionalDecimals: number): number {
  const quote = sumOf(sums, SUMS.notional) * 10n ** BigInt(volumeDecimals);
  const base = sumOf(sums, SUMS.volume) * 10n ** BigInt(notionalDecimals);
  // 10^exponent is the largest power of ten that the price reaches.
  let exponent = String(quote).length - String(base).length;
  const reaches =
    exponent >= 0 ? quote >= base * 10n ** BigInt(exponent) : quote * 10n ** BigInt(-exponent) >= base;
  if (!reaches) exponent--;
  return Math.min(Math.max(PRICE_DIGITS - 1 - exponent, 0), MAX_PRICE_DECIMALS);
}

function sumOf(words: Uint32Array, at: number): bigint {
  let sum = 0n;
  for (let word = at + 3; word >= at; word--) sum = (sum << 32n) | BigInt(words[word] as number);
  return sum;
}
