/** The model's limits; rows a channel are in protocol/stream/channels.ts. Those "a row" scale with a channel's cap. */
export const MODEL_LIMITS = {
  /** Everything that a model holds, counted by rule, unless it is told otherwise. */
  byte_budget_bytes: 268_435_456,
  /** The log's ring, the bytes of the newest messages, unless it is told otherwise. */
  log_bytes: 33_554_432,
  /** The least that it may be told, */
  min_log_bytes: 4_096,
  /** and the most. */
  max_log_bytes: 2_147_483_648,
  /** The most rows that a channel may be told to have. */
  max_cap_count: 1_000_000,
  /** Rows that a channel sheds at once over the byte budget, so that floors move in steps and not with every message. */
  shed_rows_count: 64,
  /** Over the byte budget, one row in so many of tx.main's cap stays whatever the budget says: the newest. */
  kept_one_in_count: 10,
  /** Removals of a channel that a cursor may lie behind; one further back is out of reach. */
  tombstones_count: 4_096,
  /** `changes` and `evicted` of a change set are exact over so many of the channel's last changes, for each row of its cap, */
  changes_per_row_count: 12,
  /** and over so many at the least. */
  min_changes_count: 1_024,
  /** Events remembered as folded, for each row of their channel, */
  seen_per_row_count: 12,
  /** and so many at the least. */
  min_seen_count: 1_024,
  /** Trades remembered as folded. */
  seen_trades_count: 16_384,
  /** Symbols whose facts are remembered under what their trades or pools say, for each row of market.main. */
  symbol_aliases_per_row_count: 2,
  /** Full symbols of instruments known, for each row of market.main. */
  instruments_per_row_count: 4,
  /** Bars of all symbols at all intervals, unless it is told otherwise, */
  bars_count: 131_072,
  /** and the least that it may be told. */
  min_bars_count: 16,
  /** and the most. */
  max_bars_count: 4_194_304,
  /** The most bars of one symbol at one interval that it may be told. */
  max_bars_a_series_count: 10_000,
  /** `changes` of a channel of bars is exact over so many of the last changes of all bars, for each bar there is room for. */
  bar_changes_per_bar_count: 2,
  /** A bar is final when event time has passed its end by so much, unless it is told otherwise. */
  bar_lateness_ms: 1_000,
  /** The most that it may be told. */
  max_bar_lateness_ms: 3_600_000,
  /** Swaps kept to make bars anew when their blocks are taken back, for each row of pool.main. */
  kept_swaps_per_row_count: 12,
  /** Transactions archived when they leave tx.main, for each row of it. */
  archived_per_row_count: 4,
  /** Steps of a transaction's life that are kept: the first, and the last ones. */
  life_steps_count: 8,
  /** Pending for so long of fold time, a transaction is dropped. */
  pending_max_ms: 600_000,
  /** Transactions dropped with one Tick; the rest follow with the next. */
  drops_per_tick_count: 256,
  /** Tokens known, for each row of pool.state. */
  tokens_per_row_count: 8,
  /** Pools known, for each row of pool.state. */
  pools_per_row_count: 4,
  /** Rows of pool.state shown again with a Tick because a price became known or was lost; the rest follow. */
  repriced_rows_per_tick_count: 256,
  /** Chains whose blocks can be taken back, */
  undo_chains_count: 64,
  /** and blocks of each. */
  undo_blocks_count: 128,
  /** Before-images of pools for it, for each row of pool.state. */
  undo_pools_per_row_count: 16,
  /** Pools of one pair that are held against each other; of more, those seen last. */
  pools_per_pair_count: 16,
  /** Before-images of opportunities, for each row of opportunity.main. */
  undo_opportunities_per_row_count: 4,
  /** Heads whose hashes are remembered a chain, to tell a late head from a reorganisation. */
  heads_remembered_count: 128,
  /** A header's time counts up to so long after the last Tick, so that no forged date poisons the clock. */
  max_lead_ms: 5_000,
} as const;
