/**
 * The one table of Protocol V2 TLV layouts. Every offset, size, reader, writer, JSON key and the published reference
 * derive from it. All integers are little-endian; a value has no hidden padding.
 */

/** Bytes that a field of each kind takes. `addr` is 20 bytes and 12 zero bytes; `text*` is zero-padded UTF-8. */
export const KIND_BYTES = {
  u8: 1,
  u16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  u128: 16,
  u256: 32,
  addr: 32,
  addr20: 20,
  bytes4: 4,
  bytes8: 8,
  bytes16: 16,
  bytes32: 32,
  text32: 32,
  text64: 64,
  text128: 128,
  pad2: 2,
  pad3: 3,
  pad4: 4,
  pad5: 5,
  pad6: 6,
  pad7: 7,
  pad8: 8,
  pad12: 12,
  pad20: 20,
} as const;

export type FieldKind = keyof typeof KIND_BYTES;
type PadKind = Extract<FieldKind, `pad${string}`>;

/** A field is `[name, kind]`; pads are named `_` and a number, never shown and written as zeros. */
type FieldRow = readonly [name: string, kind: FieldKind];
interface LayoutRow {
  readonly type: number;
  readonly fields: readonly FieldRow[];
}

/** What PoolMint and PoolBurn have in common: everything. */
const LIQUIDITY_CHANGE = [
  ["liquidity_delta", "u128"],
  ["amount0", "u128"],
  ["amount1", "u128"],
  ["timestamp_ns", "u64"],
  ["tick_lower", "i32"],
  ["tick_upper", "i32"],
  ["venue", "u16"],
  ["token0_decimals", "u8"],
  ["token1_decimals", "u8"],
  ["_0", "pad12"],
  ["pool_address", "addr"],
  ["provider_addr", "addr"],
  ["token0_addr", "addr"],
  ["token1_addr", "addr"],
] as const;

