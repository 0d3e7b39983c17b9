/**
 * A pool as bytes: what the fold keeps of it, and what its row in pool.state is made from. What blocks change comes
 * first, then what the pool is, which no block takes back.
 */
import { readField } from "../../protocol/tlv/fields.ts";
import { DECIMALS_UNKNOWN } from "../../protocol/tlv/registry.ts";
import { U128_WORDS, U256_WORDS, u128, u256 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { DoubleDouble } from "./double-double.ts";
import { priceOf, type Ratio, ratioOfAmounts, ratioOfSqrt, scale } from "./price.ts";
import { cleanSymbol } from "./symbol.ts";

/** Byte offsets. Widths as in the TLVs; `last_seen` and `swaps` are doubles, `volume` a u64 in millionths of a dollar. */
export const POOL = {
  /** V2: reserves. V3: balances, tracked. */
  reserve0: 0,
  reserve1: 16,
  sqrt_price: 32,
  liquidity: 64,
  last_seen: 80,
  swaps: 88,
  volume: 96,
  tick: 104,
  fee: 108,
  chain_id: 112,
  venue: 120,
  kind: 122,
  has: 123,
  /** u16; 0: unknown, or of a kind that has none. */
  tick_spacing: 124,
  token0: 128,
  token1: 148,
  /** The pair block, which rows of pool.main copy whole. */
  pair: 168,
} as const;

/** Where what the pool is begins: [identity, POOL_BYTES). */
export const POOL_IDENTITY = POOL.fee;

/** Offsets inside the pair block. `known` is bits of `PAIR_KNOWN`; prices are doubles, US dollars, 0 = unknown. */
export const PAIR = {
  symbol0: 0,
  symbol1: 32,
  decimals0: 64,
  decimals1: 65,
  token0_quotes: 66,
  known: 67,
  price0: 68,
  price1: 76,
} as const;
export const PAIR_BYTES = 84;
/** `stable`: by what the token says of itself; `dollar`: by the registry. */
export const PAIR_KNOWN = {
  symbol0: 1,
  symbol1: 2,
  stable0: 4,
  stable1: 8,
  dollar0: 16,
  dollar1: 32,
} as const;

/** What the square of a V3 pool's root is a multiple of. */
const Q192 = 2 ** 192;

const DOLLARS = PAIR_KNOWN.dollar0 | PAIR_KNOWN.dollar1;

/**
 * Bits of `has`: which fields hold something. `info`: a PoolInfo told venue, kind and tokens, which stand from then on.
 * `seen`: an event was folded, so that the pool has a row or had one.
 */
export const HAS = {
  reserves: 1,
  price: 2,
  liquidity: 4,
  fee: 8,
  tokens: 16,
  chain: 32,
  info: 64,
  seen: 128,
} as const;
/** Bits that belong to what the pool is. */
export const HAS_IDENTITY = HAS.fee | HAS.tokens | HAS.chain | HAS.info;

/** Side of a swap whose tokens are not the pool's; else 0 or 1, the token of the pool that went in. */
export const SIDE_UNKNOWN = 2;

export const POOL_BYTES = POOL.pair + PAIR_BYTES;

const SYMBOL_BYTES = 32;
const SPACE = 32;
const DELETE = 127;

/** What the pair block says. Symbols as they may be shown. */
export interface Pair {
  symbol0: string | null;
  symbol1: string | null;
  decimals0: number | null;
  decimals1: number | null;
  token0Quotes: boolean;
  /** US dollars a whole token. */
  price0: number | null;
  price1: number | null;
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
    price0: priceOrNull(records.data, at + PAIR.price0),
    price1: priceOrNull(records.data, at + PAIR.price1),
    name: isNamed ? (token0Quotes ? `${symbol1}/${symbol0}` : `${symbol0}/${symbol1}`) : null,
  };
}

/** Makes a pair block that says nothing. */
export function clearPair({ bytes }: Slab, at: number): void {
  bytes.fill(0, at, at + PAIR_BYTES);
  bytes[at + PAIR.decimals0] = DECIMALS_UNKNOWN;
  bytes[at + PAIR.decimals1] = DECIMALS_UNKNOWN;
}

function symbolAt({ bytes, data }: Slab, pair: number, known: number, offset: number): string | null {
  if (((bytes[pair + PAIR.known] as number) & known) === 0) return null;
  const at = pair + offset;
  return asciiWordAt(bytes, at) ?? cleanSymbol(readField("text32", bytes, data, at) as string);
}

