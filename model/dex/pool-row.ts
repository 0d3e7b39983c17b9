/** The row of pool.state. */
import type { PoolStateEntity } from "../../protocol/stream/entities.ts";
import { POOL_KIND, type PoolKindName, venueName } from "../../protocol/tlv/registry.ts";
import { amountOf } from "../amount.ts";
import { address, u64, u128, u256 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { HAS, type Pair, POOL, ratioAt, readPair } from "./pool-record.ts";
import { divide, priceOf } from "./price.ts";
import { dollarsOf, type Holding } from "./usd.ts";

/** Volumes are summed in millionths of a dollar. */
const VOLUME_UNITS = 1_000_000n;

const KIND_NAME = new Map<number, PoolKindName>(
  Object.entries(POOL_KIND).map(([name, kind]) => [kind, name as PoolKindName]),
);

/** Keys sorted. */
export function poolRow(records: Slab, slot: number, id: string, seq: number): PoolStateEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const has = bytes[at + POOL.has] as number;
  const pair = readPair(records, at + POOL.pair);
  const hasPrice = (has & HAS.price) !== 0;
  const hasReserves = (has & HAS.reserves) !== 0;
  const hasTokens = (has & HAS.tokens) !== 0;
  const reserve0 = u128(data, at + POOL.reserve0);
  const reserve1 = u128(data, at + POOL.reserve1);
  return {
    chain_id: has & HAS.chain ? Number(u64(data, at + POOL.chain_id)) : null,
    // A fee that nobody could read is 0 on the wire.
    fee: has & HAS.fee ? data.getUint32(at + POOL.fee, true) || null : null,
    id,
    kind: KIND_NAME.get(bytes[at + POOL.kind] as number) ?? null,
    last_seen_unix_ms: data.getFloat64(at + POOL.last_seen, true),
    liquidity: has & HAS.liquidity ? u128(data, at + POOL.liquidity).toString() : null,
    pair: pair.name,
    price: priceOf(ratioAt(records, slot), pair.token0Quotes),
    price_usd: pair.token0Quotes ? pair.price1 : pair.price0,
    reserve0: hasReserves ? amountOf(reserve0, pair.decimals0) : null,
    reserve1: hasReserves ? amountOf(reserve1, pair.decimals1) : null,
    seq,
    sqrt_price_x96: hasPrice ? u256(data, at + POOL.sqrt_price).toString() : null,
    swaps: data.getFloat64(at + POOL.swaps, true),
    symbol0: pair.symbol0,
    symbol1: pair.symbol1,
    tick: hasPrice ? data.getInt32(at + POOL.tick, true) : null,
    token0: hasTokens ? address(bytes, at + POOL.token0) : null,
    token1: hasTokens ? address(bytes, at + POOL.token1) : null,
    tvl_usd: hasReserves ? dollarsOf([holding(reserve0, 0, pair), holding(reserve1, 1, pair)]) : null,
    venue: venueName(data.getUint16(at + POOL.venue, true)),
    volume_usd: volumeOf(u64(data, at + POOL.volume), pair),
  };
}

function holding(amount: bigint, side: 0 | 1, pair: Pair): Holding {
  return side === 0
    ? { amount, decimals: pair.decimals0, price: pair.price0 }
    : { amount, decimals: pair.decimals1, price: pair.price1 };
}

/** Nothing swapped is 0 only where a swap would have counted. */
function volumeOf(volume: bigint, pair: Pair): number | null {
  if (volume === 0n) return pair.price0 === null && pair.price1 === null ? null : 0;
  return divide(volume, VOLUME_UNITS);
}
