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
  /** Their text, and a row's overhead for each. */
  held_bytes: 4_194_304,
} as const;

/** What the page may ask to see. */
export const VIEW_LIMITS = {
  /** Views open at once; one more is refused. */
  views_count: 64,
  /** Series open at once; one more is refused. */
  series_count: 16,
  /** Rows of one view in a frame, whatever range was asked for. */
  rows_count: 512,
  /** UTF-16 units of a filter; the rest is cut, for each word is searched in each row. */
  filter_units_count: 512,
  /** Words of a filter; the rest is left out. */
  filter_words_count: 16,
  /** A channel that is between the parts of a change set for so long is shown as it is, rather than not at all. */
  cut_ms: 500,
} as const;

/** Channels of bars, which are followed while something shows them. */
export const BARS_LIMITS = {
  /** Followed at once; room for one more is made by the one that nothing has shown for longest. */
  followed_count: 16,
  /** One that nothing shows any more is followed for so long yet, so that a quick way back costs nothing. */
  linger_ms: 15_000,
} as const;

/** When frames go from the worker to the page. */
export const PACE_LIMITS = {
  /** However slow the page's commits are, a frame may go so often. */
  slowest_cadence_ms: 250,
  /** A commit may take this share of the cadence before the cadence gives way, and credit with it. */
  commit_share: 0.5,
  /** A frame waits so long for what comes along with the first change: else the rest would wait for its paint. */
  gather_ms: 4,
} as const;
