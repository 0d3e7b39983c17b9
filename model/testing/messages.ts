/** Builders of messages for tests: every field has a plain default, and a test says only what it is about. */

import { CHANNEL_NAMES, type MainChannel } from "../../protocol/stream/channels.ts";
import { encodeMessage, type TlvInit } from "../../protocol/tlv/encode.ts";
import type { PayloadFields } from "../../protocol/tlv/layout.ts";
import {
  COLLECTOR_STATE,
  type CollectorStateName,
  type DomainName,
  HEAD_FLAG,
  POOL_KIND,
  SOURCE,
  TX_FLAG,
  TX_STATUS,
  VENUE,
} from "../../protocol/tlv/registry.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { upsertsOf } from "../channel.ts";
import { Model } from "../model.ts";

export const CHAIN_ID = 1n;
/** When the default message says that it was made, Unix ms. */
export const START_MS = 1_700_000_000_000;

/** A 20-byte address from a small number. */
export function address(n: number): string {
  return `0x${n.toString(16).padStart(40, "0")}`;
}

/** A 32-byte hash from a small number. */
export function hash(n: number): string {
  return `0x${n.toString(16).padStart(64, "0")}`;
}

export const TOKEN0 = address(0x10);
export const TOKEN1 = address(0x11);
export const POOL = address(0x99);

export interface Header {
  /** Unix ms of the header's time. */
  ms?: number;
  domain?: DomainName;
  source?: number;
}

/** A message of these TLVs. */
export function message(tlvs: TlvInit[], header: Header = {}): Uint8Array {
  return encodeMessage({
    domain: header.domain ?? "market_data",
    source: header.source ?? SOURCE.polygon,
    sequence: 1n,
    timestamp_ns: BigInt(header.ms ?? START_MS) * 1_000_000n,
    tlvs,
  });
}

export function provenance(fields: Partial<PayloadFields<"Provenance">> = {}): TlvInit {
  return {
    name: "Provenance",
    chain_id: CHAIN_ID,
    block_number: 100n,
    log_index: 0,
    tx_index: 0,
    reorged: 0,
    sender: address(1),
    block_hash: hash(1),
    tx_hash: hash(1),
    ...fields,
  };
}

/** `at` null: without provenance. */
type Place = Partial<PayloadFields<"Provenance">> | null;

function placed(event: TlvInit, at: Place, header: Header | undefined): Uint8Array {
  return message(at === null ? [event] : [event, provenance(at)], header);
}

/** A V2 swap (no price in it) of token0 for token1, both with 18 decimals. */
export function swap(fields: Partial<PayloadFields<"PoolSwap">> = {}, at: Place = null, header?: Header) {
  const event: TlvInit = {
    name: "PoolSwap",
    amount_in: 1_000_000_000_000_000_000n,
    amount_out: 2_000_000_000_000_000_000n,
    liquidity_after: 0n,
    timestamp_ns: 0n,
    block_number: 100n,
    tick_after: 0,
    venue: VENUE.UniswapV2,
    amount_in_decimals: 18,
    amount_out_decimals: 18,
    pool_address: POOL,
    token_in_addr: TOKEN0,
    token_out_addr: TOKEN1,
    sqrt_price_x96_after: 0n,
    ...fields,
  };
  return placed(event, at, header);
}

export function sync(fields: Partial<PayloadFields<"PoolSync">> = {}, at: Place = null, header?: Header) {
  const event: TlvInit = {
    name: "PoolSync",
    reserve0: 100_000_000_000_000_000_000n,
    reserve1: 200_000_000_000_000_000_000n,
    timestamp_ns: 0n,
    block_number: 100n,
    venue: VENUE.UniswapV2,
    token0_decimals: 18,
    token1_decimals: 18,
    pool_address: POOL,
    token0_addr: TOKEN0,
    token1_addr: TOKEN1,
    ...fields,
  };
  return placed(event, at, header);
}

