/** An example of each message, answer and entity in docs/reference/stream-v2.md: one story, with the digests that it has. */
import type { Static } from "typebox";
import { Digest } from "../../protocol/stream/digest.ts";
import type { EntityOfKind } from "../../protocol/stream/entities.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { CLIENT_MESSAGES, Problem, SERVER_MESSAGES, Snapshot } from "../../protocol/stream/messages.ts";

const EPOCH = "e-lab-1f3a9c20";
const SESSION = "sess_4Qm0fXkq2TtB";
const TOKEN = "djI.eyJlIjoiZS1sYWItMWYzYTljMjAifQ.5hV8n1c";
const NOW = 1_700_000_000_000;
const TX = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060";
const BLOCK = "0x4e3a3754410177e6937ef1f84bba68ea139e8d1a2258c5f85db9f1cd715a1bdd";
const POOL = "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640";
const WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";

const PAIR = "0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc";
const BARS = "market.bars:WETH/USDC@1:1s";
const FIGURES = {
  close: "1801.55",
  high: "1801.72",
  low: "1801.5",
  open: "1801.6",
  trades: 3,
  volume: "4.25",
  vwap: "1801.58",
};

/** The digest of a window, as 16 hex digits. */
export function digestOf(window: readonly { id: string; seq: number }[]): string {
  const digest = new Digest();
  for (const { id, seq } of window) digest.add(id, seq);
  return digest.toString();
}

