/** Limits of the firehose. */
export const FIREHOSE_LIMITS = {
  /** Connecting, and each answer to auth and subscribe, must come within this; downstream, a consumer's auth. */
  step_timeout_ms: 10_000,
  /** A ping goes up so often; */
  ping_interval_ms: 10_000,
  /** a connection on which nothing came for so long, pongs included, is dead. */
  dead_after_ms: 25_000,
  /** Largest frame. */
  max_frame_bytes: 16_777_216,
  /** Wait between attempts: the first, */
  backoff_first_ms: 250,
  /** and the longest. */
  backoff_most_ms: 15_000,
  /** A connection that was live for so long has proved itself: the next wait is a first one. */
  proved_after_ms: 30_000,
  /** Subscriptions of one connection, up or down. */
  subscriptions_count: 4_096,
  /** A consumer that gets nothing for so long while trades come is named. */
  stall_ms: 1_500,
  /** How often that is looked at: with the above, within two seconds. */
  stall_check_ms: 250,
  /** Symbols whose full names are remembered as announced; one more is refused. */
  symbols_count: 65_536,
  /** Downstream connections. */
  downstream_count: 256,
  /** A downstream connection with so much unsent is cut off. */
  downstream_buffered_bytes: 8_388_608,
  /** Largest frame of a downstream connection. */
  downstream_frame_bytes: 65_536,
} as const;
