/**
 * The product's limits made small, so that short runs meet them: cut change sets, full sockets, the share of a session. This
 * is imported before what reads them when it loads. Times stay as they are, for virtual time costs nothing.
 */
import { BARS, CHANNEL_NAMES, CHANNELS } from "../protocol/stream/channels.ts";
import { LIMITS } from "../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../server/limits.ts";
import { BARS_LIMITS } from "../workers/limits.ts";

Object.assign(LIMITS, {
  max_entities_per_batch: 12,
  max_frame_bytes: 8_192,
  max_buffered_bytes: 32_768,
  max_client_frame_bytes: 8_192,
});
Object.assign(SERVER_LIMITS, { max_total_buffered_bytes: 65_536 });
// What the worker takes for a window's bound until it has one.
for (const name of CHANNEL_NAMES) Object.assign(CHANNELS[name], { cap: 64 });
Object.assign(BARS, { cap: 64 });
Object.assign(BARS_LIMITS, { followed_count: 3 });

/** Limits of the simulation itself. */
export const SIM_LIMITS = {
  /** Connections that one server takes; a few more than the clients need. */
  max_sessions_count: 8,
  /** Virtual time within which every client must be whole again once nothing is wrong any more. */
  settle_ms: 180_000,
  /** What was lost in silence is found by then: a HEARTBEAT, and the time in which it is not answered. */
  lurking_ms: 35_000,
  /** Virtual time within which a last change then reaches every client. */
  last_change_ms: 3_000,
  /** Events of one run; more are a loop without end. */
  max_run_steps: 200_000,
  /** Events that a failure shows. */
  trace_count: 40,
} as const;
