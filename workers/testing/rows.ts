/** Whole entities with little in them, for tests that mind one field. */
import type {
  BarEntity,
  ChainEntity,
  FeatureEntity,
  FeatureTopEntity,
  MarketEntity,
  OpportunityEntity,
  PoolEventEntity,
  PoolStateEntity,
  TxEntity,
} from "../../protocol/stream/entities.ts";

export const HASH = `0x${"ab".repeat(32)}`;
export const ADDRESS = `0x${"12".repeat(18)}cdef`;

export function tx(change: Partial<TxEntity> = {}): TxEntity {
  const id = change.id ?? HASH;
  return {
    id,
    seq: 1,
    hash: id,
    chain_id: 137,
    sender: ADDRESS,
    to: null,
    nonce: "7",
    tx_type: 2,
    value_wei: "1500000000000000000",
    gas_limit: "210000",
    gas_price_wei: null,
    max_fee_per_gas_wei: "32500000000",
    max_priority_fee_per_gas_wei: null,
    method_selector: null,
    calldata_bytes: 0,
    status: "pending",
    block_number: null,
    protocol: "uniswap_v3",
    category: "swap",
    seen_unix_ms: 1_700_000_000_123,
    source_id: 1,
    ...change,
  };
}

export function poolEvent(change: Partial<PoolEventEntity> = {}): PoolEventEntity {
  return {
    id: "137:0x1:2",
    seq: 1,
    kind: "swap",
    chain_id: 137,
    pool: ADDRESS,
    venue: "uniswap-v3",
    pair: "WMATIC/USDC",
    token_in: ADDRESS,
    token_out: ADDRESS,
    symbol_in: "WMATIC",
    symbol_out: "USDC",
    symbol0: null,
    symbol1: null,
    amount_in: { raw: "1234567890123456789", decimals: 18, text: "1.234567890123456789" },
    amount_out: { raw: "987654", decimals: 6, text: "0.987654" },
    amount0: null,
    amount1: null,
    price: 0.8,
    value_usd: null,
    tick_after: null,
    liquidity_after: null,
    sqrt_price_x96_after: null,
    block_number: "100",
    tx_hash: HASH,
    log_index: 2,
    status: "seen",
    seen_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

export function pool(change: Partial<PoolStateEntity> = {}): PoolStateEntity {
  return {
    id: ADDRESS,
    seq: 1,
    chain_id: 137,
    venue: "uniswap-v3",
    kind: "v3",
    token0: ADDRESS,
    token1: ADDRESS,
    symbol0: "WMATIC",
    symbol1: "USDC",
    pair: "WMATIC/USDC",
    fee: 3000,
    reserve0: null,
    reserve1: null,
    sqrt_price_x96: null,
    liquidity: "123456789012345678901234567890",
    tick: -276_325,
    price: 1.5e-7,
    price_usd: null,
    tvl_usd: null,
    swaps: 12_345,
    volume_usd: null,
    last_seen_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

export function chain(change: Partial<ChainEntity> = {}): ChainEntity {
  return {
    id: "137",
    seq: 1,
    head_block: "20181364",
    head_hash: HASH,
    block_unix_ms: 1_700_000_000_000,
    base_fee_wei: "31400000001",
    gas_used_ratio: 0.4731,
    tx_per_s: 12.34,
    swaps_per_s: 0,
    reorgs: 0,
    last_reorg_depth: null,
    block_time_ms: 2_000,
    gas_price_wei: null,
    collector_state: "connected",
    collector_id: null,
    last_event_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

export function feature(change: Partial<FeatureEntity> = {}): FeatureEntity {
  const id = change.id ?? HASH;
  return {
    id,
    seq: 1,
    hash: id,
    chain_id: 137,
    protocol: "uniswap_v3",
    category: "swap",
    mev_score: 55,
    urgency_score: 12,
    method_selector: "0x414bf389",
    feature_engine_version: "feature-engine.v1",
    ...change,
  };
}

export function featureTop(change: Partial<FeatureTopEntity> = {}): FeatureTopEntity {
  return {
    id: "uniswap_v3/swap",
    seq: 1,
    protocol: "uniswap_v3",
    category: "swap",
    count: 12,
    rate_per_min: 3,
    mean_mev_score: 55.5,
    mean_urgency_score: 12.25,
    ...change,
  };
}

export function opportunity(change: Partial<OpportunityEntity> = {}): OpportunityEntity {
  return {
    id: `137.${ADDRESS}.${ADDRESS}:${ADDRESS}:${ADDRESS}`,
    seq: 1,
    status: "open",
    strategy: "v2-v2",
    method: "closed-form",
    score: 70,
    reasons: ["spread 42 bps"],
    chain_id: 137,
    pair: "WMATIC/USDC",
    token_in: ADDRESS,
    token_out: ADDRESS,
    symbol_in: "USDC",
    symbol_out: "WMATIC",
    buy_pool: ADDRESS,
    buy_venue: "quickswap",
    buy_price: 0.8,
    sell_pool: ADDRESS,
    sell_venue: "sushiswap",
    sell_price: 0.81,
    spread_bps: 125,
    optimal_in: { raw: "1000000", decimals: 6, text: "1" },
    expected_out: { raw: "1250000000000000000", decimals: 18, text: "1.25" },
    gross_profit: { raw: "12000", decimals: 6, text: "0.012" },
    gross_profit_usd: 0.012,
    dex_fees_usd: 0.006,
    gas_price_wei: "30000000000",
    gas_cost_usd: 0.002,
    slippage_usd: 0.001,
    net_profit_usd: 0.009,
    required_capital_usd: 1,
    signal: null,
    protocol: "quickswap>sushiswap",
    category: "arbitrage",
    block_number: "100",
    arbitrage_engine_version: "arbitrage-engine.v1",
    feature_engine_version: "feature-engine.v1",
    detected_unix_ms: 1_700_000_000_123,
    opened_seq: 1,
    valid_until_unix_ms: 1_700_000_012_123,
    ...change,
  };
}

const OHLCV = {
  open: "427.5288",
  high: "428.1",
  low: "427.02",
  close: "427.9",
  volume: "1320",
  vwap: "427.61",
  trades: 17,
};

export function market(change: Partial<MarketEntity> = {}): MarketEntity {
  const id = change.id ?? "TSLA";
  return {
    id,
    seq: 1,
    symbol: id,
    title: id,
    kind: "trades",
    chain_id: null,
    interval: "500ms",
    start_unix_ms: 1_700_000_000_000,
    ...OHLCV,
    final: false,
    session_open: "420",
    change: "7.9",
    change_ratio: 0.0188,
    last_trade_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

/** The bar of a second that begins `n` seconds after the first one's. */
export function bar(n: number, change: Partial<BarEntity> = {}): BarEntity {
  const start_unix_ms = 1_700_000_000_000 + n * 1_000;
  return {
    id: String(start_unix_ms),
    seq: 1,
    start_unix_ms,
    end_unix_ms: start_unix_ms + 1_000,
    ...OHLCV,
    late_trades: 0,
    final: false,
    ...change,
  };
}
