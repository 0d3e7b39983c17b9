/** Named numbers of the wire: domains, sources, venues, states. */

export const HEADER_BYTES = 32;
export const MAGIC = 0xdeadbeef;
export const PROTOCOL_VERSION = 1;

export const DOMAIN = { market_data: 1, signal: 2, execution: 3, system: 4 } as const;
export type DomainName = keyof typeof DOMAIN;

export const SOURCE = {
  binance: 1,
  kraken: 2,
  coinbase: 3,
  polygon: 4,
  gemini: 5,
  arbitrage_strategy: 20,
  execution: 40,
  dashboard: 60,
  metrics: 61,
  market_data_relay: 80,
  signal_relay: 81,
  execution_relay: 82,
} as const;

export const VENUE = {
  Generic: 0,
  NYSE: 1,
  NASDAQ: 2,
  Binance: 100,
  Kraken: 101,
  Coinbase: 102,
  Ethereum: 200,
  Polygon: 202,
  Arbitrum: 206,
  Optimism: 207,
  UniswapV2: 300,
  UniswapV3: 301,
  SushiSwap: 302,
  Curve: 303,
  Balancer: 304,
  QuickSwap: 400,
  SushiSwapPolygon: 401,
  CurvePolygon: 402,
  AavePolygon: 403,
  BalancerPolygon: 404,
  Test: 65000,
} as const;
export type VenueName = keyof typeof VENUE;

const VENUE_NAME = new Map<number, VenueName>(
  Object.entries(VENUE).map(([name, id]) => [id, name as VenueName]),
);

/** `400 -> "QuickSwap"`; an unknown venue is shown by its number. */
export function venueName(venue: number): string {
  return VENUE_NAME.get(venue) ?? `venue ${venue}`;
}

export const TX_STATUS = { pending: 0, included: 1, reverted: 2, replaced: 3, dropped: 4 } as const;

/** Bits of Transaction.flags: which optional fields are present. */
export const TX_FLAG = { to: 1, gas_price: 2, max_fee: 4, block_number: 8 } as const;

export const POOL_KIND = { v2: 1, v3: 2, algebra: 3 } as const;
export type PoolKindName = keyof typeof POOL_KIND;

export const COLLECTOR_STATE = {
  connected: 0,
  backfilling: 1,
  silent: 2,
  reconnecting: 3,
  stopped: 4,
} as const;
export type CollectorStateName = keyof typeof COLLECTOR_STATE;

/** Bit of ChainHead.flags. */
export const HEAD_FLAG = { base_fee: 1 } as const;

/** TokenInfo.decimals of a token whose decimals nobody could read. */
export const DECIMALS_UNKNOWN = 255;