/** A payload's layout, by name. Amounts are raw token units; times are ns since the Unix epoch unless named. */
export const LAYOUTS = {
  Trade: {
    type: 1,
    fields: [
      ["asset_id", "u64"],
      ["price", "i64"],
      ["volume", "i64"],
      ["execution_timestamp_ns", "u64"],
      ["venue_id", "u16"],
      ["asset_type", "u8"],
      ["reserved", "u8"],
      ["side", "u8"],
      ["_0", "pad3"],
    ],
  },
  Quote: {
    type: 2,
    fields: [
      ["asset_id", "u64"],
      ["bid_price", "i64"],
      ["bid_size", "i64"],
      ["ask_price", "i64"],
      ["ask_size", "i64"],
      ["quote_timestamp_ns", "u64"],
      ["venue_id", "u16"],
      ["asset_type", "u8"],
      ["reserved", "u8"],
      ["_0", "pad4"],
    ],
  },
  PoolSwap: {
    type: 11,
    fields: [
      ["amount_in", "u128"],
      ["amount_out", "u128"],
      ["liquidity_after", "u128"],
      ["timestamp_ns", "u64"],
      ["block_number", "u64"],
      ["tick_after", "i32"],
      ["venue", "u16"],
      ["amount_in_decimals", "u8"],
      ["amount_out_decimals", "u8"],
      ["_0", "pad8"],
      ["pool_address", "addr"],
      ["token_in_addr", "addr"],
      ["token_out_addr", "addr"],
      ["sqrt_price_x96_after", "u256"],
    ],
  },
  PoolMint: { type: 12, fields: LIQUIDITY_CHANGE },
  PoolBurn: { type: 13, fields: LIQUIDITY_CHANGE },
  PoolTick: {
    type: 14,
    fields: [
      ["liquidity_net", "i64"],
      ["price_sqrt", "u64"],
      ["timestamp_ns", "u64"],
      ["tick", "i32"],
      ["venue", "u16"],
      ["_0", "pad2"],
      ["pool_address", "addr"],
    ],
  },
  PoolState: {
    type: 15,
    fields: [
      ["reserve0", "u128"],
      ["reserve1", "u128"],
      ["sqrt_price_x96", "u128"],
      ["liquidity", "u128"],
      ["block_number", "u64"],
      ["timestamp_ns", "u64"],
      ["tick", "i32"],
      ["fee_rate", "u32"],
      ["venue", "u16"],
      ["pool_type", "u8"],
      ["token0_decimals", "u8"],
      ["token1_decimals", "u8"],
      ["_0", "pad3"],
      ["pool_address", "addr"],
      ["token0_addr", "addr"],
      ["token1_addr", "addr"],
    ],
  },
  PoolSync: {
    type: 16,
    fields: [
      ["reserve0", "u128"],
      ["reserve1", "u128"],
      ["timestamp_ns", "u64"],
      ["block_number", "u64"],
      ["venue", "u16"],
      ["token0_decimals", "u8"],
      ["token1_decimals", "u8"],
      ["_0", "pad12"],
      ["pool_address", "addr"],
      ["token0_addr", "addr"],
      ["token1_addr", "addr"],
    ],
  },
  GasPrice: {
    type: 18,
    fields: [
      ["block_number", "u64"],
      ["timestamp_ns", "u64"],
      ["gas_price_gwei", "u32"],
      ["base_fee_gwei", "u32"],
      ["priority_fee_gwei", "u32"],
      ["venue", "u16"],
      ["_0", "pad2"],
    ],
  },
  ArbitrageSignal: {
    type: 32,
    fields: [
      ["strategy_id", "u16"],
      ["signal_id", "u64"],
      ["chain_id", "u32"],
      ["source_pool", "addr20"],
      ["target_pool", "addr20"],
      ["source_venue", "u16"],
      ["target_venue", "u16"],
      ["token_in", "addr20"],
      ["token_out", "addr20"],
      ["expected_profit_usd_q8", "i64"],
      ["required_capital_usd_q8", "i64"],
      ["spread_bps", "u16"],
      ["dex_fees_usd_q8", "i64"],
      ["gas_cost_usd_q8", "i64"],
      ["slippage_usd_q8", "i64"],
      ["net_profit_usd_q8", "i64"],
      ["slippage_tolerance_bps", "u16"],
      ["max_gas_price_gwei", "u32"],
      ["valid_until", "u32"],
      ["priority", "u16"],
      ["_0", "pad2"],
      ["timestamp_ns", "u64"],
    ],
  },
  SystemHealth: {
    type: 107,
    fields: [
      ["timestamp_ns", "u64"],
      ["connection_count", "u32"],
      ["message_rate_per_sec", "u32"],
      ["last_error_code", "u32"],
      ["error_rate_per_thousand", "u16"],
      ["latency_p95_us", "u16"],
      ["service_type", "u8"],
      ["health_status", "u8"],
      ["cpu_usage_pct", "u8"],
      ["memory_usage_pct", "u8"],
      ["_0", "pad20"],
    ],
  },
  TraceContext: {
    type: 108,
    fields: [
      ["start_timestamp_ns", "u64"],
      ["current_timestamp_ns", "u64"],
      ["source_service", "u8"],
      ["span_depth", "u8"],
      ["stage_flags", "u8"],
      ["_0", "pad5"],
      ["trace_id", "bytes8"],
    ],
  },
  /** A transaction's state at one moment. `flags` (see TX_FLAG) says which optional fields are present. */
  Transaction: {
    type: 210,
    fields: [
      ["value", "u256"],
      ["gas_price", "u128"],
      ["max_fee_per_gas", "u128"],
      ["max_priority_fee_per_gas", "u128"],
      ["chain_id", "u64"],
      ["nonce", "u64"],
      ["gas_limit", "u64"],
      ["block_number", "u64"],
      ["calldata_length", "u32"],
      ["tx_type", "u8"],
      ["status", "u8"],
      ["flags", "u8"],
      ["_0", "u8"],
      ["method_selector", "bytes4"],
      ["inner_selectors", "bytes16"],
      ["hash", "bytes32"],
      ["sender", "addr"],
      ["to", "addr"],
    ],
  },
  /** Companion of a pool event: its place on its chain. */
  Provenance: {
    type: 211,
    fields: [
      ["chain_id", "u64"],
      ["block_number", "u64"],
      ["log_index", "u32"],
      ["tx_index", "u32"],
      ["reorged", "u8"],
      ["_0", "pad7"],
      ["sender", "addr"],
      ["block_hash", "bytes32"],
      ["tx_hash", "bytes32"],
    ],
  },
  /** `decimals` 255 = unknown. The token's name is `token_name`, for a TLV's own name is `name`. */
  TokenInfo: {
    type: 212,
    fields: [
      ["chain_id", "u64"],
      ["decimals", "u8"],
      ["stable", "u8"],
      ["_0", "pad6"],
      ["address", "addr"],
      ["symbol", "text32"],
      ["token_name", "text64"],
    ],
  },
  /** `fee` in hundredths of a bip, 0 = unknown; `kind` see POOL_KIND. */
  PoolInfo: {
    type: 213,
    fields: [
      ["chain_id", "u64"],
      ["fee", "u32"],
      ["tick_spacing", "i32"],
      ["venue", "u16"],
      ["kind", "u8"],
      ["_0", "pad5"],
      ["pool", "addr"],
      ["token0", "addr"],
      ["token1", "addr"],
    ],
  },
  /** `block_timestamp` in Unix seconds; `flags` bit 0: base_fee present. */
  ChainHead: {
    type: 214,
    fields: [
      ["base_fee", "u128"],
      ["chain_id", "u64"],
      ["block_number", "u64"],
      ["block_timestamp", "u64"],
      ["gas_used", "u64"],
      ["gas_limit", "u64"],
      ["tx_count", "u32"],
      ["flags", "u8"],
      ["_0", "pad3"],
      ["block_hash", "bytes32"],
      ["parent_hash", "bytes32"],
    ],
  },
  CollectorStatus: {
    type: 215,
    fields: [
      ["chain_id", "u64"],
      ["last_block", "u64"],
      ["state", "u8"],
      ["_0", "pad7"],
      ["collector_id", "text32"],
      ["detail", "text128"],
    ],
  },
  /** Companion of a Trade. `condition_count` of the bytes of `conditions` are used. */
  TradeMeta: {
    type: 216,
    fields: [
      ["tape", "u8"],
      ["condition_count", "u8"],
      ["_0", "pad6"],
      ["conditions", "bytes16"],
      ["producer_id", "bytes16"],
      ["trade_id", "text32"],
    ],
  },
  /** The fold's clock: appended by the log's writer each second of wall time. */
  Tick: { type: 217, fields: [["unix_ms", "u64"]] },
  InstrumentInfo: {
    type: 218,
    fields: [
      ["asset_id", "u64"],
      ["price_decimals", "u8"],
      ["_0", "pad7"],
      ["symbol", "text32"],
    ],
  },
  /** Opens a recording that begins mid-log. */
  LogPosition: {
    type: 219,
    fields: [
      ["seq", "u64"],
      ["latest_ingest_seq", "u64"],
      ["epoch", "text64"],
    ],
  },
} as const satisfies Record<string, LayoutRow>;

