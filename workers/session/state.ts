/**
 * What the client session knows, as immutable values. `Session` is what outlives a connection beside the phase that
 * it is in; each phase has only the fields that mean something in it.
 *
 *     idle -start-> bootstrapping -snapshot-> opening -HELLO-> identifying -SNAPSHOT_ACK-> live
 *                        ^                      |                  |                        |
 *                        +------ waiting <------+------ lost ------+------------------------+
 *     any of them: a server that this page cannot talk to -> failed; stop -> idle
 */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { DeltaBatch, Rung } from "../../protocol/stream/messages.ts";
import type { LossReport, StreamCounters } from "../api.ts";
import { NO_LOSSES } from "./losses.ts";

/** Where a channel stands: following, waiting for a window or delta by HTTP, or not equal to the server's for now. */
export type Flow =
  | { kind: "flowing" }
  | {
      kind: "paused";
      /** `full`: what is held is wrong or out of reach, so the cursor is of no use. */
      need: "delta" | "full";
      /** The server waits for RESYNC before it sends again. */
      required: boolean;
      /** What arrives meanwhile: at most as many batches as there were credits outstanding. */
      buffer: readonly DeltaBatch[];
    }
  | { kind: "diverged"; until_ms: number };

export interface LiveChannel {
  flow: Flow;
  /** What the server last said of its service. */
  rung: Rung;
  /** Last seq that the server is known to have sent this session. */
  sent_seq: number;
  /** Credits that the server has left, by our count. */
  credit: number;
  /** Credits granted since the last HEARTBEAT. */
  granted: number;
  /** Batches applied and not in a frame yet, and those in the frame that the page is painting. */
  unpainted: number;
  painting: number;
  /** Credits that may be outstanding while a backlog shows. */
  allowance: number;
  /** The last batch applied reached the head. */
  at_head: boolean;
  /** When a whole window was fetched for a mismatch; null when none was, or it has held since. */
  refetched_ms: number | null;
}

/** One GET in flight at most; it serves every channel that was paused when it left. */
export interface Resync {
  request: number;
  channels: readonly ChannelName[];
}

export type Live = {
  phase: "live";
  connection: number;
  since_ms: number;
  heartbeat_interval_ms: number;
  max_credit: number;
  channels: Readonly<Partial<Record<ChannelName, LiveChannel>>>;
  resync: Resync | null;
  /** Failed GETs in a row, and when the next may leave. */
  resync_attempt: number;
  resync_at_ms: number;
  heartbeat_at_ms: number;
  /** When the oldest unanswered HEARTBEAT left. */
  unanswered_ms: number | null;
  /** When the trickle of a hidden tab grants next. */
  trickle_at_ms: number;
  /** The last commit took over half of the cadence. */
  slow: boolean;
};

export type PhaseState =
  | { phase: "idle" }
  | { phase: "bootstrapping"; request: number }
  | { phase: "opening"; connection: number; deadline_ms: number }
  | {
      phase: "identifying";
      connection: number;
      deadline_ms: number;
      heartbeat_interval_ms: number;
      max_credit: number;
    }
  | Live
  | { phase: "waiting" }
  | { phase: "failed" };

export type Phase = PhaseState["phase"];
/** The session while it is in a phase. */
export type In<P extends Phase> = Session & { at: Extract<PhaseState, { phase: P }> };

export interface Session {
  at: PhaseState;
  /** Channels subscribed to. */
  subscriptions: readonly ChannelName[];
  hidden: boolean;
  /** Null until a window was loaded, and again when its cursor is void. */
  epoch: string | null;
  /** Last seq applied, a channel. */
  seqs: Readonly<Partial<Record<ChannelName, number>>>;
  /** Channels whose bootstrapped window was not the server's by its digest. */
  suspects: readonly ChannelName[];
  event_unix_ms: number;
  last_frame_ms: number | null;
  /** Connections or bootstraps that failed in a row, and why the last did; "" before any. */
  attempt: number;
  reason: string;
  /** When the next attempt leaves, or the last one left. */
  retry_at_ms: number;
  counters: Readonly<StreamCounters>;
  losses: LossReport;
  /** Numbers requests and connections, so that an answer to an earlier one is told. */
  next_id: number;
  /** State of the generator that jitter is drawn from. */
  random: number;
}

export const ZERO_COUNTERS: StreamCounters = {
  gaps: 0,
  duplicates: 0,
  frames_lost: 0,
  resyncs: 0,
  mismatches: 0,
  protocol_errors: 0,
  disconnects: 0,
};

/** `seed`: 32 bits that the jitter starts from. */
export function createSession(subscriptions: readonly ChannelName[], seed: number): Session {
  return {
    at: { phase: "idle" },
    subscriptions,
    hidden: false,
    epoch: null,
    seqs: {},
    suspects: [],
    event_unix_ms: 0,
    last_frame_ms: null,
    attempt: 0,
    reason: "",
    retry_at_ms: 0,
    counters: ZERO_COUNTERS,
    losses: NO_LOSSES,
    next_id: 1,
    random: seed >>> 0,
  };
}
