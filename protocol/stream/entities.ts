/**
 * The entities of each channel. Every entity has `id` and `seq` (the seq of the change that last touched it).
 * Amounts and money are decimal strings unless named `_usd` or `price`; times are Unix ms; addresses and hashes are
 * 0x lower-case hex. An entity carries times, never ages.
 */
import { type Static, Type } from "typebox";
import type { ChannelName, MainChannel } from "./channels.ts";

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
  protocol: Type.String({
    description: "what it calls, by address or selector; `unknown` where neither tells",
  }),
  category: Type.String({ description: "what it does, by selector; `other` where that does not tell" }),
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
  reserve0: amount("V2: reserve of `token0`; V3: the pool's balance of it, tracked; null: unknown"),
  reserve1: amount("V2: reserve of `token1`; V3: the pool's balance of it, tracked; null: unknown"),
  sqrt_price_x96: nullable(decimal("V3: sqrt(raw token1 / raw token0) * 2^96")),
  liquidity: nullable(decimal("V3: liquidity in range")),
  tick: nullable(Type.Integer({ description: "V3: log base 1.0001 of raw token1 / raw token0" })),
  price: nullable(Type.Number({ description: "quote units per base unit of `pair`" })),
  price_usd: nullable(
    Type.Number({ description: "US dollars a base when the row changed last; null: no price is known" }),
  ),
  tvl_usd: nullable(
    Type.Number({
      description: "US dollars that it holds, both tokens; null: a price or a balance is unknown",
    }),
  ),
  swaps: Type.Integer({ description: "swaps folded since the log's origin, less those taken back" }),
  volume_usd: nullable(
    Type.Number({
      description:
        "US dollars swapped since then, to the millionth, while a price was known; null: none is or was",
    }),
  ),
  last_seen_unix_ms: unixMs("when its last event was seen"),
});
export type PoolStateEntity = Static<typeof PoolStateEntity>;

const score = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 100, description: `0 to 100; ${description}` });
const usd = (description: string) => Type.Number({ description: `US dollars; ${description}` });
const price = (description: string) => Type.Number({ description });

export const FeatureEntity = Type.Object({
  id: hex("the transaction's hash"),
  seq: Seq,
  hash: hex("the same as `id`"),
  chain_id: chainId,
  protocol: Type.String({
    description: "what it calls, by address or selector; `unknown` where neither tells",
  }),
  category: Type.String({ description: "what it does, by selector; `other` where that does not tell" }),
  mev_score: score("how much it looks like what searchers compete for"),
  urgency_score: score("how much it pays to be early"),
  method_selector: nullable(hex("first 4 bytes of the calldata; null: shorter than that")),
  feature_engine_version: Type.String({ description: "rules that the scores are of" }),
});
export type FeatureEntity = Static<typeof FeatureEntity>;

export const FeatureTopEntity = Type.Object({
  id: Type.String({ description: "`protocol/category`" }),
  seq: Seq,
  protocol: Type.String({ description: "as of the transactions that it sums up" }),
  category: Type.String({ description: "as of the transactions that it sums up" }),
  count: Type.Integer({ description: "transactions since the log's origin" }),
  rate_per_min: Type.Integer({ description: "of these over the last 60 s of fold time" }),
  mean_mev_score: Type.Number({ description: "of all that `count` counts" }),
  mean_urgency_score: Type.Number({ description: "of all that `count` counts" }),
});
export type FeatureTopEntity = Static<typeof FeatureTopEntity>;

const q8 = (description: string) => decimal(`10^-8 US dollars; ${description}`);

/**
 * A difference between two pools' prices of one pair: buy in one, sell in the other. What the fold found itself has
 * exact amounts; what an ArbitrageSignal told has `signal`, its figures as they came.
 */