export const ENTITY_EXAMPLES = {
  "tx.main": {
    block_number: null,
    calldata_bytes: 260,
    category: "swap",
    chain_id: 1,
    gas_limit: "180000",
    gas_price_wei: null,
    hash: TX,
    id: TX,
    max_fee_per_gas_wei: "31000000000",
    max_priority_fee_per_gas_wei: "1500000000",
    method_selector: "0x414bf389",
    nonce: "42",
    protocol: "uniswap-v3",
    seen_unix_ms: NOW,
    sender: "0x71c7656ec7ab88b098defb751b7401b5f6d8976f",
    seq: 812_301,
    source_id: 4,
    status: "pending",
    to: "0xe592427a0aece92de3edee1f18e0157c05861564",
    tx_type: 2,
    value_wei: "1000000000000000000",
  },
  "pool.main": {
    amount0: null,
    amount1: null,
    amount_in: { decimals: 18, raw: "1000000000000000000", text: "1" },
    amount_out: { decimals: 6, raw: "1801550000", text: "1801.55" },
    block_number: "17000001",
    chain_id: 1,
    id: `1:${BLOCK}:118`,
    kind: "swap",
    liquidity_after: "22402462192838616433",
    log_index: 118,
    pair: "WETH/USDC",
    pool: POOL,
    price: 1801.55,
    seen_unix_ms: NOW,
    seq: 812_344,
    sqrt_price_x96_after: "1866621231042339312344218238417290",
    status: "seen",
    symbol0: null,
    symbol1: null,
    symbol_in: "WETH",
    symbol_out: "USDC",
    tick_after: 201_356,
    token_in: WETH,
    token_out: USDC,
    tx_hash: TX,
    value_usd: null,
    venue: "uniswap_v3",
  },
  "pool.state": {
    chain_id: 1,
    fee: 500,
    id: POOL,
    kind: "v3",
    last_seen_unix_ms: NOW,
    liquidity: "22402462192838616433",
    pair: "WETH/USDC",
    price: 1801.55,
    price_usd: null,
    reserve0: null,
    reserve1: null,
    seq: 812_345,
    sqrt_price_x96: "1866621231042339312344218238417290",
    swaps: 9_120,
    symbol0: "USDC",
    symbol1: "WETH",
    tick: 201_356,
    token0: USDC,
    token1: WETH,
    tvl_usd: null,
    venue: "uniswap_v3",
    volume_usd: null,
  },
  "feature.main": {
    category: "swap",
    chain_id: 1,
    feature_engine_version: "feature-engine.v1",
    hash: TX,
    id: TX,
    method_selector: "0x414bf389",
    mev_score: 78,
    protocol: "uniswap-v3",
    seq: 812_302,
    urgency_score: 11,
  },
  "feature.top": {
    category: "swap",
    count: 18_233,
    id: "uniswap-v3/swap",
    mean_mev_score: 74.18,
    mean_urgency_score: 9.42,
    protocol: "uniswap-v3",
    rate_per_min: 212,
    seq: 812_303,
  },
  "opportunity.main": {
    arbitrage_engine_version: "arbitrage-engine.v1",
    block_number: "17000001",
    buy_pool: POOL,
    buy_price: 1801.55,
    buy_venue: "uniswap_v3",
    category: "arbitrage",
    chain_id: 1,
    detected_unix_ms: NOW,
    dex_fees_usd: 31.6,
    expected_out: { decimals: 18, raw: "5000000000000000000", text: "5" },
    feature_engine_version: "feature-engine.v1",
    gas_cost_usd: 13.4,
    gas_price_wei: "26213998218",
    gross_profit: { decimals: 6, raw: "48150000", text: "48.15" },
    gross_profit_usd: 48.15,
    id: `1.${USDC}.${WETH}:${POOL}:${PAIR}`,
    method: "single-tick",
    net_profit_usd: 29.94,
    opened_seq: 812_341,
    optimal_in: { decimals: 6, raw: "9012500000", text: "9012.5" },
    pair: "WETH/USDC",
    protocol: "uniswap_v3>uniswap_v2",
    reasons: ["net 29.94 USD", "spread 91 bps"],
    required_capital_usd: 9012.5,
    score: 64,
    sell_pool: PAIR,
    sell_price: 1818.02,
    sell_venue: "uniswap_v2",
    seq: 812_341,
    signal: null,
    slippage_usd: 4.81,
    spread_bps: 91,
    status: "open",
    strategy: "v2-v3",
    symbol_in: "USDC",
    symbol_out: "WETH",
    token_in: USDC,
    token_out: WETH,
    valid_until_unix_ms: NOW + 24_000,
  },
  "chain.main": {
    base_fee_wei: "24713998218",
    block_time_ms: 12_000,
    block_unix_ms: NOW - 1_000,
    collector_id: "lab",
    collector_state: "connected",
    gas_price_wei: "26213998218",
    gas_used_ratio: 0.48,
    head_block: "17000001",
    head_hash: BLOCK,
    id: "1",
    last_event_unix_ms: NOW,
    last_reorg_depth: null,
    reorgs: 0,
    seq: 812_340,
    swaps_per_s: 1.25,
    tx_per_s: 12.5,
  },
  "market.main": {
    ...FIGURES,
    chain_id: 1,
    change: "-3.95",
    change_ratio: -0.00219,
    final: false,
    id: "WETH/USDC@1",
    interval: "500ms",
    kind: "pair",
    last_trade_unix_ms: NOW + 120,
    seq: 812_342,
    session_open: "1805.5",
    start_unix_ms: NOW,
    symbol: "WETH/USDC@1",
    title: "WETH/USDC",
  },
  "market.bars": {
    ...FIGURES,
    end_unix_ms: NOW + 1_000,
    final: false,
    id: String(NOW),
    late_trades: 0,
    seq: 812_343,
    start_unix_ms: NOW,
  },
} satisfies { readonly [Kind in keyof EntityOfKind]: EntityOfKind[Kind] };

export const CLIENT_EXAMPLES = {
  IDENTIFY: {
    op: "IDENTIFY",
    protocol: LIMITS.protocol,
    snapshot_seq: 812_345,
    epoch: EPOCH,
    subscriptions: ["chain.main"],
    client: "example/1.0",
  },
  RESUME: {
    op: "RESUME",
    protocol: LIMITS.protocol,
    session_id: SESSION,
    resume_token: TOKEN,
    last_seq: 812_345,
    channel_seq: { "chain.main": 812_360 },
    subscriptions: ["chain.main"],
  },
  CREDIT: { op: "CREDIT", channel_credit: { "chain.main": 2 } },
  RESYNC: { op: "RESYNC", channel_seq: { "chain.main": 812_420 } },
  SUBSCRIBE: { op: "SUBSCRIBE", channel_seq: { [BARS]: 812_380 } },
  UNSUBSCRIBE: { op: "UNSUBSCRIBE", channels: [BARS] },
  HEARTBEAT: { op: "HEARTBEAT", channel_seq: { "chain.main": 812_360 }, n: 1 },
} satisfies { readonly [Op in keyof typeof CLIENT_MESSAGES]: Static<(typeof CLIENT_MESSAGES)[Op]> };