/** A mint, or with `name` a burn, of a V3 pool. */
export function mint(
  fields: Partial<PayloadFields<"PoolMint">> & { name?: "PoolMint" | "PoolBurn" } = {},
  at: Place = null,
  header?: Header,
) {
  const event: TlvInit = {
    name: "PoolMint",
    liquidity_delta: 1_000n,
    amount0: 10n,
    amount1: 20n,
    timestamp_ns: 0n,
    tick_lower: -100,
    tick_upper: 100,
    venue: VENUE.UniswapV3,
    token0_decimals: 18,
    token1_decimals: 18,
    pool_address: POOL,
    provider_addr: address(2),
    token0_addr: TOKEN0,
    token1_addr: TOKEN1,
    ...fields,
  };
  return placed(event, at, header);
}

/** `at`: where a V3 pool's Initialize lies; a state that a collector read has no place. */
export function poolState(
  fields: Partial<PayloadFields<"PoolState">> = {},
  header?: Header,
  at: Place = null,
) {
  const event: TlvInit = {
    name: "PoolState",
    reserve0: 0n,
    reserve1: 0n,
    sqrt_price_x96: 1n << 96n,
    liquidity: 5_000n,
    block_number: 100n,
    timestamp_ns: 0n,
    tick: 0,
    fee_rate: 30,
    venue: VENUE.UniswapV3,
    pool_type: POOL_KIND.v3,
    token0_decimals: 18,
    token1_decimals: 18,
    pool_address: POOL,
    token0_addr: TOKEN0,
    token1_addr: TOKEN1,
    ...fields,
  };
  return placed(event, at, header);
}

export function tokenInfo(fields: Partial<PayloadFields<"TokenInfo">> = {}, header?: Header) {
  const info: TlvInit = {
    name: "TokenInfo",
    chain_id: CHAIN_ID,
    decimals: 18,
    stable: 0,
    address: TOKEN0,
    symbol: "TKN",
    token_name: "Token",
    ...fields,
  };
  return message([info], { domain: "system", ...header });
}

export function poolInfo(fields: Partial<PayloadFields<"PoolInfo">> = {}, header?: Header) {
  const info: TlvInit = {
    name: "PoolInfo",
    chain_id: CHAIN_ID,
    fee: 3_000,
    tick_spacing: 60,
    venue: VENUE.UniswapV3,
    kind: POOL_KIND.v3,
    pool: POOL,
    token0: TOKEN0,
    token1: TOKEN1,
    ...fields,
  };
  return message([info], { domain: "system", ...header });
}

type TransactionInit = Omit<Partial<PayloadFields<"Transaction">>, "status"> & {
  status?: keyof typeof TX_STATUS;
};

/** A pending type 2 transaction; `block_number` or `to` set their flags. */
export function transaction(n: number, fields: TransactionInit = {}, undone: Place = null, header?: Header) {
  const { status = "pending", ...rest } = fields;
  const inBlock = fields.block_number === undefined ? 0 : TX_FLAG.block_number;
  const event: TlvInit = {
    name: "Transaction",
    value: 0n,
    gas_price: 0n,
    max_fee_per_gas: 30_000_000_000n,
    max_priority_fee_per_gas: 1_000_000_000n,
    chain_id: CHAIN_ID,
    nonce: BigInt(n),
    gas_limit: 21_000n,
    block_number: 0n,
    calldata_length: 0,
    tx_type: 2,
    status: TX_STATUS[status],
    flags: TX_FLAG.to | TX_FLAG.max_fee | inBlock,
    method_selector: "0x00000000",
    inner_selectors: `0x${"0".repeat(32)}`,
    hash: hash(n),
    sender: address(3),
    to: address(4),
    ...rest,
  };
  return message(undone === null ? [event] : [event, provenance(undone)], header);
}

export function chainHead(n: number, fields: Partial<PayloadFields<"ChainHead">> = {}, header?: Header) {
  const head: TlvInit = {
    name: "ChainHead",
    base_fee: 7_000_000_000n,
    chain_id: CHAIN_ID,
    block_number: BigInt(n),
    block_timestamp: BigInt(START_MS / 1000 + 12 * n),
    gas_used: 15_000_000n,
    gas_limit: 30_000_000n,
    tx_count: 100,
    flags: HEAD_FLAG.base_fee,
    block_hash: hash(n),
    parent_hash: hash(n === 0 ? 0xffff : n - 1),
    ...fields,
  };
  return message([head], { domain: "system", ...header });
}

