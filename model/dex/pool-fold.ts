/** What each event does to its pool's record. */
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import type { Tally } from "../counters.ts";
import { isZero, U128_WORDS, U256_WORDS } from "../read.ts";
import { DECIMALS_TO_DOUBLE, toNumber } from "./float.ts";
import { HAS, PAIR, POOL, SIDE_UNKNOWN, valueSide } from "./pool-record.ts";
import { isToken0Of, type PoolRegistry } from "./pool-registry.ts";

/** A fee of all there is, in hundredths of a bip. */
const MAX_FEE = 1_000_000;
const BPS_TO_FEE = 100;
/** Volumes are summed in millionths of a dollar, a swap as one worth 9 billion dollars at most. */
const VOLUME_UNITS = 1_000_000;
const U32 = 2 ** 32;

const SWAP = OFFSET.PoolSwap;
const SYNC = OFFSET.PoolSync;
const STATE = OFFSET.PoolState;
/** PoolMint and PoolBurn have one layout. */
const MINT = OFFSET.PoolMint;
/** Where an event holds its venue and its pool's tokens; a swap tells them in another way. */
type PairOffsets = Pick<
  typeof SYNC,
  "venue" | "token0_addr" | "token1_addr" | "token0_decimals" | "token1_decimals"
>;

/** Where each kind of event holds its pool. */
export function poolAddressOf(type: number): number {
  switch (type) {
    case TYPE.PoolSwap:
      return SWAP.pool_address;
    case TYPE.PoolSync:
      return SYNC.pool_address;
    case TYPE.PoolState:
      return STATE.pool_address;
    default:
      return MINT.pool_address;
  }
}

export class PoolFold {
  readonly #registry: PoolRegistry;
  readonly #tally: Tally;

  constructor(registry: PoolRegistry, tally: Tally) {
    this.#registry = registry;
    this.#tally = tally;
  }

  /** `chain` is where a chain id lies in `data`, or -1. */
  apply(pool: number, type: number, data: DataView, value: number, chain: number): void {
    switch (type) {
      case TYPE.PoolSwap:
        this.#swap(pool, data, value, chain);
        break;
      case TYPE.PoolSync:
        this.#sync(pool, data, value, chain);
        break;
      case TYPE.PoolState:
        this.#state(pool, data, value, chain);
        break;
      default:
        this.#move(pool, type === TYPE.PoolMint ? 1 : -1, data, value, chain);
    }
  }

