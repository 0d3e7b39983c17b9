/**
 * Pools: a bounded registry of what is known of each, and the channel pool.state over those that changed last. The
 * registry is larger than the window and apart from it, so a pool whose row was evicted goes on where it stood.
 */

import { readField } from "../../protocol/tlv/fields.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { DECIMALS_UNKNOWN, POOL_KIND } from "../../protocol/tlv/registry.ts";
import type { Tally } from "../counters.ts";
import { hexOf } from "../hex.ts";
import type { KeyHash } from "../key-table.ts";
import { KeyedSlots } from "../keyed-slots.ts";
import type { SeqCounter } from "../seq-ring.ts";
import { copyWords, Slab } from "../slab.ts";
import { Window } from "../window.ts";
import { HAS, PAIR, PAIR_BYTES, PAIR_KNOWN, POOL, POOL_BYTES, poolRow } from "./pool-record.ts";
import { isToken0Quote } from "./quote.ts";
import { SYMBOL_BYTES, type Tokens } from "./tokens.ts";

export const POOL_CAPACITY = 8_192;

const ADDRESS_WORDS = 5;
const ADDRESS_BYTES = 20;
/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_024;
/** A fee of all there is, in hundredths of a bip. */
const MAX_FEE = 1_000_000;
const BPS_TO_FEE = 100;

const SWAP = OFFSET.PoolSwap;
const SYNC = OFFSET.PoolSync;
const STATE = OFFSET.PoolState;
const INFO = OFFSET.PoolInfo;
/** PoolMint and PoolBurn have one layout. */
const MINT = OFFSET.PoolMint;

export class Pools {
  readonly window: Window;
  readonly records = new Slab(POOL_CAPACITY, POOL_BYTES);
  readonly #slots: KeyedSlots;
  readonly #tokens: Tokens;
  readonly #tally: Tally;
  readonly #key = new Uint32Array(ADDRESS_WORDS);

  constructor(cap: number, tokens: Tokens, counter: SeqCounter, hash: KeyHash, tally: Tally) {
    this.#slots = new KeyedSlots(POOL_CAPACITY, ADDRESS_WORDS, hash);
    this.#tokens = tokens;
    this.#tally = tally;
    this.window = new Window(
      {
        name: "pool.state",
        cap,
        keyWords: ADDRESS_WORDS,
        recordBytes: POOL_BYTES,
        jsonBytes: JSON_BYTES,
        idOf: (keys, from) => hexOf(keys, from, ADDRESS_BYTES),
        rowOf: (slot, id, seq) => poolRow(this.window.records, slot, id, seq),
      },
      counter,
      hash,
    );
  }

  get count(): number {
    return this.#slots.count;
  }

  get bytes(): number {
    return this.#slots.bytes + this.records.bytes.length;
  }

