/** The client session's own limits. Those that both ends know are in protocol/stream/limits.ts. */
export const SESSION_LIMITS = {
  /** HELLO, and SNAPSHOT_ACK after it, must come within this. */
  handshake_timeout_ms: 10_000,
  /** A resume token is not used any more so long before its time: the handshake takes some of it. */
  token_margin_ms: 5_000,
  /** The first wait after a failure is a random time up to this. */
  backoff_first_ms: 250,
  /** Each failure in a row doubles that, up to this. */
  backoff_most_ms: 15_000,
  /** A server that asks for a longer wait (Retry-After, `after_ms`) is come back to after this, and the backoff. */
  asked_wait_most_ms: 60_000,
  /** A session that lived so long starts the backoff anew. */
  healthy_session_ms: 30_000,
  /** The circuit breaker opens after so many failures in a row. */
  breaker_failures_count: 6,
  /** It probes after a random time, at the least this, */
  probe_least_ms: 15_000,
  /** and at the most this. */
  probe_most_ms: 30_000,
  /** A client that nobody sees for so long closes. */
  asleep_after_ms: 300_000,
  /** A mismatch so soon after a window was fetched for one is `diverged`, and stays so for as long. */
  diverged_ms: 30_000,
  /** A HEARTBEAT unanswered in silence for this share of the interval: the peer is dead. */
  dead_after_intervals: 2 / 3,
  /** A timer so late says that the tab was frozen, not that the peer is silent. */
  frozen_ms: 5_000,
  /** Credits outstanding a channel while frames are cheap. */
  credit_count: 2,
  /** The same at most, while a backlog shows. */
  backlog_credit_count: 16,
  /** A hidden tab grants one credit a channel so often. */
  trickle_ms: 1_000,
  /** Losses that are kept with their place. */
  recent_losses_count: 64,
} as const;
