/**
 * Pools: a bounded registry of what is known of each, and the channel pool.state over those that changed last. The
 * registry is larger than the window and apart from it, so a pool whose row was evicted goes on where it stood.
 */

import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { hexOf } from "../hex.ts";
import { Window } from "../window/window.ts";
import { HAS, POOL, POOL_BYTES, poolRow } from "./pool-record.ts";
import { ADDRESS_BYTES, ADDRESS_WORDS, PoolRegistry } from "./pool-registry.ts";
import type { Tokens } from "./tokens.ts";

/** A row's record is the pool's slot in the registry. */
const ROW_BYTES = 4;
/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_024;
/** A fee of all there is, in hundredths of a bip. */
const MAX_FEE = 1_000_000;
const BPS_TO_FEE = 100;
/** No factory enables more: two ranges would be all that there is. */
const MAX_TICK_SPACING = 16_384;

const SWAP = OFFSET.PoolSwap;
const SYNC = OFFSET.PoolSync;
const STATE = OFFSET.PoolState;
const INFO = OFFSET.PoolInfo;
/** PoolMint and PoolBurn have one layout. */
const MINT = OFFSET.PoolMint;

export class Pools {
  readonly window: Window;
  readonly registry: PoolRegistry;
  readonly #tally: Tally;

  constructor(cap: number, tokens: Tokens, context: FoldContext) {
    this.registry = new PoolRegistry(cap, tokens, context);
    this.#tally = context.tally;
    this.window = new Window(
      {
        name: "pool.state",
        cap,
        keyWords: ADDRESS_WORDS,
        recordBytes: ROW_BYTES,
        jsonBytes: JSON_BYTES,
        idOf: (keys, from) => hexOf(keys, from, ADDRESS_BYTES),
        rowOf: (slot, id, seq) => poolRow(this.registry.records, this.#poolOf(slot), id, seq),
        onEvict: (slot) => {
          this.registry.rows[this.#poolOf(slot)] = -1;
        },
      },
      context.counter,
    );
  }

  /** Takes a PoolInfo. The pool's row changes where it has one and the info says something new. */
  learn(data: DataView, value: number): void {
    const pool = this.registry.open(data, value + INFO.pool);
    const at = this.registry.records.at(pool);
    const before = this.registry.records.bytes.slice(at, at + POOL_BYTES);

    this.registry.records.take(pool, POOL.chain_id, data, value + INFO.chain_id, 8);
    this.registry.records.data.setUint32(at + POOL.fee, data.getUint32(value + INFO.fee, true), true);
    this.registry.records.data.setUint16(at + POOL.venue, data.getUint16(value + INFO.venue, true), true);
    this.registry.records.setByte(pool, POOL.kind, data.getUint8(value + INFO.kind));
    const spacing = data.getInt32(value + INFO.tick_spacing, true);
    const isSpacing = spacing > 0 && spacing <= MAX_TICK_SPACING;
    this.registry.records.data.setUint16(at + POOL.tick_spacing, isSpacing ? spacing : 0, true);
    this.registry.records.take(pool, POOL.token0, data, value + INFO.token0, ADDRESS_BYTES);
    this.registry.records.take(pool, POOL.token1, data, value + INFO.token1, ADDRESS_BYTES);
    if (!isEqual(this.registry.records.bytes, at + POOL.token0, before, POOL.token0, 2 * ADDRESS_BYTES)) {
      this.registry.forgetPair(pool);
    }
    this.registry.set(pool, HAS.chain | HAS.fee | HAS.tokens | HAS.info);
    this.registry.orient(pool);
    this.registry.resolve(pool);

    const isNews = !isEqual(this.registry.records.bytes, at, before, 0, POOL_BYTES);
    if (isNews && (this.registry.rows[pool] as number) >= 0) this.publish(pool);
  }

  /** Folds an event into its pool and returns the pool's slot. `chain` is where a chain id lies in `data`, or -1. */
  apply(type: number, data: DataView, value: number, chain: number): number {
    switch (type) {
      case TYPE.PoolSwap:
        return this.#swap(data, value, chain);
      case TYPE.PoolSync:
        return this.#sync(data, value, chain);
      case TYPE.PoolState:
        return this.#state(data, value);
      default:
        return this.#move(type === TYPE.PoolMint ? 1 : -1, data, value, chain);
    }
  }

  /**
   * Says that a pool's record has changed: its row is made from the record, so a record that has a row never changes
   * without this.
   */
  publish(pool: number): void {
    const known = this.registry.rows[pool] as number;
    if (known >= 0) return this.window.change(known);
    const row = this.window.insert(this.registry.keyOf(pool));
    this.window.records.data.setUint32(this.window.records.at(row), pool, true);
    this.registry.rows[pool] = row;
  }

  #poolOf(row: number): number {
    return this.window.records.data.getUint32(this.window.records.at(row), true);
  }

  // Events

  #swap(data: DataView, value: number, chain: number): number {
    const pool = this.registry.open(data, value + SWAP.pool_address);
    this.registry.see(pool, data, value + SWAP.venue, chain);
    const tokenIn = value + SWAP.token_in_addr;
    const tokenOut = value + SWAP.token_out_addr;
    const decimalsIn = data.getUint8(value + SWAP.amount_in_decimals);
    const decimalsOut = data.getUint8(value + SWAP.amount_out_decimals);
    if (!this.registry.has(pool, HAS.tokens)) {
      // Pools of all supported venues sort their tokens by address.
      if (isBelow(data, tokenIn, tokenOut)) this.registry.setTokens(pool, data, tokenIn, tokenOut);
      else this.registry.setTokens(pool, data, tokenOut, tokenIn);
    }
    if (!this.registry.hasDecimals(pool)) {
      if (this.registry.isToken0(pool, data, tokenIn))
        this.registry.setDecimals(pool, decimalsIn, decimalsOut);
      else if (this.registry.isToken0(pool, data, tokenOut)) {
        this.registry.setDecimals(pool, decimalsOut, decimalsIn);
      }
    }
    if (!isZero(data, value + SWAP.sqrt_price_x96_after, 32)) {
      this.registry.records.take(pool, POOL.sqrt_price, data, value + SWAP.sqrt_price_x96_after, 32);
      this.registry.records.take(pool, POOL.liquidity, data, value + SWAP.liquidity_after, 16);
      this.registry.records.take(pool, POOL.tick, data, value + SWAP.tick_after, 4);
      this.registry.set(pool, HAS.price | HAS.liquidity);
    }
    this.registry.records.setNumber(pool, POOL.swaps, this.registry.records.getNumber(pool, POOL.swaps) + 1);
    this.registry.resolve(pool);
    return pool;
  }