export const OpportunityEntity = Type.Object({
  id: Type.String({ description: "`pair:buy_pool:sell_pool`, the pair as `CHAIN.TOKEN0.TOKEN1` by address" }),
  seq: Seq,
  status: enumOf(
    ["open", "expired", "taken"] as const,
    "`expired`: its validity passed; `taken`: later swaps in its pools closed it",
  ),
  strategy: Type.String({
    description: "`v2-v2`, `v2-v3` or `v3-v3` of the fold's own; `strategy N` of a signal",
  }),
  method: enumOf(
    ["closed-form", "single-tick", "signal"] as const,
    "how the input was found: `single-tick` is capped at the edge of a pool's current tick range",
  ),
  score: score("how good it is, with its reasons"),
  reasons: Type.Array(Type.String({ description: "a few words" }), {
    maxItems: 8,
    description: "of the score, a few words each",
  }),
  chain_id: chainId,
  pair: nullable(Type.String({ description: "BASE/QUOTE by symbol; null while a symbol is unknown" })),
  token_in: hex("address of the token that is put in and taken out again"),
  token_out: hex("address of the token in between"),
  symbol_in: symbol("of `token_in`"),
  symbol_out: symbol("of `token_out`"),
  buy_pool: hex("address of the pool that `token_out` is bought in"),
  buy_venue: Type.String({ description: "name of its exchange" }),
  buy_price: nullable(price("its price, quote per base, before the swaps")),
  sell_pool: hex("address of the pool that it is sold in"),
  sell_venue: Type.String({ description: "name of its exchange" }),
  sell_price: nullable(price("its price, quote per base, before the swaps")),
  spread_bps: Type.Integer({
    description: "of the two prices, hundredths of a percent of the lower one, rounded down",
  }),
  optimal_in: amount("of `token_in`; null of a signal"),
  expected_out: amount("of `token_out`, between the two swaps; null of a signal"),
  gross_profit: amount("of `token_in`, after both pools' fees; null of a signal"),
  gross_profit_usd: usd("what `gross_profit` is worth; of a signal, what it expects"),
  dex_fees_usd: nullable(usd("both pools' fees, which gross profit is already after; null: unknown")),
  gas_cost_usd: usd("configured gas use at `gas_price_wei`"),
  gas_price_wei: nullable(decimal("of the block: base fee and usual tip, wei a gas; null of a signal")),
  slippage_usd: usd("configured share of gross profit for the time until inclusion"),
  net_profit_usd: usd("gross profit less gas and slippage"),
  required_capital_usd: usd("what is put in"),
  signal: nullable(
    Type.Object(
      {
        strategy_id: Type.Integer({ description: "of the sender" }),
        signal_id: decimal("of the sender"),
        expected_profit_usd_q8: q8("gross"),
        required_capital_usd_q8: q8("what is put in"),
        dex_fees_usd_q8: q8("both pools' fees"),
        gas_cost_usd_q8: q8("gas"),
        slippage_usd_q8: q8("slippage"),
        net_profit_usd_q8: q8("net"),
        slippage_tolerance_bps: Type.Integer({ description: "that the sender bears" }),
        max_gas_price_gwei: Type.Integer({ description: "that the sender pays at the most, gwei a gas" }),
        priority: Type.Integer({ description: "of the sender" }),
      },
      { description: "of an ArbitrageSignal: its figures, exact; null of the fold's own" },
    ),
  ),
  protocol: Type.String({ description: "of the venues, `BUY>SELL`" }),
  category: Type.String({ description: "`arbitrage`" }),
  block_number: nullable(decimal("the block after which it was last evaluated; null of a signal")),
  arbitrage_engine_version: Type.String({ description: "rules that the figures are of" }),
  feature_engine_version: Type.String({ description: "rules that protocol and category are of" }),
  detected_unix_ms: unixMs("when it opened"),
  opened_seq: Type.Integer({ minimum: 0, description: "seq of the change that opened it, the last time" }),
  valid_until_unix_ms: unixMs("when it expires unless it is seen again"),
});
export type OpportunityEntity = Static<typeof OpportunityEntity>;

const decimalText = (description: string) => Type.String({ pattern: "^-?[0-9]+(\\.[0-9]+)?$", description });

const ohlcv = {
  open: decimalText("price of the first trade by event time, exact"),
  high: decimalText("highest price"),
  low: decimalText("lowest price"),
  close: decimalText("price of the last trade by event time"),
  volume: decimalText("sum of the sizes, in units of the base, exact"),
  vwap: nullable(decimalText("notional over volume, rounded once; null: no volume")),
  trades: Type.Integer({ description: "trades in it" }),
} as const;

export const BarEntity = Type.Object({
  id: Type.String({ description: "start of the bar, Unix ms, decimal" }),
  seq: Seq,
  start_unix_ms: unixMs("start of the bar, event time"),
  end_unix_ms: unixMs("its end, which is the next one's start"),
  ...ohlcv,
  late_trades: Type.Integer({ description: "of `trades`, those that came after it was final" }),
  final: Type.Boolean({ description: "event time has passed its end by the allowed lateness" }),
});
export type BarEntity = Static<typeof BarEntity>;

export const MarketEntity = Type.Object({
  id: Type.String({ description: "the symbol, as names of channels of bars have it" }),
  seq: Seq,
  symbol: Type.String({ description: "the same as `id`" }),
  title: Type.String({ description: "for people: of a pair BASE/QUOTE by the tokens' own symbols" }),
  kind: enumOf(["trades", "pair"] as const, "`pair`: swaps of a pair of tokens, all pools together"),
  chain_id: nullable(chainId),
  interval: Type.String({ description: "of the bar: the shortest one" }),
  start_unix_ms: unixMs("start of the bar, event time"),
  ...ohlcv,
  final: Type.Boolean({ description: "event time has passed its end by the allowed lateness" }),
  session_open: decimalText("price of the first trade since the log's origin, or since midnight UTC"),
  change: decimalText("`close` less `session_open`"),
  change_ratio: nullable(Type.Number({ description: "`change` over `session_open`" })),
  last_trade_unix_ms: unixMs("event time of the newest trade"),
});
export type MarketEntity = Static<typeof MarketEntity>;

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
  last_reorg_depth: nullable(
    Type.Integer({ description: "blocks that the newest reorganisation took back; null: there was none" }),
  ),
  block_time_ms: Type.Integer({ description: "expected from one block to the next, learnt from the heads" }),
  gas_price_wei: nullable(
    decimal("what a transaction pays a gas, wei: base fee and usual tip; null: nobody told"),
  ),
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
  "feature.main": FeatureEntity,
  "feature.top": FeatureTopEntity,
  "opportunity.main": OpportunityEntity,
  "chain.main": ChainEntity,
  "market.main": MarketEntity,
  "market.bars": BarEntity,
} as const;

/** By kind of channel. */
export interface EntityOfKind {
  "tx.main": TxEntity;
  "pool.main": PoolEventEntity;
  "pool.state": PoolStateEntity;
  "feature.main": FeatureEntity;
  "feature.top": FeatureTopEntity;
  "opportunity.main": OpportunityEntity;
  "chain.main": ChainEntity;
  "market.main": MarketEntity;
  "market.bars": BarEntity;
}

export type EntityOf<C extends ChannelName> = EntityOfKind[C extends MainChannel ? C : "market.bars"];
