/**
 * A decoded pool event as a TLV.
 *
 * - Swap: amounts are the pool's net gain of one token and net loss of the other. A V2 swap may take both tokens in and
 *   pay back in both (a flash swap); what counts is the balance. A swap that moved nothing has token0 as token in.
 * - A V2 swap has no liquidity, tick or sqrt price: these three are 0. Its price follows from the Sync before it.
 * - A V2 mint's or burn's liquidity in LP tokens is not in the event: `liquidity_delta` and both ticks are 0.
 * - `provider_addr`: the position's owner on V3 and Algebra, the caller (a router, as a rule) on V2.
 * - Initialize is a PoolState with the price and nothing else, for nothing else is there yet.
 */
import type { TlvInit } from "../../../protocol/tlv/encode.ts";
import { POOL_KIND } from "../../../protocol/tlv/registry.ts";
import type { ChainLog } from "./chain.ts";
import { unknownBlockHash } from "./chain.ts";
import type { PoolEvent } from "./events.ts";
import type { Pool, PoolSnapshot, Token } from "./pools.ts";

export const NS_PER_S = 1_000_000_000n;
/** PoolState's fee is in whole basis points, rounded down; the exact fee is PoolInfo's. */
const FEE_PER_BPS = 100;
const ZERO_ADDRESS = `0x${"0".repeat(40)}`;

/** When and where an event happened. */
interface Place {
  readonly block_number: number;
  readonly unix_s: number;
}

type Fee = Extract<PoolEvent, { event: "AlgebraFee" }>;

/** The event's TLV; null for a swap without a direction. */
export function poolEventTlv(event: Exclude<PoolEvent, Fee>, pool: Pool, place: Place): TlvInit | null {
  switch (event.event) {
    case "V2Swap":
      return swapTlv(pool, place, {
        gain0: event.amount0In - event.amount0Out,
        gain1: event.amount1In - event.amount1Out,
        liquidity: 0n,
        tick: 0,
        sqrtPriceX96: 0n,
      });
    case "V3Swap":
      return swapTlv(pool, place, { ...event, gain0: event.amount0, gain1: event.amount1 });
    case "V2Sync":
      return {
        name: "PoolSync",
        reserve0: event.reserve0,
        reserve1: event.reserve1,
        ...whenAndWhere(pool, place),
        ...tokens(pool),
      };
    case "V2Mint":
    case "V2Burn":
      return changeTlv(event.event === "V2Mint" ? "PoolMint" : "PoolBurn", pool, place, {
        amount: 0n,
        amount0: event.amount0,
        amount1: event.amount1,
        tickLower: 0,
        tickUpper: 0,
        owner: event.sender,
      });
    case "V3Mint":
      return changeTlv("PoolMint", pool, place, event);
    case "V3Burn":
      return changeTlv("PoolBurn", pool, place, event);
    case "V3Initialize":
      return poolStateTlv(pool, place, {
        reserve0: 0n,
        reserve1: 0n,
        sqrt_price_x96: event.sqrtPriceX96,
        liquidity: 0n,
        tick: event.tick,
      });
  }
}

export function poolStateTlv(pool: Pool, place: Place, snapshot: PoolSnapshot): TlvInit {
  return {
    name: "PoolState",
    ...snapshot,
    ...whenAndWhere(pool, place),
    fee_rate: Math.floor(pool.fee / FEE_PER_BPS),
    pool_type: POOL_KIND[pool.kind],
    ...tokens(pool),
  };
}

/** Companion of a pool event. `sender` is the event's own: who called the pool; zero where the event has none. */
export function provenanceTlv(chain_id: bigint, log: ChainLog, event: PoolEvent): TlvInit {
  const caller = "sender" in event ? event.sender : "owner" in event ? event.owner : ZERO_ADDRESS;
  return {
    name: "Provenance",
    chain_id,
    block_number: BigInt(log.block_number),
    log_index: log.log_index,
    tx_index: log.tx_index,
    reorged: log.removed ? 1 : 0,
    sender: caller,
    block_hash: log.block_hash ?? unknownBlockHash(log.block_number),
    tx_hash: log.tx_hash,
  };
}

export function tokenInfoTlv(chain_id: bigint, token: Token): TlvInit {
  const { address, decimals, symbol, name, stable } = token;
  return {
    name: "TokenInfo",
    chain_id,
    decimals,
    stable: stable ? 1 : 0,
    address,
    symbol,
    token_name: name,
  };
}

export function poolInfoTlv(chain_id: bigint, pool: Pool): TlvInit {
  return {
    name: "PoolInfo",
    chain_id,
    fee: pool.fee,
    tick_spacing: pool.tick_spacing,
    venue: pool.venue,
    kind: POOL_KIND[pool.kind],
    pool: pool.address,
    token0: pool.token0.address,
    token1: pool.token1.address,
  };
}

interface SwapResult {
  /** What the pool has more of each token after the swap; negative: less. */
  readonly gain0: bigint;
  readonly gain1: bigint;
  readonly liquidity: bigint;
  readonly tick: number;
  readonly sqrtPriceX96: bigint;
}

function swapTlv(pool: Pool, place: Place, swap: SwapResult): TlvInit | null {
  const { gain0, gain1 } = swap;
  if ((gain0 > 0n && gain1 > 0n) || (gain0 < 0n && gain1 < 0n)) return null;
  const isToken0In = gain0 > 0n || gain1 < 0n || (gain0 === 0n && gain1 === 0n);
  const [tokenIn, tokenOut] = isToken0In ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
  const { pool_address, venue, timestamp_ns, block_number } = whenAndWhere(pool, place);
  return {
    name: "PoolSwap",
    amount_in: isToken0In ? gain0 : gain1,
    amount_out: isToken0In ? -gain1 : -gain0,
    liquidity_after: swap.liquidity,
    timestamp_ns,
    block_number,
    tick_after: swap.tick,
    venue,
    amount_in_decimals: tokenIn.decimals,
    amount_out_decimals: tokenOut.decimals,
    pool_address,
    token_in_addr: tokenIn.address,
    token_out_addr: tokenOut.address,
    sqrt_price_x96_after: swap.sqrtPriceX96,
  };
}

interface LiquidityChange {
  readonly amount: bigint;
  readonly amount0: bigint;
  readonly amount1: bigint;
  readonly tickLower: number;
  readonly tickUpper: number;
  readonly owner: string;
}

function changeTlv(
  name: "PoolMint" | "PoolBurn",
  pool: Pool,
  place: Place,
  change: LiquidityChange,
): TlvInit {
  const { pool_address, venue, timestamp_ns } = whenAndWhere(pool, place);
  return {
    name,
    liquidity_delta: change.amount,
    amount0: change.amount0,
    amount1: change.amount1,
    timestamp_ns,
    tick_lower: change.tickLower,
    tick_upper: change.tickUpper,
    venue,
    pool_address,
    provider_addr: change.owner,
    ...tokens(pool),
  };
}

function whenAndWhere(pool: Pool, place: Place) {
  return {
    timestamp_ns: BigInt(place.unix_s) * NS_PER_S,
    block_number: BigInt(place.block_number),
    venue: pool.venue,
    pool_address: pool.address,
  };
}

function tokens({ token0, token1 }: Pool) {
  return {
    token0_decimals: token0.decimals,
    token1_decimals: token1.decimals,
    token0_addr: token0.address,
    token1_addr: token1.address,
  };
}
