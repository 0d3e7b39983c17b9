/** A pool as bytes: what the fold keeps of it, and what its row in pool.state is made from. */

import type { PoolStateEntity } from "../../protocol/stream/entities.ts";
import { readField } from "../../protocol/tlv/fields.ts";
import { DECIMALS_UNKNOWN, POOL_KIND, type PoolKindName, venueName } from "../../protocol/tlv/registry.ts";
import { amountOf } from "../amount.ts";
import { address, u64, u128, u256 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { priceOfAmounts, priceOfSqrt } from "./price.ts";
import { cleanSymbol } from "./symbol.ts";

/** Byte offsets. Widths as in the TLVs; `last_seen` and `swaps` are doubles. */
export const POOL = {
  reserve0: 0,
  reserve1: 16,
  sqrt_price: 32,
  liquidity: 64,
  chain_id: 80,
  last_seen: 88,
  swaps: 96,
  tick: 104,
  fee: 108,
  venue: 112,
  kind: 114,
  has: 116,
  /** u16; 0: unknown, or of a kind that has none. */
  tick_spacing: 118,
  token0: 120,
  token1: 140,
  /** The pair block, which rows of pool.main copy whole. */
  pair: 160,
} as const;

/** Offsets inside the pair block. `known` is bits of `PAIR_KNOWN`. */
export const PAIR = {
  symbol0: 0,
  symbol1: 32,
  decimals0: 64,
  decimals1: 65,
  token0_quotes: 66,
  known: 67,
} as const;
export const PAIR_BYTES = 68;
export const PAIR_KNOWN = { symbol0: 1, symbol1: 2, stable0: 4, stable1: 8 } as const;

/** Bits of `has`: which fields hold something. `info`: a PoolInfo told venue, kind and tokens, which stand from then on. */
export const HAS = { reserves: 1, price: 2, liquidity: 4, fee: 8, tokens: 16, chain: 32, info: 64 } as const;

export const POOL_BYTES = POOL.pair + PAIR_BYTES;

const KIND_NAME = new Map<number, PoolKindName>(
  Object.entries(POOL_KIND).map(([name, kind]) => [kind, name as PoolKindName]),
);

/** What the pair block says. Symbols as they may be shown. */
export interface Pair {
  symbol0: string | null;
  symbol1: string | null;
  decimals0: number | null;
  decimals1: number | null;
  token0Quotes: boolean;
  /** BASE/QUOTE; null while a symbol is unknown. */
  name: string | null;
}

/** Reads a pair block at a byte of a slab. */
export function readPair(records: Slab, at: number): Pair {
  const { bytes } = records;
  const symbol0 = symbolAt(records, at, PAIR_KNOWN.symbol0, PAIR.symbol0);
  const symbol1 = symbolAt(records, at, PAIR_KNOWN.symbol1, PAIR.symbol1);
  const token0Quotes = bytes[at + PAIR.token0_quotes] === 1;
  const isNamed = symbol0 !== null && symbol1 !== null;
  return {
    symbol0,
    symbol1,
    decimals0: decimalsOrNull(bytes[at + PAIR.decimals0] as number),
    decimals1: decimalsOrNull(bytes[at + PAIR.decimals1] as number),
    token0Quotes,
    name: isNamed ? (token0Quotes ? `${symbol1}/${symbol0}` : `${symbol0}/${symbol1}`) : null,
  };
}

function symbolAt({ bytes, data }: Slab, pair: number, known: number, offset: number): string | null {
  if (((bytes[pair + PAIR.known] as number) & known) === 0) return null;
  return cleanSymbol(readField("text32", bytes, data, pair + offset) as string);
}

export function decimalsOrNull(decimals: number): number | null {
  return decimals === DECIMALS_UNKNOWN ? null : decimals;
}

/** The row of pool.state. Keys sorted. */
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
  const sqrtPrice = u256(data, at + POOL.sqrt_price);
  let price: number | null = null;
  if (hasPrice) price = priceOfSqrt(sqrtPrice, pair);
  else if (hasReserves) price = priceOfAmounts({ amount0: reserve0, amount1: reserve1, ...pair });

  return {
    chain_id: has & HAS.chain ? Number(u64(data, at + POOL.chain_id)) : null,
    // A fee that nobody could read is 0 on the wire.
    fee: has & HAS.fee ? data.getUint32(at + POOL.fee, true) || null : null,
    id,
    kind: KIND_NAME.get(bytes[at + POOL.kind] as number) ?? null,
    last_seen_unix_ms: data.getFloat64(at + POOL.last_seen, true),
    liquidity: has & HAS.liquidity ? u128(data, at + POOL.liquidity).toString() : null,
    pair: pair.name,
    price,
    price_usd: null,
    reserve0: hasReserves ? amountOf(reserve0, pair.decimals0) : null,
    reserve1: hasReserves ? amountOf(reserve1, pair.decimals1) : null,
    seq,
    sqrt_price_x96: hasPrice ? sqrtPrice.toString() : null,
    swaps: data.getFloat64(at + POOL.swaps, true),
    symbol0: pair.symbol0,
    symbol1: pair.symbol1,
    tick: hasPrice ? data.getInt32(at + POOL.tick, true) : null,
    token0: hasTokens ? address(bytes, at + POOL.token0) : null,
    token1: hasTokens ? address(bytes, at + POOL.token1) : null,
    tvl_usd: null,
    venue: venueName(data.getUint16(at + POOL.venue, true)),
    volume_usd: null,
  };
}
