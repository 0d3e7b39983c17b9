/**
 * The entities of each channel. Every entity has `id` and `seq` (the seq of the change that last touched it).
 * Amounts and money are decimal strings unless named `_usd` or `price`; times are Unix ms; addresses and hashes are
 * 0x lower-case hex. An entity carries times, never ages.
 */
import { type Static, Type } from "typebox";

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Decimal = Type.String({ pattern: "^-?[0-9]+$", description: "decimal integer" });
const Hex = Type.String({ pattern: "^0x[0-9a-f]*$" });
const Seq = Type.Integer({ minimum: 0, description: "seq of the change that last touched this entity" });
const UnixMs = Type.Integer({ minimum: 0, description: "Unix ms" });

const enumOf = <const T extends string[]>(names: readonly [...T]) => Type.Enum<T>(names);

/** An exact amount: raw units, the token's decimals where known, and raw / 10^decimals as exact decimal text. */
export const Amount = Type.Object({
  raw: Decimal,
  decimals: nullable(Type.Integer({ minimum: 0, maximum: 254 })),
  text: nullable(Type.String()),
});
export type Amount = Static<typeof Amount>;

export const TxEntity = Type.Object({
  id: Hex,
  seq: Seq,
  hash: Hex,
  chain_id: Type.Integer(),
  sender: Hex,
  to: nullable(Hex),
  nonce: Decimal,
  tx_type: Type.Integer(),
  value_wei: Decimal,
  gas_limit: Decimal,
  gas_price_wei: nullable(Decimal),
  max_fee_per_gas_wei: nullable(Decimal),
  max_priority_fee_per_gas_wei: nullable(Decimal),
  method_selector: nullable(Hex),
  calldata_bytes: Type.Integer(),
  status: enumOf(["pending", "included", "reverted", "replaced", "dropped", "reorged"] as const),
  block_number: nullable(Decimal),
  protocol: nullable(Type.String()),
  category: nullable(Type.String()),
  seen_unix_ms: UnixMs,
  source_id: Type.Integer({ description: "header source of the message that was seen first" }),
});
export type TxEntity = Static<typeof TxEntity>;

/**
 * A pool event. A swap has `token_in`, `token_out`, `amount_in`, `amount_out` and `price` (quote over base of `pair`);
 * a mint, burn or sync has `amount0` and `amount1` with their symbols instead (a sync's are its reserves).
 */
export const PoolEventEntity = Type.Object({
  id: Type.String(),
  seq: Seq,
  kind: enumOf(["swap", "mint", "burn", "sync"] as const),
  chain_id: nullable(Type.Integer()),
  pool: Hex,
  venue: Type.String(),
  pair: nullable(Type.String({ description: "BASE/QUOTE by symbol; null while a symbol is unknown" })),
  token_in: nullable(Hex),
  token_out: nullable(Hex),
  symbol_in: nullable(Type.String()),
  symbol_out: nullable(Type.String()),
  symbol0: nullable(Type.String()),
  symbol1: nullable(Type.String()),
  amount_in: nullable(Amount),
  amount_out: nullable(Amount),
  amount0: nullable(Amount),
  amount1: nullable(Amount),
  price: nullable(Type.Number()),
  value_usd: nullable(Type.Number()),
  tick_after: nullable(Type.Integer()),
  liquidity_after: nullable(Decimal),
  sqrt_price_x96_after: nullable(Decimal),
  block_number: nullable(Decimal),
  tx_hash: nullable(Hex),
  log_index: nullable(Type.Integer()),
  status: enumOf(["seen", "reorged"] as const),
  seen_unix_ms: UnixMs,
});
export type PoolEventEntity = Static<typeof PoolEventEntity>;

export const PoolStateEntity = Type.Object({
  id: Hex,
  seq: Seq,
  chain_id: nullable(Type.Integer()),
  venue: Type.String(),
  kind: nullable(enumOf(["v2", "v3", "algebra"] as const)),
  token0: nullable(Hex),
  token1: nullable(Hex),
  symbol0: nullable(Type.String()),
  symbol1: nullable(Type.String()),
  pair: nullable(Type.String()),
  fee: nullable(Type.Integer({ description: "hundredths of a bip" })),
  reserve0: nullable(Amount),
  reserve1: nullable(Amount),
  sqrt_price_x96: nullable(Decimal),
  liquidity: nullable(Decimal),
  tick: nullable(Type.Integer()),
  price: nullable(Type.Number({ description: "quote per base of `pair`" })),
  price_usd: nullable(Type.Number()),
  tvl_usd: nullable(Type.Number()),
  swaps: Type.Integer({ description: "swaps folded since the log's origin" }),
  volume_usd: nullable(Type.Number()),
  last_seen_unix_ms: UnixMs,
});
export type PoolStateEntity = Static<typeof PoolStateEntity>;

export const ChainEntity = Type.Object({
  id: Type.String(),
  seq: Seq,
  head_block: nullable(Decimal),
  head_hash: nullable(Hex),
  block_unix_ms: nullable(UnixMs),
  base_fee_wei: nullable(Decimal),
  gas_used_ratio: nullable(Type.Number()),
  tx_per_s: Type.Number({ description: "transactions first seen, over the last 60 s of fold time" }),
  swaps_per_s: Type.Number({ description: "swaps over the last 60 s of fold time" }),
  reorgs: Type.Integer(),
  collector_state: nullable(
    enumOf(["connected", "backfilling", "silent", "reconnecting", "stopped"] as const),
  ),
  collector_id: nullable(Type.String()),
  last_event_unix_ms: UnixMs,
});
export type ChainEntity = Static<typeof ChainEntity>;

export const ENTITY_SCHEMAS = {
  "tx.main": TxEntity,
  "pool.main": PoolEventEntity,
  "pool.state": PoolStateEntity,
  "chain.main": ChainEntity,
} as const;

export interface EntityOf {
  "tx.main": TxEntity;
  "pool.main": PoolEventEntity;
  "pool.state": PoolStateEntity;
  "chain.main": ChainEntity;
}
