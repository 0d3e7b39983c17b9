/**
 * The rules of feature-engine.v1, as tables: what a selector does, and what the scores are made of. Who is called is the
 * registry's part (`model/registry`). docs/features.md shows the same tables with their sources.
 */

export const FEATURE_ENGINE_VERSION = "feature-engine.v1";

/** In the order of their rank: a multicall is what the first of these is that it holds. */
export const CATEGORIES = ["swap", "liquidity", "transfer", "approval", "deploy", "other"] as const;
export type Category = (typeof CATEGORIES)[number];

/** Where no address tells the protocol, and no selector either. */
export const UNKNOWN_PROTOCOL = "unknown";
/** Told by one of `ERC20_SELECTORS`, whatever the token is. */
export const ERC20_PROTOCOL = "erc20";

/** transfer, transferFrom, approve: every token has them. */
export const ERC20_SELECTORS: readonly string[] = ["0xa9059cbb", "0x23b872dd", "0x095ea7b3"];

/** Calls that hold calls: the Transaction TLV brings the selectors of the first four. */
export const MULTICALL_SELECTORS: readonly string[] = ["0x5ae401dc", "0xac9650d8", "0x1f0464d1"];

/** mev by category. */
export const MEV_BASE: Readonly<Record<Category, number>> = {
  swap: 55,
  approval: 16,
  transfer: 10,
  liquidity: 8,
  deploy: 8,
  other: 8,
};

/** Points and thresholds of both scores, which are integers in 0..100, rounded down. */
export const SCORES = {
  max: 100,
  /** Urgency: the priority fee in gwei up to so many points. */
  priority_fee_max: 60,
  /** Where a transaction has none: half its gas price in gwei up to so many. */
  gas_price_max: 40,
  /** A transaction of type 2. */
  type_2: 6,
  /** One that sets a max fee. */
  max_fee: 4,
  /** Mev: the protocol is known by its address, so it is a DEX or an aggregator. */
  dex: 12,
  /** More calldata than `calldata_bytes`: more than a transfer with an argument or two. */
  calldata: 5,
  calldata_bytes: 132,
  /** Value is sent. */
  value: 3,
  /** A gas limit of at least `gas_limit_gas`. */
  gas_limit: 4,
  gas_limit_gas: 200_000,
  /** A transaction of type 3 (blobs). */
  type_3: 2,
  /** One point of mev for so many of urgency. */
  urgency_per_mev: 2,
} as const;
