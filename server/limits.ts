/** Limits that only the server knows; those of stream-v2, which both ends know, are in protocol/stream/limits.ts. */
import { LIMITS } from "../protocol/stream/limits.ts";

export const SERVER_LIMITS = {
  /** More sessions are closed 4013. */
  max_sessions_count: 2_048,
  /** So are more from one address. */
  max_sessions_per_address_count: 256,
  /** What all sockets together may have been given in batches and not have taken; each session has an equal share. */
  max_total_buffered_bytes: 67_108_864,
  /** A session may send so many messages a second over time, and so many at once: 4008 beyond. */
  client_messages_per_s: 200,
  client_burst_count: 400,
  /** How often a session's timeouts are looked at. */
  session_check_ms: 1_000,
  /** A peer that has not taken what was written before a close, and answered it, within this is cut off. */
  close_timeout_ms: 4_000,
  /** Snapshots that are being sent at once; more are asked to come again. */
  max_snapshots_in_flight_count: 64,
  /** An HTTP connection on which nothing moves for so long is cut. */
  stalled_connection_ms: 30_000,
  /** Snapshot bodies under this are not compressed. */
  gzip_min_bytes: 16_384,
  /** Longest id in a path (`/events/{id}/tlv`). */
  max_param_count: 256,
  /** Largest recording file, and what it may unpack to. */
  max_recording_bytes: 536_870_912,
  /** A replay hands over messages for so long before it lets the event loop run. */
  replay_slice_ms: 4,
  /** A replay that is later than this (a suspended machine, too high a rate) drops its debt instead of flooding. */
  replay_max_debt_ms: 1_000,
  /** How often a live source's Tick is written. */
  tick_interval_ms: 1_000,
  /** Ports tried after the default one where that is in use. */
  port_attempts_count: 20,
} as const;

function check(holds: boolean, relation: string): void {
  if (!holds) throw new Error(`limits: ${relation} does not hold`);
}

check(
  LIMITS.max_frame_bytes * 2 <= LIMITS.max_buffered_bytes,
  "max_frame_bytes <= max_buffered_bytes / 2 (else a frame could wait for ever on an empty socket)",
);
check(
  LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals > LIMITS.heartbeat_interval_ms,
  "heartbeat_grace_intervals > 1",
);
check(
  SERVER_LIMITS.session_check_ms * 4 <= LIMITS.drain_timeout_ms,
  "session_check_ms <= drain_timeout_ms / 4 (else the timeout is coarse)",
);
check(
  SERVER_LIMITS.client_burst_count >= LIMITS.max_credit * 4,
  "client_burst_count >= 4 * max_credit (a CREDIT a batch is honest)",
);
check(
  SERVER_LIMITS.replay_slice_ms < LIMITS.max_flush_interval_ms,
  "replay_slice_ms < max_flush_interval_ms (else a replay starves the flush)",
);
check(LIMITS.max_client_frame_bytes <= LIMITS.max_frame_bytes, "max_client_frame_bytes <= max_frame_bytes");