  /** Takes a PoolInfo. The pool's row changes where it has one and the info says something new. */
  learn(data: DataView, value: number): void {
    const pool = this.#open(data, value + INFO.pool);
    const at = this.records.at(pool);
    const before = this.records.bytes.slice(at, at + POOL_BYTES);

    this.records.take(pool, POOL.chain_id, data, value + INFO.chain_id, 8);
    this.records.data.setUint32(at + POOL.fee, data.getUint32(value + INFO.fee, true), true);
    this.records.data.setUint16(at + POOL.venue, data.getUint16(value + INFO.venue, true), true);
    this.records.setByte(pool, POOL.kind, data.getUint8(value + INFO.kind));
    this.records.take(pool, POOL.token0, data, value + INFO.token0, ADDRESS_BYTES);
    this.records.take(pool, POOL.token1, data, value + INFO.token1, ADDRESS_BYTES);
    if (!isEqual(this.records.bytes, at + POOL.token0, before, POOL.token0, 2 * ADDRESS_BYTES)) {
      this.#forgetPair(pool);
    }
    this.#set(pool, HAS.chain | HAS.fee | HAS.tokens | HAS.info);
    this.#orient(pool);
    this.#resolve(pool);

    const isNews = !isEqual(this.records.bytes, at, before, 0, POOL_BYTES);
    if (isNews && this.window.find(this.#key) >= 0) this.publish(pool);
  }

  /** Folds an event into its pool and returns the pool's slot. `chain` is where a chain id lies in `data`, or -1. */
  apply(type: number, data: DataView, value: number, chain: number, now: number): number {
    switch (type) {
      case TYPE.PoolSwap:
        return this.#swap(data, value, chain, now);
      case TYPE.PoolSync:
        return this.#sync(data, value, chain, now);
      case TYPE.PoolState:
        return this.#state(data, value, now);
      default:
        return this.#move(type === TYPE.PoolMint ? 1 : -1, data, value, chain, now);
    }
  }

  /** Puts the pool's record, as it is now, into its row of pool.state. */
  publish(pool: number): void {
    const start = pool * ADDRESS_WORDS;
    for (let i = 0; i < ADDRESS_WORDS; i++) this.#key[i] = this.#slots.keys[start + i] as number;
    let row = this.window.find(this.#key);
    if (row >= 0) this.window.change(row);
    else row = this.window.insert(this.#key);
    this.window.records.takeRecord(row, 0, this.records, pool, 0, POOL_BYTES);
  }

  // Events

  #swap(data: DataView, value: number, chain: number, now: number): number {
    const pool = this.#open(data, value + SWAP.pool_address);
    this.#see(pool, data, value + SWAP.venue, chain, now);
    const tokenIn = value + SWAP.token_in_addr;
    const tokenOut = value + SWAP.token_out_addr;
    const decimalsIn = data.getUint8(value + SWAP.amount_in_decimals);
    const decimalsOut = data.getUint8(value + SWAP.amount_out_decimals);
    if (!this.#has(pool, HAS.tokens)) {
      // Pools of all supported venues sort their tokens by address.
      if (isBelow(data, tokenIn, tokenOut)) this.#setTokens(pool, data, tokenIn, tokenOut);
      else this.#setTokens(pool, data, tokenOut, tokenIn);
    }
    if (this.isToken0(pool, data, tokenIn)) this.#setDecimals(pool, decimalsIn, decimalsOut);
    else if (this.isToken0(pool, data, tokenOut)) this.#setDecimals(pool, decimalsOut, decimalsIn);
    if (!isZero(data, value + SWAP.sqrt_price_x96_after, 32)) {
      this.records.take(pool, POOL.sqrt_price, data, value + SWAP.sqrt_price_x96_after, 32);
      this.records.take(pool, POOL.liquidity, data, value + SWAP.liquidity_after, 16);
      this.records.take(pool, POOL.tick, data, value + SWAP.tick_after, 4);
      this.#set(pool, HAS.price | HAS.liquidity);
    }
    this.records.setNumber(pool, POOL.swaps, this.records.getNumber(pool, POOL.swaps) + 1);
    this.#resolve(pool);
    return pool;
  }

  #sync(data: DataView, value: number, chain: number, now: number): number {
    const pool = this.#open(data, value + SYNC.pool_address);
    this.#see(pool, data, value + SYNC.venue, chain, now);
    if (!this.#has(pool, HAS.tokens)) {
      this.#setTokens(pool, data, value + SYNC.token0_addr, value + SYNC.token1_addr);
    }
    this.#setDecimals(
      pool,
      data.getUint8(value + SYNC.token0_decimals),
      data.getUint8(value + SYNC.token1_decimals),
    );
    this.records.take(pool, POOL.reserve0, data, value + SYNC.reserve0, 32);
    this.#set(pool, HAS.reserves);
    this.#resolve(pool);
    return pool;
  }

  #state(data: DataView, value: number, now: number): number {
    const pool = this.#open(data, value + STATE.pool_address);
    this.#see(pool, data, value + STATE.venue, -1, now);
    if (!this.#has(pool, HAS.tokens)) {
      this.#setTokens(pool, data, value + STATE.token0_addr, value + STATE.token1_addr);
    }
    this.#setDecimals(
      pool,
      data.getUint8(value + STATE.token0_decimals),
      data.getUint8(value + STATE.token1_decimals),
    );
    if (!this.#has(pool, HAS.info)) {
      this.records.setByte(pool, POOL.kind, data.getUint8(value + STATE.pool_type));
      const fee = data.getUint32(value + STATE.fee_rate, true) * BPS_TO_FEE;
      if (fee <= MAX_FEE) {
        this.records.data.setUint32(this.records.at(pool) + POOL.fee, fee, true);
        this.#set(pool, HAS.fee);
      }
    }
    if (!isZero(data, value + STATE.sqrt_price_x96, 16)) {
      this.records.words.fill(
        0,
        (this.records.at(pool) + POOL.sqrt_price) >>> 2,
        (this.records.at(pool) + POOL.liquidity) >>> 2,
      );
      this.records.take(pool, POOL.sqrt_price, data, value + STATE.sqrt_price_x96, 16);
      this.records.take(pool, POOL.liquidity, data, value + STATE.liquidity, 16);
      this.records.take(pool, POOL.tick, data, value + STATE.tick, 4);
      this.#set(pool, HAS.price | HAS.liquidity);
    }
    const isV2 = this.records.getByte(pool, POOL.kind) === POOL_KIND.v2;
    if (isV2 || !isZero(data, value + STATE.reserve0, 32)) {
      this.records.take(pool, POOL.reserve0, data, value + STATE.reserve0, 32);
      this.#set(pool, HAS.reserves);
    }
    this.#resolve(pool);
    return pool;
  }

  /** A mint (`sign` 1) or burn (-1): of a V3 pool's liquidity only where its range holds the current tick. */
  #move(sign: 1 | -1, data: DataView, value: number, chain: number, now: number): number {
    const pool = this.#open(data, value + MINT.pool_address);
    this.#see(pool, data, value + MINT.venue, chain, now);
    if (!this.#has(pool, HAS.tokens)) {
      this.#setTokens(pool, data, value + MINT.token0_addr, value + MINT.token1_addr);
    }
    this.#setDecimals(
      pool,
      data.getUint8(value + MINT.token0_decimals),
      data.getUint8(value + MINT.token1_decimals),
    );
    if (this.#has(pool, HAS.price) && this.#has(pool, HAS.liquidity)) {
      const tick = this.records.data.getInt32(this.records.at(pool) + POOL.tick, true);
      const isInRange =
        data.getInt32(value + MINT.tick_lower, true) <= tick &&
        tick < data.getInt32(value + MINT.tick_upper, true);
      if (isInRange && !this.#addLiquidity(pool, sign, data, value + MINT.liquidity_delta)) {
        this.#tally.faults.liquidity_overflow++;
        this.#unset(pool, HAS.liquidity);
      }
    }
    this.#resolve(pool);
    return pool;
  }

  /** liquidity +- the u128 at `delta`, by 32-bit digits with carry; false where the result is no u128. */
  #addLiquidity(pool: number, sign: 1 | -1, data: DataView, delta: number): boolean {
    const { words } = this.records;
    const start = (this.records.at(pool) + POOL.liquidity) >>> 2;
    let carry = 0;
    for (let digit = 0; digit < 4; digit++) {
      const sum = (words[start + digit] as number) + sign * data.getUint32(delta + 4 * digit, true) + carry;
      words[start + digit] = sum;
      carry = Math.floor(sum / 2 ** 32);
    }
    return carry === 0;
  }

  // Records

  /** The slot of the pool whose address lies at `address`, newest from now on; a new one has nothing known. */
  #open(data: DataView, address: number): number {
    copyWords(data, address, this.#key, 0, ADDRESS_WORDS);
    const known = this.#slots.find(this.#key);
    if (known >= 0) {
      this.#slots.touch(known);
      return known;
    }
    if (this.#slots.isFull) this.#slots.remove(this.#slots.oldest);
    const slot = this.#slots.add(this.#key);
    this.records.clear(slot);
    this.#forgetPair(slot);
    return slot;
  }

  #see(pool: number, data: DataView, venue: number, chain: number, now: number): void {
    this.records.setNumber(pool, POOL.last_seen, now);
    if (!this.#has(pool, HAS.info)) {
      this.records.data.setUint16(this.records.at(pool) + POOL.venue, data.getUint16(venue, true), true);
    }
    if (chain >= 0 && !this.#has(pool, HAS.chain)) {
      this.records.take(pool, POOL.chain_id, data, chain, 8);
      this.#set(pool, HAS.chain);
      if (this.#has(pool, HAS.tokens)) this.#orient(pool);
    }
  }

  #setTokens(pool: number, data: DataView, token0: number, token1: number): void {
    this.records.take(pool, POOL.token0, data, token0, ADDRESS_BYTES);
    this.records.take(pool, POOL.token1, data, token1, ADDRESS_BYTES);
    this.#set(pool, HAS.tokens);
    this.#orient(pool);
  }

  /** The first known decimals stand. */
  #setDecimals(pool: number, decimals0: number, decimals1: number): void {
    const pair = this.records.at(pool) + POOL.pair;
    const { bytes } = this.records;
    if (bytes[pair + PAIR.decimals0] === DECIMALS_UNKNOWN) bytes[pair + PAIR.decimals0] = decimals0;
    if (bytes[pair + PAIR.decimals1] === DECIMALS_UNKNOWN) bytes[pair + PAIR.decimals1] = decimals1;
  }

  #forgetPair(pool: number): void {
    const pair = this.records.at(pool) + POOL.pair;
    this.records.bytes.fill(0, pair, pair + PAIR_BYTES);
    this.records.bytes[pair + PAIR.decimals0] = DECIMALS_UNKNOWN;
    this.records.bytes[pair + PAIR.decimals1] = DECIMALS_UNKNOWN;
  }

  /** Looks for the tokens' infos while one is missing. A row keeps what was known when it changed. */
  #resolve(pool: number): void {
    const both = PAIR_KNOWN.symbol0 | PAIR_KNOWN.symbol1;
    const known = this.records.getByte(pool, POOL.pair + PAIR.known);
    if ((known & both) === both || !this.#has(pool, HAS.tokens)) return;
    const isNew0 =
      !(known & PAIR_KNOWN.symbol0) &&
      this.#resolveToken(
        pool,
        POOL.token0,
        PAIR.symbol0,
        PAIR.decimals0,
        PAIR_KNOWN.symbol0,
        PAIR_KNOWN.stable0,
      );
    const isNew1 =
      !(known & PAIR_KNOWN.symbol1) &&
      this.#resolveToken(
        pool,
        POOL.token1,
        PAIR.symbol1,
        PAIR.decimals1,
        PAIR_KNOWN.symbol1,
        PAIR_KNOWN.stable1,
      );
    if (isNew0 || isNew1) this.#orient(pool);
  }

  #resolveToken(
    pool: number,
    address: number,
    symbol: number,
    decimals: number,
    knownBit: number,
    stableBit: number,
  ): boolean {
    const at = this.records.at(pool);
    const token = this.#tokens.find(this.records.words, (at + POOL.chain_id) >>> 2, (at + address) >>> 2);
    if (token < 0) return false;
    const pair = at + POOL.pair;
    const { bytes } = this.records;
    this.records.takeRecord(pool, POOL.pair + symbol, this.#tokens.records, token, 0, SYMBOL_BYTES);
    if (bytes[pair + decimals] === DECIMALS_UNKNOWN) bytes[pair + decimals] = this.#tokens.decimals(token);
    const bits = this.#tokens.saysStable(token) ? knownBit | stableBit : knownBit;
    bytes[pair + PAIR.known] = (bytes[pair + PAIR.known] as number) | bits;
    return true;
  }

  /** Decides which side quotes, whenever what it follows from is new. */
  #orient(pool: number): void {
    const { bytes, data } = this.records;
    const at = this.records.at(pool);
    const known = bytes[at + POOL.pair + PAIR.known] as number;
    const chainId = this.#has(pool, HAS.chain)
      ? Number(readField("u64", bytes, data, at + POOL.chain_id) as bigint)
      : null;
    const side = (address: number, stableBit: number) => ({
      address: readField("addr20", bytes, data, at + address) as string,
      saysStable: (known & stableBit) !== 0,
    });
    const quotes0 = isToken0Quote(
      chainId,
      side(POOL.token0, PAIR_KNOWN.stable0),
      side(POOL.token1, PAIR_KNOWN.stable1),
    );
    bytes[at + POOL.pair + PAIR.token0_quotes] = quotes0 ? 1 : 0;
  }

  /** Is the address at `address` the pool's token0? */
  isToken0(pool: number, data: DataView, address: number): boolean {
    return this.#holdsAddress(pool, POOL.token0, data, address);
  }

  isToken1(pool: number, data: DataView, address: number): boolean {
    return this.#holdsAddress(pool, POOL.token1, data, address);
  }

  #holdsAddress(pool: number, offset: number, data: DataView, address: number): boolean {
    const start = (this.records.at(pool) + offset) >>> 2;
    for (let word = 0; word < ADDRESS_WORDS; word++) {
      if (this.records.words[start + word] !== data.getUint32(address + 4 * word, true)) return false;
    }
    return true;
  }

  #has(pool: number, bit: number): boolean {
    return (this.records.getByte(pool, POOL.has) & bit) !== 0;
  }

  #set(pool: number, bits: number): void {
    this.records.setByte(pool, POOL.has, this.records.getByte(pool, POOL.has) | bits);
  }

  #unset(pool: number, bits: number): void {
    this.records.setByte(pool, POOL.has, this.records.getByte(pool, POOL.has) & ~bits);
  }
}

function isZero(data: DataView, from: number, bytes: number): boolean {
  for (let at = from; at < from + bytes; at += 4) if (data.getUint32(at, true) !== 0) return false;
  return true;
}

/** Is the address at `a` below that at `b`, as numbers? */
function isBelow(data: DataView, a: number, b: number): boolean {
  for (let at = 0; at < ADDRESS_BYTES; at += 4) {
    const wordA = data.getUint32(a + at);
    const wordB = data.getUint32(b + at);
    if (wordA !== wordB) return wordA < wordB;
  }
  return false;
}

function isEqual(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[fromA + i] !== b[fromB + i]) return false;
  return true;
}
