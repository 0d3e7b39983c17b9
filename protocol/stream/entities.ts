/**
 * The entities of each channel. Every entity has `id` and `seq` (the seq of the change that last touched it).
 * Amounts and money are decimal strings unless named `_usd` or `price`; times are Unix ms; addresses and hashes are
 * 0x lower-case hex. An entity carries times, never ages.
 */
import { type Static, Type } from "typebox";

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const decimal = (description: string) => Type.String({ pattern: "^-?[0-9]+$", description });
const hex = (description: string) => Type.String({ pattern: "^0x[0-9a-f]*$", description });
const Seq = Type.Integer({ minimum: 0, description: "seq of the change that last touched this entity" });
const unixMs = (description: string) => Type.Integer({ minimum: 0, description: `Unix ms; ${description}` });
const chainId = Type.Integer({ description: "EIP-155 chain id" });
const symbol = (description: string) => nullable(Type.String({ description }));

const enumOf = <const T extends string[]>(names: readonly [...T], description?: string) =>
  Type.Enum<T>(names, description === undefined ? {} : { description });

/** An exact amount: raw units, the token's decimals where known, and raw / 10^decimals as exact decimal text. */
export const Amount = Type.Object(
  {
    raw: decimal("the token's smallest units"),
    decimals: nullable(Type.Integer({ minimum: 0, maximum: 254, description: "the token's; null: unknown" })),
    text: nullable(Type.String({ description: "`raw` / 10^`decimals`, exact decimal text; null: unknown" })),
  },
  { description: "an exact amount of a token" },
);
export type Amount = Static<typeof Amount>;

const amount = (description: string) => nullable(Type.Object(Amount.properties, { description }));

export const TxEntity = Type.Object({
  id: hex("the transaction's hash"),
  seq: Seq,
  hash: hex("the same as `id`"),
  chain_id: chainId,
  sender: hex("address"),
  to: nullable(hex("address; null: the transaction creates a contract")),
  nonce: decimal("of the sender"),
  tx_type: Type.Integer({ description: "EIP-2718 type; 0 legacy, 2 with EIP-1559 fees" }),
  value_wei: decimal("wei"),
  gas_limit: decimal("gas"),
  gas_price_wei: nullable(decimal("wei a gas; null where the type has none")),
  max_fee_per_gas_wei: nullable(decimal("wei a gas; null where the type has none")),
  max_priority_fee_per_gas_wei: nullable(decimal("wei a gas; null where the type has none")),
  method_selector: nullable(hex("first 4 bytes of the calldata; null: shorter than that")),
  calldata_bytes: Type.Integer({ description: "length of the calldata, bytes" }),
  status: enumOf(
    ["pending", "included", "reverted", "replaced", "dropped", "reorged"] as const,
    "`replaced`: another transaction has its nonce; `dropped`: it stayed pending too long",
  ),
  block_number: nullable(decimal("the block that it is in, where `included` or `reverted`")),
  protocol: nullable(Type.String({ description: "null: nothing tells it yet" })),
  category: nullable(Type.String({ description: "null: nothing tells it yet" })),
  seen_unix_ms: unixMs("when it was first seen"),
  source_id: Type.Integer({ description: "header source of the message that was seen first" }),
});
export type TxEntity = Static<typeof TxEntity>;

/**
 * A pool event. A swap has `token_in`, `token_out`, `amount_in`, `amount_out` and `price` (quote over base of `pair`);
 * a mint, burn or sync has `amount0` and `amount1` with their symbols instead (a sync's are its reserves).
 */
