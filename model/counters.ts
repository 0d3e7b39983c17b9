/** What the fold counted since the log's origin. */
import type { ChannelKind } from "../protocol/stream/channels.ts";
import { typeName } from "../protocol/tlv/type-name.ts";

export const DUPLICATE_KINDS = ["pool_event", "transaction", "trade", "chain_head"] as const;
export type DuplicateKind = (typeof DUPLICATE_KINDS)[number];

/**
 * `clock_outlier`: a header time too far ahead, or a Tick that is no time. `log_oversize`: a message larger than the
 * log, folded but not held. `liquidity_overflow`: a mint or burn that does not fit the pool's known liquidity, which is
 * then unknown until the next swap. `balance_overflow`: a swap, mint or burn that does not fit a V3 pool's tracked
 * balances, which are then unknown until they are told. `pool_chain_conflict`: a pool event or PoolInfo of another chain
 * than the one that holds the address; the pool is left alone. `undo_lost`: a block that left the chain and could not be taken back, for it was too
 * old or had changed too much. `unknown_status`: a Transaction or CollectorStatus with a state that the wire has not;
 * it is not folded. `bar_overflow`: a trade whose sums, or a swap whose price, no bar of its series can hold.
 * `bar_not_remade`: a bar of a swap that was taken back, left as it was because not all its swaps are kept.
 * `pair_decimals`: a swap whose tokens have other decimals than its pair began with. `trade_refused`: a trade whose price
 * is not over 0, or whose volume is below it. `trade_time`: a trade or swap whose time is none, or too far ahead. None of
 * the last three moves a bar.
 */
export const MODEL_FAULTS = [
  "bar_not_remade",
  "bar_overflow",
  "clock_outlier",
  "log_oversize",
  "liquidity_overflow",
  "balance_overflow",
  "pool_chain_conflict",
  "pair_decimals",
  "trade_refused",
  "trade_time",
  "undo_lost",
  "unknown_status",
] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

/**
 * What came to bars and is not plain in them. Once an interval, `late`: after the bar was final, which it amends;
 * `evicted_bucket`: for a bar that is no longer held, which stays so. Once, `excluded`: a trade whose conditions let it
 * move nothing.
 */
export const BAR_COUNTERS = ["late", "evicted_bucket", "excluded"] as const;
export type BarCounter = (typeof BAR_COUNTERS)[number];

export interface ModelCounters {
  readonly duplicates: Readonly<Record<DuplicateKind, number>>;
  readonly faults: Readonly<Record<ModelFault, number>>;
  readonly bars: Readonly<Record<BarCounter, number>>;
  /** Rows that left each channel because it was full or the byte budget was used up; those of bars are one. */
  readonly evictions: Readonly<Record<ChannelKind, number>>;
  /** By the name of a message's first TLV (`typeName`); `none` for a message without, `unknown` for a type without a name. */
  readonly messages: Readonly<Record<string, number>>;
}

/** Type numbers are 1 to 254, so 0 is free for a message without TLVs. */
export const NO_TLV = 0;

export class Tally {
  readonly duplicates = zeros(DUPLICATE_KINDS);
  readonly faults = zeros(MODEL_FAULTS);
  readonly bars = zeros(BAR_COUNTERS);
  readonly byType = new Float64Array(256);

  messages(): Record<string, number> {
    const named: Record<string, number> = {};
    for (const [type, count] of this.byType.entries()) {
      if (count === 0) continue;
      const name = type === NO_TLV ? "none" : (typeName(type) ?? "unknown");
      named[name] = (named[name] ?? 0) + count;
    }
    return named;
  }
}

function zeros<T extends string>(names: readonly T[]): Record<T, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<T, number>;
}