  #swap(pool: number, data: DataView, value: number, chain: number): void {
    const registry = this.#registry;
    const { records } = registry;
    registry.see(pool, data, value + SWAP.venue, chain);
    const tokenIn = value + SWAP.token_in_addr;
    const tokenOut = value + SWAP.token_out_addr;
    if (!registry.has(pool, HAS.tokens)) {
      if (isToken0Of(data, tokenIn, tokenOut)) registry.setTokens(pool, data, tokenIn, tokenOut);
      else registry.setTokens(pool, data, tokenOut, tokenIn);
    }
    if (!registry.hasDecimals(pool)) {
      const decimalsIn = data.getUint8(value + SWAP.amount_in_decimals);
      const decimalsOut = data.getUint8(value + SWAP.amount_out_decimals);
      if (registry.isToken0(pool, data, tokenIn)) registry.setDecimals(pool, decimalsIn, decimalsOut);
      else if (registry.isToken0(pool, data, tokenOut)) registry.setDecimals(pool, decimalsOut, decimalsIn);
    }
    if (!isZero(data, value + SWAP.sqrt_price_x96_after, U256_WORDS)) {
      records.take(pool, POOL.sqrt_price, data, value + SWAP.sqrt_price_x96_after, 32);
      records.take(pool, POOL.liquidity, data, value + SWAP.liquidity_after, 16);
      records.take(pool, POOL.tick, data, value + SWAP.tick_after, 4);
      registry.set(pool, HAS.price | HAS.liquidity);
      if (registry.has(pool, HAS.reserves)) this.#trackSwap(pool, data, value);
    }
    records.setNumber(pool, POOL.swaps, records.getNumber(pool, POOL.swaps) + 1);
    registry.resolve(pool);
    registry.takePrices(pool);
    this.#addVolume(pool, data, value);
  }

  #sync(pool: number, data: DataView, value: number, chain: number): void {
    const registry = this.#registry;
    this.#meet(pool, data, value, chain, SYNC);
    registry.records.take(pool, POOL.reserve0, data, value + SYNC.reserve0, 32);
    registry.set(pool, HAS.reserves);
    registry.resolve(pool);
    registry.takePrices(pool);
  }

  /** What a collector read of a pool, or, as an event of a block, that a V3 pool was initialized: empty from then on. */
  #state(pool: number, data: DataView, value: number, chain: number): void {
    const registry = this.#registry;
    const { records } = registry;
    this.#meet(pool, data, value, chain, STATE);
    if (!registry.has(pool, HAS.info)) {
      records.setByte(pool, POOL.kind, data.getUint8(value + STATE.pool_type));
      const fee = data.getUint32(value + STATE.fee_rate, true) * BPS_TO_FEE;
      if (fee <= MAX_FEE) {
        records.data.setUint32(records.at(pool) + POOL.fee, fee, true);
        registry.set(pool, HAS.fee);
      }
    }
    if (!isZero(data, value + STATE.sqrt_price_x96, U128_WORDS)) {
      const at = records.at(pool);
      records.words.fill(0, (at + POOL.sqrt_price) >>> 2, (at + POOL.liquidity) >>> 2);
      records.take(pool, POOL.sqrt_price, data, value + STATE.sqrt_price_x96, 16);
      records.take(pool, POOL.liquidity, data, value + STATE.liquidity, 16);
      records.take(pool, POOL.tick, data, value + STATE.tick, 4);
      registry.set(pool, HAS.price | HAS.liquidity);
    }
    const isV2 = records.getByte(pool, POOL.kind) === POOL_KIND.v2;
    const isInitialize = chain >= 0 && isZero(data, value + STATE.liquidity, U128_WORDS);
    if (isV2 || isInitialize || !isZero(data, value + STATE.reserve0, 2 * U128_WORDS)) {
      records.take(pool, POOL.reserve0, data, value + STATE.reserve0, 32);
      registry.set(pool, HAS.reserves);
    }
    registry.resolve(pool);
    registry.takePrices(pool);
  }

  /** A mint (`sign` 1) or burn (-1): of a V3 pool's liquidity only where its range holds the current tick. */
  #move(pool: number, sign: 1 | -1, data: DataView, value: number, chain: number): void {
    const registry = this.#registry;
    this.#meet(pool, data, value, chain, MINT);
    if (registry.has(pool, HAS.price) && registry.has(pool, HAS.liquidity)) {
      const tick = registry.records.data.getInt32(registry.records.at(pool) + POOL.tick, true);
      const isInRange =
        data.getInt32(value + MINT.tick_lower, true) <= tick &&
        tick < data.getInt32(value + MINT.tick_upper, true);
      if (isInRange && !this.#add(pool, POOL.liquidity, sign, data, value + MINT.liquidity_delta)) {
        this.#tally.faults.liquidity_overflow++;
        registry.unset(pool, HAS.liquidity);
      }
    }
    if (registry.has(pool, HAS.price) && registry.has(pool, HAS.reserves)) {
      const isTracked =
        this.#add(pool, POOL.reserve0, sign, data, value + MINT.amount0) &&
        this.#add(pool, POOL.reserve1, sign, data, value + MINT.amount1);
      if (!isTracked) this.#loseBalances(pool);
    }
    registry.resolve(pool);
    registry.takePrices(pool);
  }

  /** Takes from an event that names the pool's tokens what is not known of the pool yet. `at`: the event's offsets. */
  #meet(pool: number, data: DataView, value: number, chain: number, at: PairOffsets): void {
    const registry = this.#registry;
    registry.see(pool, data, value + at.venue, chain);
    if (!registry.has(pool, HAS.tokens)) {
      registry.setTokens(pool, data, value + at.token0_addr, value + at.token1_addr);
    }
    const decimals0 = data.getUint8(value + at.token0_decimals);
    registry.setDecimals(pool, decimals0, data.getUint8(value + at.token1_decimals));
  }

  /** A V3 pool's balances after a swap. */
  #trackSwap(pool: number, data: DataView, value: number): void {
    const side = this.#sideOf(pool, data, value);
    const taken = side === 0 ? POOL.reserve0 : POOL.reserve1;
    const given = side === 0 ? POOL.reserve1 : POOL.reserve0;
    const isTracked =
      side !== SIDE_UNKNOWN &&
      this.#add(pool, taken, 1, data, value + SWAP.amount_in) &&
      this.#add(pool, given, -1, data, value + SWAP.amount_out);
    if (!isTracked) this.#loseBalances(pool);
  }

  #loseBalances(pool: number): void {
    this.#tally.faults.balance_overflow++;
    this.#registry.unset(pool, HAS.reserves);
  }

  #addVolume(pool: number, data: DataView, value: number): void {
    const { records } = this.#registry;
    const pair = records.at(pool) + POOL.pair;
    const valued = valueSide(records, pair);
    if (valued < 0) return;
    const side = this.#sideOf(pool, data, value);
    const decimals = records.bytes[pair + PAIR.decimals0 + valued] as number;
    const scale = DECIMALS_TO_DOUBLE[decimals];
    if (side === SIDE_UNKNOWN || scale === undefined) return;
    const amount = toNumber(data, value + (side === valued ? SWAP.amount_in : SWAP.amount_out));
    const price = records.data.getFloat64(pair + (valued === 0 ? PAIR.price0 : PAIR.price1), true);
    const units = Math.min(
      Math.floor(((amount * price) / scale) * VOLUME_UNITS + 0.5),
      Number.MAX_SAFE_INTEGER,
    );
    const at = records.at(pool) + POOL.volume;
    const upper = Math.floor(units / U32);
    const low = records.data.getUint32(at, true) + units - upper * U32;
    const high = records.data.getUint32(at + 4, true) + upper + (low >= U32 ? 1 : 0);
    records.data.setUint32(at, high < U32 ? low : U32 - 1, true);
    records.data.setUint32(at + 4, Math.min(high, U32 - 1), true);
  }

  #sideOf(pool: number, data: DataView, value: number): number {
    return this.#registry.sideOf(pool, data, value + SWAP.token_in_addr, value + SWAP.token_out_addr);
  }

  /** The u128 at `offset` of the record +- that at `delta`, by 32-bit digits with carry; false where the result is none. */
  #add(pool: number, offset: number, sign: 1 | -1, data: DataView, delta: number): boolean {
    const { words } = this.#registry.records;
    const start = (this.#registry.records.at(pool) + offset) >>> 2;
    let carry = 0;
    for (let digit = 0; digit < 4; digit++) {
      const sum = (words[start + digit] as number) + sign * data.getUint32(delta + 4 * digit, true) + carry;
      words[start + digit] = sum;
      carry = Math.floor(sum / U32);
    }
    return carry === 0;
  }
}
