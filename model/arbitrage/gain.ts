/**
 * What a route through two pools gains in dollars, after its costs. Amounts are exact; each becomes a double once, and
 * dollars are estimates.
 */
import { divide } from "../dex/price.ts";
import { WHOLE } from "./maths/curve.ts";
import { bestRoute, type Route } from "./maths/optimal-input.ts";
import type { ArbitrageConfig } from "./options.ts";
import type { PoolView } from "./pool-view.ts";

/** What the world is worth when a pair is looked at. */
export interface Rates {
  /** US dollars a whole quote token, and its decimals. */
  readonly quoteUsd: number;
  readonly quoteDecimals: number;
  /** US dollars a gas. */
  readonly gasUsd: number;
}

export interface Gain extends Route {
  readonly spreadBps: number;
  readonly grossUsd: number;
  readonly feesUsd: number;
  readonly gasUsd: number;
  readonly slippageUsd: number;
  readonly netUsd: number;
  readonly capitalUsd: number;
}

const BPS = 10_000;
/** What a row has room for. */
const MAX_SPREAD_BPS = 2n ** 32n - 1n;

/** Null where nothing is left after the costs. */
export function gainOf(buy: PoolView, sell: PoolView, rates: Rates, config: ArbitrageConfig): Gain | null {
  const route = bestRoute(buy.buys, sell.sells);
  if (route === null) return null;
  const dollars = (raw: bigint) => (divide(raw, 10n ** BigInt(rates.quoteDecimals)) ?? 0) * rates.quoteUsd;
  const grossUsd = dollars(route.profit);
  const gasUsd = (config.gas_base + gasOf(buy, config) + gasOf(sell, config)) * rates.gasUsd;
  const slippageUsd = (grossUsd * config.slippage_bps) / BPS;
  const netUsd = grossUsd - gasUsd - slippageUsd;
  if (!(netUsd > 0)) return null;
  return {
    ...route,
    spreadBps: spreadOf(buy, sell),
    grossUsd,
    feesUsd: dollars(feesOf(buy, sell, route)),
    gasUsd,
    slippageUsd,
    netUsd,
    capitalUsd: dollars(route.amountIn),
  };
}

function gasOf({ kind }: PoolView, config: ArbitrageConfig): number {
  return config[`gas_${kind}`];
}

/** Both pools' fees in the quote: the second one's is of the base, at the selling pool's price before the swaps. */
function feesOf({ buys }: PoolView, { sells }: PoolView, { amountIn, between }: Route): bigint {
  const first = (amountIn * buys.fee) / WHOLE;
  const second = (between * sells.fee * sells.reserveOutX64) / (WHOLE * sells.reserveInX64);
  return first + second;
}

/** By how much the selling pool's price is above the buying one's, hundredths of a percent, rounded down. */
function spreadOf({ buys }: PoolView, { sells }: PoolView): number {
  const ratio =
    (BigInt(BPS) * sells.reserveOutX64 * buys.reserveOutX64) / (sells.reserveInX64 * buys.reserveInX64);
  const spread = ratio - BigInt(BPS);
  return Number(spread > MAX_SPREAD_BPS ? MAX_SPREAD_BPS : spread);
}