export type PayloadName = keyof typeof LAYOUTS;
type Fields<N extends PayloadName> = (typeof LAYOUTS)[N]["fields"][number];

/** Names of a payload's fields, pads left out. */
export type FieldName<N extends PayloadName> = Exclude<
  Fields<N>,
  readonly [string, PadKind] | readonly [`_${string}`, FieldKind]
>[0];

type ValueOf<K extends FieldKind> = K extends "u8" | "u16" | "u32" | "i32"
  ? number
  : K extends "u64" | "i64" | "u128" | "u256"
    ? bigint
    : string;

/** The exact decoded form of a payload's fields: bigint for 64 bits and wider, 0x lower-case hex for bytes. */
export type PayloadFields<N extends PayloadName> = {
  [F in Exclude<Fields<N>, readonly [string, PadKind] | readonly [`_${string}`, FieldKind]> as F[0]]: ValueOf<
    F[1]
  >;
};

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly offset: number;
  readonly size: number;
  readonly isPad: boolean;
}

export interface Layout {
  readonly name: PayloadName;
  readonly type: number;
  readonly size: number;
  readonly fields: readonly Field[];
}

function buildLayout(name: PayloadName): Layout {
  const row: LayoutRow = LAYOUTS[name];
  let offset = 0;
  const fields = row.fields.map(([fieldName, kind]) => {
    const field = { name: fieldName, kind, offset, size: KIND_BYTES[kind], isPad: fieldName.startsWith("_") };
    offset += field.size;
    return field;
  });
  return { name, type: row.type, size: offset, fields };
}

export const LAYOUT_LIST: readonly Layout[] = (Object.keys(LAYOUTS) as PayloadName[]).map(buildLayout);

/** Layout by type number; `undefined` for a type without one. */
export const LAYOUT_BY_TYPE: readonly (Layout | undefined)[] = Array.from({ length: 256 }, (_, type) =>
  LAYOUT_LIST.find((layout) => layout.type === type),
);

type OffsetTable = { readonly [N in PayloadName]: { readonly [F in FieldName<N>]: number } };

/** `OFFSET.PoolSwap.block_number`: bytes from the start of the value. For the hot path. */
export const OFFSET = Object.fromEntries(
  LAYOUT_LIST.map((layout) => [
    layout.name,
    Object.fromEntries(layout.fields.filter((f) => !f.isPad).map((f) => [f.name, f.offset])),
  ]),
) as OffsetTable;

/** `SIZE.PoolSwap`: bytes of the value. */
export const SIZE = Object.fromEntries(LAYOUT_LIST.map((l) => [l.name, l.size])) as Readonly<
  Record<PayloadName, number>
>;

/** `TYPE.PoolSwap`: the TLV type number. */
export const TYPE = Object.fromEntries(LAYOUT_LIST.map((l) => [l.name, l.type])) as {
  readonly [N in PayloadName]: (typeof LAYOUTS)[N]["type"];
};
