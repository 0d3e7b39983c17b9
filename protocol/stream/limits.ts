/** Every limit of stream-v2 that both ends know. Units stand in the names. */
export const LIMITS = {
  /** Number of this protocol, in HELLO, IDENTIFY and RESUME. */
  protocol: 2,
  /** A client sends HEARTBEAT so often. */
  heartbeat_interval_ms: 15_000,
  /** The server closes 4009 after this many intervals without a HEARTBEAT. */
  heartbeat_grace_intervals: 1.5,
  /** Rows and removals of a DELTA_BATCH. */
  max_entities_per_batch: 500,
  /** Largest frame a server sends. */
  max_frame_bytes: 262_144,
  /** A channel is flushed so often while it changes. */
  max_flush_interval_ms: 100,
  /** Credit of a channel; what a client adds beyond it is not counted. */
  max_credit: 64,
  /** Channels that a session follows, and that a snapshot is asked for. */
  max_channels_count: 64,
  /** Largest frame a client may send. */
  max_client_frame_bytes: 65_536,
  /** No batch is written while bufferedAmount + the frame is over half of this. */
  max_buffered_bytes: 1_048_576,
  /** Terminated when nothing drained for this long. */
  drain_timeout_ms: 10_000,
  /** IDENTIFY must arrive within this. */
  identify_timeout_ms: 10_000,
  /** A session can be resumed for so long after its last HEARTBEAT_ACK. */
  resume_token_ttl_ms: 120_000,
  /** A seq above this replica's head may wait so long for it to catch up; then RECONNECT. */
  ahead_wait_ms: 5_000,
  /** Changes that wait so long for credit or for the socket make the channel `coalesced`. */
  degraded_after_ms: 1_000,
  /** A channel that kept up for so long is `full` again. */
  restored_after_ms: 5_000,
  /** What RECONNECT asks a client to wait, before its own jitter. */
  reconnect_after_ms: 1_000,
  /** A server that was told to stop has ended its sessions within this. */
  drain_bound_ms: 5_000,
} as const;

/** Close codes: what went wrong and whether the same request may be tried again. */
export const CLOSE = {
  internal: { code: 4000, text: "internal error", retry: "backoff" },
  unknown_op: { code: 4001, text: "unknown op", retry: "never" },
  bad_message: { code: 4002, text: "not JSON or against the schema", retry: "never" },
  /** A client that was frozen in the handshake gets it too, and must not give up for that. */
  not_identified: { code: 4003, text: "not identified", retry: "backoff" },
  bad_token: { code: 4004, text: "bad token", retry: "bootstrap" },
  already_identified: { code: 4005, text: "already identified", retry: "never" },
  rate_limited: { code: 4008, text: "rate limited", retry: "backoff" },
  session_timed_out: { code: 4009, text: "session timed out", retry: "resume" },
  protocol_too_old: { code: 4010, text: "protocol too old", retry: "reload" },
  too_many_sessions: { code: 4013, text: "too many sessions", retry: "backoff" },
  /** Follows INVALID_SESSION. */
  invalid_session: { code: 1000, text: "invalid session", retry: "bootstrap" },
  frame_too_large: { code: 1009, text: "frame too large", retry: "never" },
  restart: { code: 1012, text: "restart", retry: "resume" },
} as const;
export type CloseReason = keyof typeof CLOSE;