export function collectorStatus(state: CollectorStateName, header?: Header) {
  const status: TlvInit = {
    name: "CollectorStatus",
    chain_id: CHAIN_ID,
    last_block: 0n,
    state: COLLECTOR_STATE[state],
    collector_id: "collector-1",
    detail: "",
  };
  return message([status], { domain: "system", ...header });
}

export interface TradeInit {
  /** At most 8 characters. */
  symbol?: string;
  /** In 10^-8. */
  price?: bigint;
  volume?: bigint;
  /** Event time, Unix ms. */
  ms?: number;
}

/** The trade of this number. */
export function trade(n: number, { symbol = "TSLA", price, volume, ms = START_MS }: TradeInit = {}) {
  let asset_id = 0n;
  for (const character of symbol.padEnd(8, "\0"))
    asset_id = asset_id * 256n + BigInt(character.charCodeAt(0));
  const zeros = `0x${"0".repeat(32)}`;
  return message(
    [
      {
        name: "Trade",
        asset_id,
        price: price ?? 42_750_000_000n + BigInt(n) * 1_000_000n,
        volume: volume ?? 100_000_000n,
        execution_timestamp_ns: BigInt(ms) * 1_000_000n,
        venue_id: VENUE.NASDAQ,
        asset_type: 1,
        reserved: 0,
        side: 0,
      },
      {
        name: "TradeMeta",
        trade_id: String(n),
        tape: 3,
        condition_count: 0,
        conditions: zeros,
        producer_id: zeros,
      },
    ],
    { ms },
  );
}

/** Of strategy 7: buy TOKEN0 with TOKEN1 in one pool and sell it in another. */
export function arbitrageSignal(
  fields: Partial<PayloadFields<"ArbitrageSignal">> = {},
  header: Header = {},
): Uint8Array {
  const signal: TlvInit = {
    name: "ArbitrageSignal",
    strategy_id: 7,
    signal_id: 1n,
    chain_id: Number(CHAIN_ID),
    source_pool: POOL,
    target_pool: address(0x98),
    source_venue: VENUE.UniswapV2,
    target_venue: VENUE.SushiSwap,
    token_in: TOKEN1,
    token_out: TOKEN0,
    expected_profit_usd_q8: 4_000_000_000n,
    required_capital_usd_q8: 500_000_000_000n,
    spread_bps: 90,
    dex_fees_usd_q8: 300_000_000n,
    gas_cost_usd_q8: 200_000_000n,
    slippage_usd_q8: 100_000_000n,
    net_profit_usd_q8: 3_700_000_000n,
    slippage_tolerance_bps: 50,
    max_gas_price_gwei: 60,
    valid_until: START_MS / 1000 + 20,
    priority: 9,
    timestamp_ns: BigInt(START_MS) * 1_000_000n,
    ...fields,
  };
  return message([signal], { domain: "signal", source: SOURCE.arbitrage_strategy + 1, ...header });
}

/** A Tick; its header says the same time. */
export function tick(unixMs: number) {
  return message([{ name: "Tick", unix_ms: BigInt(unixMs) }], {
    domain: "system",
    source: SOURCE.dashboard,
    ms: unixMs,
  });
}

const SMALL_CAPS = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, 64])) as Record<MainChannel, number>;

/** A model of little memory, made in little time: for properties. */
export function smallModel(): Model {
  return new Model({ log_id: "test", caps: SMALL_CAPS, log_bytes: 65_536, bars: { count: 1_024 } });
}

/** Ingests messages as the server does: by a view on their bytes. */
export function feed(model: Model, ...messages: readonly Uint8Array[]): void {
  const view = new MessageView();
  for (const bytes of messages) model.ingest(view.attach(bytes).seek(0, bytes.length));
}

/** The rows of a channel, oldest first. */
export function rowsOf(
  model: Model,
  channel: Parameters<Model["channels"]["get"]>[0],
): Record<string, unknown>[] {
  return upsertsOf(model.channels.get(channel)?.changesSince(0)) as Record<string, unknown>[];
}
