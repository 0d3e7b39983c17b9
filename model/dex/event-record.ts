/** A pool event as bytes: its TLV's value as it came, its place, and what its pool knew of the pair. */
import type { PoolEventEntity } from "../../protocol/stream/entities.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { venueName } from "../../protocol/tlv/registry.ts";
import { amountOf } from "../amount.ts";
import { address, hash, u64, u128, u256 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { decimalsOrNull, PAIR_BYTES, type Pair, readPair, SIDE_UNKNOWN, valueSide } from "./pool-record.ts";
import { priceOfAmounts } from "./price.ts";
import { dollarsOf } from "./usd.ts";

/** Byte offsets in a row's record, after the TLV's value. */
export const ROW = {
  tx_hash: 208,
  seen: 240,
  number: 248,
  chain_id: 256,
  block: 264,
  type: 272,
  reorged: 273,
  has: 274,
  /** Which token of the pool went in: 0 or 1; 2 where the pool does not know them. */
  side: 275,
  pair: 276,
} as const;
export const EVENT_BYTES = ROW.pair + PAIR_BYTES;
export const ROW_HAS = { place: 1, chain: 2 } as const;

const SWAP = OFFSET.PoolSwap;
const MINT = OFFSET.PoolMint;
const SYNC = OFFSET.PoolSync;

const KIND = {
  [TYPE.PoolSwap]: "swap",
  [TYPE.PoolMint]: "mint",
  [TYPE.PoolBurn]: "burn",
  [TYPE.PoolSync]: "sync",
} as const;

/** Where each kind of event holds its pool and its venue. */
const POOL_ADDRESS = {
  [TYPE.PoolSwap]: SWAP.pool_address,
  [TYPE.PoolMint]: MINT.pool_address,
  [TYPE.PoolBurn]: MINT.pool_address,
  [TYPE.PoolSync]: SYNC.pool_address,
} as const;
const VENUE = {
  [TYPE.PoolSwap]: SWAP.venue,
  [TYPE.PoolMint]: MINT.venue,
  [TYPE.PoolBurn]: MINT.venue,
  [TYPE.PoolSync]: SYNC.venue,
} as const;

/** The row of pool.main. Keys sorted. */
export function eventRow(records: Slab, slot: number, id: string, seq: number): PoolEventEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const type = bytes[at + ROW.type] as keyof typeof KIND;
  const has = bytes[at + ROW.has] as number;
  const isPlaced = (has & ROW_HAS.place) !== 0;
  const pair = readPair(records, at + ROW.pair);
  const row: PoolEventEntity = {
    amount0: null,
    amount1: null,
    amount_in: null,
    amount_out: null,
    block_number: isPlaced ? u64(data, at + ROW.block).toString() : null,
    chain_id: has & ROW_HAS.chain ? Number(u64(data, at + ROW.chain_id)) : null,
    id,
    kind: KIND[type],
    liquidity_after: null,
    log_index: isPlaced ? logIndexOf(id) : null,
    pair: pair.name,
    pool: address(bytes, at + POOL_ADDRESS[type]),
    price: null,
    seen_unix_ms: data.getFloat64(at + ROW.seen, true),
    seq,
    sqrt_price_x96_after: null,
    status: bytes[at + ROW.reorged] === 0 ? "seen" : "reorged",
    symbol0: null,
    symbol1: null,
    symbol_in: null,
    symbol_out: null,
    tick_after: null,
    token_in: null,
    token_out: null,
    tx_hash: isPlaced ? hash(bytes, at + ROW.tx_hash) : null,
    value_usd: null,
    venue: venueName(data.getUint16(at + VENUE[type], true)),
  };
  if (type === TYPE.PoolSwap) fillSwap(row, records, at, pair);
  else if (type === TYPE.PoolSync) {
    row.block_number ??= u64(data, at + SYNC.block_number).toString();
    fillPair(row, records, at, SYNC.reserve0, SYNC.token0_decimals, pair);
  } else fillPair(row, records, at, MINT.amount0, MINT.token0_decimals, pair);
  return row;
}

function fillSwap(row: PoolEventEntity, records: Slab, at: number, pair: Pair): void {
  const { bytes, data } = records;
  const side = bytes[at + ROW.side] as number;
  const isIn0 = side === 0;
  const isKnown = side !== SIDE_UNKNOWN;
  const amountIn = u128(data, at + SWAP.amount_in);
  const amountOut = u128(data, at + SWAP.amount_out);
  const toldIn = decimalsOrNull(bytes[at + SWAP.amount_in_decimals] as number);
  const toldOut = decimalsOrNull(bytes[at + SWAP.amount_out_decimals] as number);
  const decimalsIn = toldIn ?? (isKnown ? (isIn0 ? pair.decimals0 : pair.decimals1) : null);
  const decimalsOut = toldOut ?? (isKnown ? (isIn0 ? pair.decimals1 : pair.decimals0) : null);
  row.amount_in = amountOf(amountIn, decimalsIn);
  row.amount_out = amountOf(amountOut, decimalsOut);
  row.token_in = address(bytes, at + SWAP.token_in_addr);
  row.token_out = address(bytes, at + SWAP.token_out_addr);
  row.block_number ??= u64(data, at + SWAP.block_number).toString();
  if (isKnown) {
    row.symbol_in = isIn0 ? pair.symbol0 : pair.symbol1;
    row.symbol_out = isIn0 ? pair.symbol1 : pair.symbol0;
    const sides = {
      amount0: isIn0 ? amountIn : amountOut,
      amount1: isIn0 ? amountOut : amountIn,
      decimals0: isIn0 ? decimalsIn : decimalsOut,
      decimals1: isIn0 ? decimalsOut : decimalsIn,
    };
    row.price = priceOfAmounts({ ...sides, token0Quotes: pair.token0Quotes });
    const valued = valueSide(records, at + ROW.pair);
    const { amount0, amount1, decimals0, decimals1 } = sides;
    if (valued === 0)
      row.value_usd = dollarsOf([{ amount: amount0, decimals: decimals0, price: pair.price0 }]);
    if (valued === 1)
      row.value_usd = dollarsOf([{ amount: amount1, decimals: decimals1, price: pair.price1 }]);
  } else row.pair = null;
  const sqrtPrice = u256(data, at + SWAP.sqrt_price_x96_after);
  if (sqrtPrice === 0n) return;
  // A V3 pool's price is never 0; a V2 swap has none of the three.
  row.sqrt_price_x96_after = sqrtPrice.toString();
  row.liquidity_after = u128(data, at + SWAP.liquidity_after).toString();
  row.tick_after = data.getInt32(at + SWAP.tick_after, true);
}

/** The two amounts of a mint, burn or sync lie one after the other from `amounts`, their decimals from `decimals`. */
function fillPair(
  row: PoolEventEntity,
  { bytes, data }: Slab,
  at: number,
  amounts: number,
  decimals: number,
  pair: Pair,
): void {
  const told0 = decimalsOrNull(bytes[at + decimals] as number);
  const told1 = decimalsOrNull(bytes[at + decimals + 1] as number);
  row.amount0 = amountOf(u128(data, at + amounts), told0 ?? pair.decimals0);
  row.amount1 = amountOf(u128(data, at + amounts + 16), told1 ?? pair.decimals1);
  row.symbol0 = pair.symbol0;
  row.symbol1 = pair.symbol1;
}

function logIndexOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}