  #sync(data: DataView, value: number, chain: number): number {
    const pool = this.registry.open(data, value + SYNC.pool_address);
    this.registry.see(pool, data, value + SYNC.venue, chain);
    if (!this.registry.has(pool, HAS.tokens)) {
      this.registry.setTokens(pool, data, value + SYNC.token0_addr, value + SYNC.token1_addr);
    }
    this.registry.setDecimals(
      pool,
      data.getUint8(value + SYNC.token0_decimals),
      data.getUint8(value + SYNC.token1_decimals),
    );
    this.registry.records.take(pool, POOL.reserve0, data, value + SYNC.reserve0, 32);
    this.registry.set(pool, HAS.reserves);
    this.registry.resolve(pool);
    return pool;
  }

  #state(data: DataView, value: number): number {
    const pool = this.registry.open(data, value + STATE.pool_address);
    this.registry.see(pool, data, value + STATE.venue, -1);
    if (!this.registry.has(pool, HAS.tokens)) {
      this.registry.setTokens(pool, data, value + STATE.token0_addr, value + STATE.token1_addr);
    }
    this.registry.setDecimals(
      pool,
      data.getUint8(value + STATE.token0_decimals),
      data.getUint8(value + STATE.token1_decimals),
    );
    if (!this.registry.has(pool, HAS.info)) {
      this.registry.records.setByte(pool, POOL.kind, data.getUint8(value + STATE.pool_type));
      const fee = data.getUint32(value + STATE.fee_rate, true) * BPS_TO_FEE;
      if (fee <= MAX_FEE) {
        this.registry.records.data.setUint32(this.registry.records.at(pool) + POOL.fee, fee, true);
        this.registry.set(pool, HAS.fee);
      }
    }
    if (!isZero(data, value + STATE.sqrt_price_x96, 16)) {
      this.registry.records.words.fill(
        0,
        (this.registry.records.at(pool) + POOL.sqrt_price) >>> 2,
        (this.registry.records.at(pool) + POOL.liquidity) >>> 2,
      );
      this.registry.records.take(pool, POOL.sqrt_price, data, value + STATE.sqrt_price_x96, 16);
      this.registry.records.take(pool, POOL.liquidity, data, value + STATE.liquidity, 16);
      this.registry.records.take(pool, POOL.tick, data, value + STATE.tick, 4);
      this.registry.set(pool, HAS.price | HAS.liquidity);
    }
    const isV2 = this.registry.records.getByte(pool, POOL.kind) === POOL_KIND.v2;
    if (isV2 || !isZero(data, value + STATE.reserve0, 32)) {
      this.registry.records.take(pool, POOL.reserve0, data, value + STATE.reserve0, 32);
      this.registry.set(pool, HAS.reserves);
    }
    this.registry.resolve(pool);
    return pool;
  }

  /** A mint (`sign` 1) or burn (-1): of a V3 pool's liquidity only where its range holds the current tick. */
  #move(sign: 1 | -1, data: DataView, value: number, chain: number): number {
    const pool = this.registry.open(data, value + MINT.pool_address);
    this.registry.see(pool, data, value + MINT.venue, chain);
    if (!this.registry.has(pool, HAS.tokens)) {
      this.registry.setTokens(pool, data, value + MINT.token0_addr, value + MINT.token1_addr);
    }
    this.registry.setDecimals(
      pool,
      data.getUint8(value + MINT.token0_decimals),
      data.getUint8(value + MINT.token1_decimals),
    );
    if (this.registry.has(pool, HAS.price) && this.registry.has(pool, HAS.liquidity)) {
      const tick = this.registry.records.data.getInt32(this.registry.records.at(pool) + POOL.tick, true);
      const isInRange =
        data.getInt32(value + MINT.tick_lower, true) <= tick &&
        tick < data.getInt32(value + MINT.tick_upper, true);
      if (isInRange && !this.#addLiquidity(pool, sign, data, value + MINT.liquidity_delta)) {
        this.#tally.faults.liquidity_overflow++;
        this.registry.unset(pool, HAS.liquidity);
      }
    }
    this.registry.resolve(pool);
    return pool;
  }

  /** liquidity +- the u128 at `delta`, by 32-bit digits with carry; false where the result is no u128. */
  #addLiquidity(pool: number, sign: 1 | -1, data: DataView, delta: number): boolean {
    const { words } = this.registry.records;
    const start = (this.registry.records.at(pool) + POOL.liquidity) >>> 2;
    let carry = 0;
    for (let digit = 0; digit < 4; digit++) {
      const sum = (words[start + digit] as number) + sign * data.getUint32(delta + 4 * digit, true) + carry;
      words[start + digit] = sum;
      carry = Math.floor(sum / 2 ** 32);
    }
    return carry === 0;
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
