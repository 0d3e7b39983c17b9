/** A pool of the registry as the engine needs it: one token goes in to be bought with, and comes back when sold. */
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import { toNumber } from "../dex/float.ts";
import { decimalsOrNull, HAS, PAIR, POOL } from "../dex/pool-record.ts";
import type { PoolRegistry } from "../dex/pool-registry.ts";
import { priceOfAmounts, priceOfSqrt } from "../dex/price.ts";
import { u128, u256 } from "../read.ts";
import { constantProduct } from "./maths/constant-product.ts";
import type { Curve } from "./maths/curve.ts";
import { singleTick } from "./maths/single-tick.ts";

export interface PoolView {
  /** Slot in the registry. */
  readonly pool: number;
  readonly isV2: boolean;
  /** Gas of a swap, by the engine's options. */
  readonly kind: "v2" | "v3" | "algebra";
  readonly venue: number;
  /** Quote per base as the page shows it; NaN where decimals are unknown. */
  readonly price: number;
  /** The quote in, the base out. */
  readonly buys: Curve;
  /** The base in, the quote out. */
  readonly sells: Curve;
}

/** A fee of all there is, in hundredths of a bip. */
const WHOLE_FEE = 1_000_000;

const KIND_NAME = new Map<number, PoolView["kind"]>([
  [POOL_KIND.v2, "v2"],
  [POOL_KIND.v3, "v3"],
  [POOL_KIND.algebra, "algebra"],
]);

/** What one can know of two pools' gain without reckoning it. */
export interface Glance {
  /** Quote per base in the tokens' smallest units, to a few parts in 2^52; NaN where it is not known. */
  readonly price: number;
  /** The share of a swap's input that the fee leaves. */
  readonly kept: number;
}

/** Prices as doubles are this exact, and more. */
const SLACK = 1e-9;
const TWO_96 = 2 ** 96;

export function glanceAt(registry: PoolRegistry, pool: number, quoteIs0: boolean): Glance {
  const { records } = registry;
  const { data } = records;
  const at = records.at(pool);
  let price = Number.NaN;
  if (records.getByte(pool, POOL.kind) === POOL_KIND.v2) {
    price = toNumber(data, at + POOL.reserve1) / toNumber(data, at + POOL.reserve0);
  } else {
    const root =
      (toNumber(data, at + POOL.sqrt_price + 16) * 2 ** 128 + toNumber(data, at + POOL.sqrt_price)) / TWO_96;
    price = root * root;
  }
  const kept = 1 - data.getUint32(at + POOL.fee, true) / WHOLE_FEE;
  return { price: quoteIs0 ? 1 / price : price, kept };
}

/**
 * May something gain by buying in the one and selling in the other? Without rounding it does only where the prices are
 * further apart than both fees, and pools round against the swap.
 */
export function mayGain(buy: Glance, sell: Glance): boolean {
  return sell.price * buy.kept * sell.kept > buy.price * (1 - SLACK);
}

/**
 * @param quoteIs0 whether token0 goes in, which of all pools of a pair must be the same
 * Null where the pool cannot be reckoned with: its kind, its fee or its state are unknown, or it is empty.
 */
export function viewOf(registry: PoolRegistry, pool: number, quoteIs0: boolean): PoolView | null {
  const { records } = registry;
  const { data } = records;
  const at = records.at(pool);
  const kind = KIND_NAME.get(records.getByte(pool, POOL.kind));
  const fee = data.getUint32(at + POOL.fee, true);
  // A fee that nobody could read is 0 on the wire.
  if (kind === undefined || fee === 0 || !registry.has(pool, HAS.fee)) return null;
  const isV2 = kind === "v2";
  if (!registry.has(pool, isV2 ? HAS.reserves : HAS.price) || !(isV2 || registry.has(pool, HAS.liquidity))) {
    return null;
  }
  const pair = {
    decimals0: decimalsOrNull(records.getByte(pool, POOL.pair + PAIR.decimals0)),
    decimals1: decimalsOrNull(records.getByte(pool, POOL.pair + PAIR.decimals1)),
    token0Quotes: quoteIs0,
  };
  const common = { pool, isV2, kind, venue: data.getUint16(at + POOL.venue, true) };
  if (isV2) {
    const [amount0, amount1] = [u128(data, at + POOL.reserve0), u128(data, at + POOL.reserve1)];
    const [quote, base] = quoteIs0 ? [amount0, amount1] : [amount1, amount0];
    const buys = constantProduct(quote, base, fee);
    const sells = constantProduct(base, quote, fee);
    if (buys === null || sells === null) return null;
    return { ...common, buys, sells, price: priceOfAmounts({ amount0, amount1, ...pair }) ?? Number.NaN };
  }
  const state = {
    sqrtPrice: u256(data, at + POOL.sqrt_price),
    liquidity: u128(data, at + POOL.liquidity),
    tick: data.getInt32(at + POOL.tick, true),
    spacing: data.getUint16(at + POOL.tick_spacing, true),
    fee,
  };
  const buys = singleTick(state, quoteIs0);
  const sells = singleTick(state, !quoteIs0);
  if (buys === null || sells === null) return null;
  return { ...common, buys, sells, price: priceOfSqrt(state.sqrtPrice, pair) ?? Number.NaN };
}
