/** A pool of the registry as the engine needs it: one token goes in to be bought with, and comes back when sold. */
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import { HAS, POOL, readPair } from "../dex/pool-record.ts";
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

const KIND_NAME = new Map<number, PoolView["kind"]>([
  [POOL_KIND.v2, "v2"],
  [POOL_KIND.v3, "v3"],
  [POOL_KIND.algebra, "algebra"],
]);

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
  const pair = { ...readPair(records, at + POOL.pair), token0Quotes: quoteIs0 };
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
