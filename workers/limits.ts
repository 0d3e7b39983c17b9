/** The worker's limits, one table a subject. Units stand in the names; those that both ends know are in protocol/. */

/** What the worker may hold, by its own rule: a row is its share of the text that it came in, and `row_overhead_bytes`. */
export const MEMORY_LIMITS = {
  /** All that the worker holds for one tab: windows, details, and rows that only views still hold. */
  budget_bytes: 134_217_728,
  /** Over the budget it goes down to this share of it, so that it does not shed on every batch. */
  relief_share: 0.9,
  /** Of a channel that is shown, one row in so many stays whatever the budget says: the newest. */
  kept_one_in_count: 10,
  /** Each row beside its text: the id (~90), the id's place in a map (~50), four slots of the ring (~120). Stays when shed. */
  row_overhead_bytes: 256,
} as const;

/** Answers to GET /transactions/{hash} that are kept. */
export const DETAIL_LIMITS = {
  /** One that is older is asked for again. */
  ttl_ms: 30_000,
  /** Answers held, the one used longest ago out first. */
  held_count: 64,
  /** Their text, by the same rule. */
  held_bytes: 4_194_304,
} as const;