/** A text32 of nothing but visible ASCII, as nearly every symbol is; null for any other. */
function asciiWordAt(bytes: Uint8Array, at: number): string | null {
  const end = at + SYMBOL_BYTES;
  let text = "";
  let i = at;
  for (; i < end && bytes[i] !== 0; i++) {
    const code = bytes[i] as number;
    if (code <= SPACE || code >= DELETE) return null;
    text += String.fromCharCode(code);
  }
  for (; i < end; i++) if (bytes[i] !== 0) return null;
  return text === "" ? null : text;
}

function priceOrNull(data: DataView, at: number): number | null {
  return data.getFloat64(at, true) || null;
}

export function decimalsOrNull(decimals: number): number | null {
  return decimals === DECIMALS_UNKNOWN ? null : decimals;
}

/** Whole units of token1 a whole one of token0, exact: of V3 by its square root, else by its reserves. null: unknown. */
export function ratioAt(records: Slab, pool: number): Ratio | null {
  const { bytes, data } = records;
  const at = records.at(pool);
  const has = bytes[at + POOL.has] as number;
  const decimals = {
    decimals0: decimalsOrNull(bytes[at + POOL.pair + PAIR.decimals0] as number),
    decimals1: decimalsOrNull(bytes[at + POOL.pair + PAIR.decimals1] as number),
  };
  if (has & HAS.price) return ratioOfSqrt(u256(data, at + POOL.sqrt_price), decimals);
  if ((has & HAS.reserves) === 0) return null;
  const amounts = { amount0: u128(data, at + POOL.reserve0), amount1: u128(data, at + POOL.reserve1) };
  return ratioOfAmounts({ ...amounts, ...decimals });
}

/** Quote per base of a pool; null where there is no ratio. */
export function priceAt(records: Slab, pool: number): number | null {
  const token0Quotes = records.getByte(pool, POOL.pair + PAIR.token0_quotes) === 1;
  if (!takeRatio(records, pool, one, other)) return priceOf(ratioAt(records, pool), token0Quotes);
  const price = (token0Quotes ? other.over(one) : one.over(other)).rounded();
  return Number.isNaN(price) ? priceOf(ratioAt(records, pool), token0Quotes) : price;
}

const [one, other] = [new DoubleDouble(), new DoubleDouble()];

/** The same ratio as two numbers of about 106 bits; false where there is none, or not to that precision. */
export function takeRatio(
  records: Slab,
  pool: number,
  numerator: DoubleDouble,
  denominator: DoubleDouble,
): boolean {
  const { bytes, data } = records;
  const at = records.at(pool);
  const has = bytes[at + POOL.has] as number;
  const decimals0 = bytes[at + POOL.pair + PAIR.decimals0] as number;
  const decimals1 = bytes[at + POOL.pair + PAIR.decimals1] as number;
  if (decimals0 === DECIMALS_UNKNOWN || decimals1 === DECIMALS_UNKNOWN) return false;
  if (has & HAS.price) {
    numerator.take(data, at + POOL.sqrt_price, U256_WORDS);
    numerator.timesOther(numerator);
    denominator.set(Q192);
  } else {
    if ((has & HAS.reserves) === 0) return false;
    numerator.take(data, at + POOL.reserve1, U128_WORDS);
    denominator.take(data, at + POOL.reserve0, U128_WORDS);
  }
  if (numerator.high === 0 || denominator.high === 0) return false;
  return scale(decimals0 > decimals1 ? numerator : denominator, Math.abs(decimals0 - decimals1));
}

/**
 * The side of a pair block whose amount tells what a swap is worth: a dollar of the registry, else the quote, else the
 * other; -1 where neither price is known.
 */
export function valueSide({ bytes, data }: Slab, pair: number): 0 | 1 | -1 {
  const isPriced0 = data.getFloat64(pair + PAIR.price0, true) > 0;
  const isPriced1 = data.getFloat64(pair + PAIR.price1, true) > 0;
  if (!isPriced0) return isPriced1 ? 1 : -1;
  if (!isPriced1) return 0;
  const dollars = (bytes[pair + PAIR.known] as number) & DOLLARS;
  if (dollars === PAIR_KNOWN.dollar0) return 0;
  if (dollars === PAIR_KNOWN.dollar1) return 1;
  return bytes[pair + PAIR.token0_quotes] === 1 ? 0 : 1;
}
