/** Limits that only the server knows; those of stream-v2, which both ends know, are in protocol/stream/limits.ts. */
import { LIMITS } from "../protocol/stream/limits.ts";

export const SERVER_LIMITS = {
  /** More sessions are closed 4013. */
  max_sessions_count: 2_048,
  /** So are more from one address. */
  max_sessions_per_address_count: 256,
  /** What all sockets together may have been given in batches and not have taken; each session has an equal share. */
  max_total_buffered_bytes: 67_108_864,
  /** Messages that a session may send, over time: 4008 beyond. */
  client_messages_per_s: 200,
  /** Messages that it may send at once. */
  client_burst_count: 400,
  /** A client's message comes in so many frames, and so many reads of its socket, at the most: 1008 beyond. */
  max_message_pieces_count: 1_024,
  /** How often a session's timeouts are looked at. */
  session_check_ms: 1_000,
  /** A peer that has not taken what was written before a close, and answered it, within this is cut off. */
  close_timeout_ms: 4_000,
  /** Characters of MEMPULSE_RESUME_SECRET, at the least. */
  min_resume_secret_count: 32,
  /** Snapshots that are being sent at once; more are asked to come again. */
  max_snapshots_in_flight_count: 64,
  /** Of these to one address. */
  max_snapshots_per_address_count: 16,
  /** While the bodies that are being sent hold so many bytes, no further one is built. */
  max_snapshots_in_flight_bytes: 134_217_728,
  /** A snapshot is sent within this, or its connection is cut. */
  snapshot_deadline_ms: 60_000,
  /** TCP connections at once, those of sessions among them; more are dropped unheard. */
  max_connections_count: 4_096,
  /** Of these from one address; so are more. */
  max_connections_per_address_count: 512,
  /** An HTTP connection on which nothing moves for so long is cut. */
  stalled_connection_ms: 30_000,
  /** A request's headers are whole within this of its connection or of the request before, or the connection is cut. */
  headers_timeout_ms: 10_000,
  /** So is the whole request. */
  request_timeout_ms: 15_000,
  /** Its first line and headers; the line of a snapshot names as many channels as one may ask for. */
  max_header_bytes: 32_768,
  /** An HTTP connection is kept for so long for a next request. */
  keep_alive_timeout_ms: 20_000,
  /** How often requests that are late are looked for. */
  connection_check_ms: 1_000,
  /** Snapshot bodies under this are not compressed. */
  gzip_min_bytes: 16_384,
  /** Longest id in a path (`/events/{id}/tlv`). */
  max_param_count: 256,
  /** Largest recording file, and what it may unpack to. */
  max_recording_bytes: 536_870_912,
  /** Sessions are sent batches for so long before what came in meanwhile is folded; one batch is always sent. */
  send_slice_ms: 2,
  /** While there is other work, it has so many times as long as sending took before the next slice. */
  rests_per_slice_count: 3,
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

const least_share_bytes = SERVER_LIMITS.max_total_buffered_bytes / SERVER_LIMITS.max_sessions_count;

check(
  LIMITS.max_frame_bytes * 2 <= LIMITS.max_buffered_bytes,
  "max_frame_bytes <= max_buffered_bytes / 2 (a session alone may be sent the largest frame)",
);
check(
  least_share_bytes >= 16_384,
  "max_total_buffered_bytes / max_sessions_count >= 16384 (a share holds the largest row many times)",
);
check(
  SERVER_LIMITS.max_sessions_per_address_count <= SERVER_LIMITS.max_sessions_count,
  "max_sessions_per_address_count <= max_sessions_count",
);
check(
  SERVER_LIMITS.max_connections_count >=
    SERVER_LIMITS.max_sessions_count + SERVER_LIMITS.max_snapshots_in_flight_count,
  "max_connections_count >= max_sessions_count + max_snapshots_in_flight_count (else sessions keep out requests)",
);
check(
  SERVER_LIMITS.max_connections_per_address_count < SERVER_LIMITS.max_connections_count,
  "max_connections_per_address_count < max_connections_count (else one address keeps out all)",
);
check(
  SERVER_LIMITS.max_connections_per_address_count >=
    SERVER_LIMITS.max_sessions_per_address_count + SERVER_LIMITS.max_snapshots_per_address_count,
  "max_connections_per_address_count >= max_sessions_per_address_count + max_snapshots_per_address_count (else its " +
    "sessions keep out its requests)",
);
check(
  SERVER_LIMITS.max_snapshots_per_address_count < SERVER_LIMITS.max_snapshots_in_flight_count,
  "max_snapshots_per_address_count < max_snapshots_in_flight_count (else one address keeps out all)",
);
check(
  SERVER_LIMITS.stalled_connection_ms < SERVER_LIMITS.snapshot_deadline_ms,
  "stalled_connection_ms < snapshot_deadline_ms (else the deadline cuts before the stall)",
);
check(
  SERVER_LIMITS.max_header_bytes >= LIMITS.max_channels_count * 128 * 3 + 4_096,
  "max_header_bytes >= max_channels_count * 128 * 3 + 4096 (names of 128 characters, percent-encoded, and other headers)",
);
check(
  SERVER_LIMITS.headers_timeout_ms <= SERVER_LIMITS.request_timeout_ms,
  "headers_timeout_ms <= request_timeout_ms",
);
check(LIMITS.heartbeat_grace_intervals > 1, "heartbeat_grace_intervals > 1");
check(
  LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals < LIMITS.resume_token_ttl_ms,
  "heartbeat_grace_intervals * heartbeat_interval_ms < resume_token_ttl_ms (else a live session's token runs out)",
);
check(
  SERVER_LIMITS.session_check_ms * 4 <= LIMITS.drain_timeout_ms,
  "session_check_ms <= drain_timeout_ms / 4 (else the timeout is coarse)",
);
check(
  SERVER_LIMITS.session_check_ms <= LIMITS.degraded_after_ms,
  "session_check_ms <= degraded_after_ms (else a fall is told late)",
);
check(
  LIMITS.degraded_after_ms < LIMITS.restored_after_ms,
  "degraded_after_ms < restored_after_ms (else notices flap)",
);
check(
  SERVER_LIMITS.close_timeout_ms < LIMITS.drain_bound_ms,
  "close_timeout_ms < drain_bound_ms (else stragglers outlive the drain)",
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