export const PoolEventEntity = Type.Object({
  id: Type.String({ description: "`chain:block_hash:log_index`, or `log:N` without provenance" }),
  seq: Seq,
  kind: enumOf(["swap", "mint", "burn", "sync"] as const),
  chain_id: nullable(chainId),
  pool: hex("address"),
  venue: Type.String({ description: "name of the exchange" }),
  pair: nullable(Type.String({ description: "BASE/QUOTE by symbol; null while a symbol is unknown" })),
  token_in: nullable(hex("swap: address of the token that was sold to the pool")),
  token_out: nullable(hex("swap: address of the token that was bought from it")),
  symbol_in: symbol("swap: symbol of `token_in`"),
  symbol_out: symbol("swap: symbol of `token_out`"),
  symbol0: symbol("others: symbol of the pool's first token"),
  symbol1: symbol("others: symbol of its second token"),
  amount_in: amount("swap: what was sold to the pool"),
  amount_out: amount("swap: what was bought from it"),
  amount0: amount("mint, burn: of the first token; sync: the pool's reserve of it"),
  amount1: amount("the same of the second token"),
  price: nullable(Type.Number({ description: "swap: quote units per base unit of `pair`" })),
  value_usd: nullable(Type.Number({ description: "US dollars; null: no price is known" })),
  tick_after: nullable(Type.Integer({ description: "V3 swap: the pool's tick after it" })),
  liquidity_after: nullable(decimal("V3 swap: the pool's liquidity in range after it")),
  sqrt_price_x96_after: nullable(decimal("V3 swap: sqrt(raw token1 / raw token0) * 2^96 after it")),
  block_number: nullable(decimal("the block that it is in")),
  tx_hash: nullable(hex("the transaction that made it; null: unknown")),
  log_index: nullable(Type.Integer({ description: "place among the logs of its block" })),
  status: enumOf(["seen", "reorged"] as const, "`reorged`: its block has left the chain"),
  seen_unix_ms: unixMs("when it was first seen"),
});
export type PoolEventEntity = Static<typeof PoolEventEntity>;

export const PoolStateEntity = Type.Object({
  id: hex("the pool's address"),
  seq: Seq,
  chain_id: nullable(chainId),
  venue: Type.String({ description: "name of the exchange" }),
  kind: nullable(enumOf(["v2", "v3", "algebra"] as const)),
  token0: nullable(hex("address")),
  token1: nullable(hex("address")),
  symbol0: symbol("of `token0`"),
  symbol1: symbol("of `token1`"),
  pair: nullable(Type.String({ description: "BASE/QUOTE by symbol; null while a symbol is unknown" })),
  fee: nullable(Type.Integer({ description: "hundredths of a bip" })),
  reserve0: amount("V2: reserve of `token0`"),
  reserve1: amount("V2: reserve of `token1`"),
  sqrt_price_x96: nullable(decimal("V3: sqrt(raw token1 / raw token0) * 2^96")),
  liquidity: nullable(decimal("V3: liquidity in range")),
  tick: nullable(Type.Integer({ description: "V3: log base 1.0001 of raw token1 / raw token0" })),
  price: nullable(Type.Number({ description: "quote units per base unit of `pair`" })),
  price_usd: nullable(Type.Number({ description: "US dollars a base; null: no price is known" })),
  tvl_usd: nullable(Type.Number({ description: "US dollars that it holds; null: no price is known" })),
  swaps: Type.Integer({ description: "swaps folded since the log's origin" }),
  volume_usd: nullable(Type.Number({ description: "US dollars swapped; null: no price is known" })),
  last_seen_unix_ms: unixMs("when its last event was seen"),
});
export type PoolStateEntity = Static<typeof PoolStateEntity>;

export const ChainEntity = Type.Object({
  id: Type.String({ description: "EIP-155 chain id, decimal" }),
  seq: Seq,
  head_block: nullable(decimal("number of the newest block")),
  head_hash: nullable(hex("its hash")),
  block_unix_ms: nullable(unixMs("its own time")),
  base_fee_wei: nullable(decimal("its base fee, wei a gas")),
  gas_used_ratio: nullable(Type.Number({ description: "its gas used over its gas limit, 0 to 1" })),
  tx_per_s: Type.Number({ description: "transactions first seen, over the last 60 s of fold time" }),
  swaps_per_s: Type.Number({ description: "swaps over the last 60 s of fold time" }),
  reorgs: Type.Integer({ description: "reorganisations since the log's origin" }),
  collector_state: nullable(
    enumOf(
      ["connected", "backfilling", "silent", "reconnecting", "stopped"] as const,
      "of the collector that reads this chain",
    ),
  ),
  collector_id: nullable(Type.String({ description: "its name" })),
  last_event_unix_ms: unixMs("when the last event of this chain was seen"),
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
