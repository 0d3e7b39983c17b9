/** A pool event as bytes: its TLV's value as it came, its place, and what its pool knew of the pair. */
import { PoolEventEntity } from "../../protocol/stream/entities.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { venueName } from "../../protocol/tlv/registry.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import {
  ADDRESS_BYTES,
  HASH_BYTES,
  isZero,
  U64_WORDS,
  U128_WORDS,
  U256_WORDS,
  u64AsNumber,
} from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { decimalsOrNull, PAIR_BYTES, type Pair, readPair, SIDE_UNKNOWN, valueSide } from "./pool-record.ts";
import { priceOfAmountsAt } from "./price.ts";
import { dollarsAt } from "./usd.ts";

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

const NAME = fieldNames(PoolEventEntity);
const COLON = 58;
const ZERO = 48;
/** An offset of a field that an event does not have. */
const NOWHERE = -1;

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

/** The row of pool.main. */
export function writeEvent(row: JsonWriter, records: Slab, slot: number, id: JsonWriter, seq: number): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const type = bytes[at + ROW.type] as keyof typeof KIND;
  const has = bytes[at + ROW.has] as number;
  const isPlaced = (has & ROW_HAS.place) !== 0;
  const isSwap = type === TYPE.PoolSwap;
  const isSync = type === TYPE.PoolSync;
  // A V3 pool's price is never 0; a V2 swap has none of the three.
  const isV3 = isSwap && !isZero(data, at + SWAP.sqrt_price_x96_after, U256_WORDS);
  const amounts = at + (isSync ? SYNC.reserve0 : MINT.amount0);
  const pair = readPair(records, at + ROW.pair);
  const told = at + (isSync ? SYNC.token0_decimals : MINT.token0_decimals);
  const swap = isSwap ? readSwap(records, at, pair) : null;
  const side = swap?.side ?? SIDE_UNKNOWN;

  row
    .field(NAME.amount0)
    .when(!isSwap)
    ?.amount(data, amounts, decimalsOrNull(bytes[told] as number) ?? pair.decimals0);
  row
    .field(NAME.amount1)
    .when(!isSwap)
    ?.amount(data, amounts + 16, decimalsOrNull(bytes[told + 1] as number) ?? pair.decimals1);
  row
    .field(NAME.amount_in)
    .when(isSwap)
    ?.amount(data, at + SWAP.amount_in, swap?.decimalsIn ?? null);
  row
    .field(NAME.amount_out)
    .when(isSwap)
    ?.amount(data, at + SWAP.amount_out, swap?.decimalsOut ?? null);
  const block = isPlaced ? ROW.block : isSwap ? SWAP.block_number : isSync ? SYNC.block_number : NOWHERE;
  row
    .field(NAME.block_number)
    .when(block !== NOWHERE)
    ?.decimal(data, at + block, U64_WORDS);
  row
    .field(NAME.chain_id)
    .when((has & ROW_HAS.chain) !== 0)
    ?.number(u64AsNumber(data, at + ROW.chain_id));
  row.field(NAME.id).quoted(id);
  row.field(NAME.kind).text(KIND[type]);
  row
    .field(NAME.liquidity_after)
    .when(isV3)
    ?.decimal(data, at + SWAP.liquidity_after, U128_WORDS);
  row.field(NAME.log_index).when(isPlaced)?.number(logIndexOf(id));
  row.field(NAME.pair).text(isSwap && side === SIDE_UNKNOWN ? null : pair.name);
  row.field(NAME.pool).hex(bytes, at + POOL_ADDRESS[type], ADDRESS_BYTES);
  row.field(NAME.price).number(swap?.price ?? null);
  row.field(NAME.seen_unix_ms).number(data.getFloat64(at + ROW.seen, true));
  row.field(NAME.seq).number(seq);
  row
    .field(NAME.sqrt_price_x96_after)
    .when(isV3)
    ?.decimal(data, at + SWAP.sqrt_price_x96_after, U256_WORDS);
  row.field(NAME.status).text(bytes[at + ROW.reorged] === 0 ? "seen" : "reorged");
  row.field(NAME.symbol0).text(isSwap ? null : pair.symbol0);
  row.field(NAME.symbol1).text(isSwap ? null : pair.symbol1);
  row.field(NAME.symbol_in).text(side === 0 ? pair.symbol0 : side === 1 ? pair.symbol1 : null);
  row.field(NAME.symbol_out).text(side === 0 ? pair.symbol1 : side === 1 ? pair.symbol0 : null);
  row
    .field(NAME.tick_after)
    .when(isV3)
    ?.number(data.getInt32(at + SWAP.tick_after, true));
  row
    .field(NAME.token_in)
    .when(isSwap)
    ?.hex(bytes, at + SWAP.token_in_addr, ADDRESS_BYTES);
  row
    .field(NAME.token_out)
    .when(isSwap)
    ?.hex(bytes, at + SWAP.token_out_addr, ADDRESS_BYTES);
  row
    .field(NAME.tx_hash)
    .when(isPlaced)
    ?.hex(bytes, at + ROW.tx_hash, HASH_BYTES);
  row.field(NAME.value_usd).number(swap?.valueUsd ?? null);
  row.field(NAME.venue).text(venueName(data.getUint16(at + VENUE[type], true)));
  row.end();
}

/** What a swap's row says beside its fields: of tokens that are not the pool's, no price. */
interface SwapFacts {
  side: number;
  decimalsIn: number | null;
  decimalsOut: number | null;
  price: number | null;
  valueUsd: number | null;
}

function readSwap(records: Slab, at: number, pair: Pair): SwapFacts {
  const { bytes, data } = records;
  const side = bytes[at + ROW.side] as number;
  const toldIn = decimalsOrNull(bytes[at + SWAP.amount_in_decimals] as number);
  const toldOut = decimalsOrNull(bytes[at + SWAP.amount_out_decimals] as number);
  if (side === SIDE_UNKNOWN) {
    return { side, decimalsIn: toldIn, decimalsOut: toldOut, price: null, valueUsd: null };
  }
  const isIn0 = side === 0;
  const decimalsIn = toldIn ?? (isIn0 ? pair.decimals0 : pair.decimals1);
  const decimalsOut = toldOut ?? (isIn0 ? pair.decimals1 : pair.decimals0);
  const amount0 = at + (isIn0 ? SWAP.amount_in : SWAP.amount_out);
  const amount1 = at + (isIn0 ? SWAP.amount_out : SWAP.amount_in);
  const decimals0 = isIn0 ? decimalsIn : decimalsOut;
  const decimals1 = isIn0 ? decimalsOut : decimalsIn;
  const { token0Quotes, price0, price1 } = pair;
  const price = priceOfAmountsAt(data, amount0, amount1, { decimals0, decimals1, token0Quotes });
  const valued = valueSide(records, at + ROW.pair);
  const valueUsd =
    valued === 0
      ? dollarsAt(data, amount0, decimals0, price0)
      : valued === 1
        ? dollarsAt(data, amount1, decimals1, price1)
        : null;
  return { side, decimalsIn, decimalsOut, price, valueUsd };
}

/** The last part of an id by place. */
function logIndexOf({ bytes, length }: JsonWriter): number {
  let index = 0;
  for (let at = bytes.lastIndexOf(COLON, length - 1) + 1; at < length; at++) {
    index = 10 * index + ((bytes[at] as number) - ZERO);
  }
  return index;
}