const chain = ENTITY_EXAMPLES["chain.main"];
const changed = { ...chain, last_event_unix_ms: NOW + 90, seq: 812_359, swaps_per_s: 1.3 };
const watermark = { latest_ingest_seq: 601_234, event_time_unix_ms: NOW };

export const SERVER_EXAMPLES = {
  HELLO: {
    op: "HELLO",
    protocol: LIMITS.protocol,
    encodings: ["json"],
    heartbeat_interval_ms: LIMITS.heartbeat_interval_ms,
    session_id: SESSION,
    server_time_unix_ms: NOW,
    epoch: EPOCH,
    limits: {
      max_entities_per_batch: LIMITS.max_entities_per_batch,
      max_frame_bytes: LIMITS.max_frame_bytes,
      max_flush_interval_ms: LIMITS.max_flush_interval_ms,
      max_credit: LIMITS.max_credit,
    },
  },
  SNAPSHOT_ACK: {
    op: "DISPATCH",
    type: "SNAPSHOT_ACK",
    session_id: SESSION,
    resume_token: TOKEN,
    resumed: false,
    channel_seq: { "chain.main": 812_345 },
  },
  DELTA_BATCH: {
    op: "DISPATCH",
    type: "DELTA_BATCH",
    seq: 812_360,
    prev_seq: 812_345,
    channel: "chain.main",
    patch: { upsert: [changed], remove: [], evict_before: 0 },
    changes: 3,
    evicted: 0,
    watermark: {
      latest_ingest_seq: 601_240,
      event_time_unix_ms: NOW + 90,
      count: 1,
      digest: digestOf([changed]),
    },
  },
  RESYNC_REQUIRED: {
    op: "DISPATCH",
    type: "RESYNC_REQUIRED",
    channel: "chain.main",
    reason: "out_of_reach",
  },
  NOTICE: {
    op: "DISPATCH",
    type: "NOTICE",
    code: "degraded",
    channel: "chain.main",
    rung: "coalesced",
    detail: "changes wait for credit or for the socket; newer values take their place",
  },
  HEARTBEAT_ACK: {
    op: "HEARTBEAT_ACK",
    server_time_unix_ms: NOW + LIMITS.heartbeat_interval_ms,
    resume_token: TOKEN,
    n: 1,
    channels: { "chain.main": { seq: 812_360, head: 812_360, credit: 1 } },
  },
  INVALID_SESSION: { op: "INVALID_SESSION", reason: "epoch_changed" },
  RECONNECT: { op: "RECONNECT", reason: "draining", after_ms: LIMITS.reconnect_after_ms },
} satisfies { readonly [Key in keyof typeof SERVER_MESSAGES]: Static<(typeof SERVER_MESSAGES)[Key]> };

export const SNAPSHOT_EXAMPLE: Static<typeof Snapshot> = {
  epoch: EPOCH,
  revision: 812_345,
  snapshot_seq: 812_345,
  cursor: `${EPOCH}:812345`,
  server_time_unix_ms: NOW,
  resume_token_ttl_ms: LIMITS.resume_token_ttl_ms,
  watermark,
  channels: {
    "chain.main": {
      mode: "full",
      cap: 64,
      count: 1,
      digest: digestOf([chain]),
      upsert: [chain],
      remove: [],
      evict_before: 0,
    },
  },
};

export const PROBLEM_EXAMPLE: Static<typeof Problem> = {
  type: "about:blank",
  title: "Conflict",
  status: 409,
  detail: "cursor: it is of another epoch",
  field: "cursor",
  epoch: EPOCH,
  head_seq: 812_345,
};

/** Windows whose digests the page tells, so that a client can be checked against them. */
export const DIGEST_EXAMPLES: readonly (readonly { id: string; seq: number }[])[] = [
  [],
  [{ id: "1", seq: 1 }],
  [{ id: "1", seq: 2 ** 32 + 1 }],
  [{ id: "é€😀", seq: 7 }],
  [
    { id: "1", seq: 1 },
    { id: "137", seq: 2 },
  ],
];
