/**
 * What the client session knows, as immutable values. `Session` is what outlives a connection beside the phase that
 * it is in; each phase has only the fields that mean something in it.
 *
 *     idle --start--> bootstrapping --snapshot--> opening --HELLO--> identifying --SNAPSHOT_ACK--> live
 *                        ^     ^                  ^    \---HELLO---> resuming -----SNAPSHOT_ACK---^ |
 *                        |     |                  |                                                |
 *                        |     +---- without -- waiting <------- lost, in any phase ---------------+
 *                        |           a token    with one
 *                        |
 *                        +-- /health/ready is 200 -- unreachable <-- lost, 6 times in a row
 *                        +-- shown again ----------- asleep <------- hidden for 5 minutes, in any phase
 *
 *     any of them: a server that this page cannot talk to -> failed; stop -> idle
 */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { DeltaBatch, Rung } from "../../protocol/stream/messages.ts";
import type { LossReport, StreamCounters } from "../api.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { NO_LOSSES } from "./losses.ts";

/**
 * Why a channel cannot go on by itself. `gap`: a frame did not arrive. `mismatch`: what is held is not what the server
 * holds. `out_of_reach`: the server waits for RESYNC. `new`: nothing is held, and the server waits for SUBSCRIBE.
 */
export type Fault = "gap" | "mismatch" | "out_of_reach" | "new";

/** Where a channel stands: following, waiting for a window or delta by HTTP, or not equal to the server's for now. */
export type Flow =
  | { kind: "flowing" }
  | {
      kind: "paused";
      fault: Fault;
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
  /** RESYNC or SUBSCRIBE went out since the last HEARTBEAT: an answer may have been written before it arrived. */
  cursor_told: boolean;
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
  /** When a whole window was last fetched for a mismatch; null when none was. */
  refetched_ms: number | null;
}

/** A channel as the server begins it: without credit. */
export function freshChannel(flow: Flow, sent_seq: number): LiveChannel {
  return {
    flow,
    rung: "full",
    sent_seq,
    cursor_told: false,
    credit: 0,
    granted: 0,
    unpainted: 0,
    painting: 0,
    allowance: SESSION_LIMITS.credit_count,
    at_head: true,
    refetched_ms: null,
  };
}

/** One GET in flight at most; it serves every channel that was paused when it left. */
export interface Resync {
  request: number;
  channels: readonly ChannelName[];
}

/** What lets a session go on over another connection, until its time by our own clock. */
export interface Token {
  text: string;
  session_id: string;
  good_until_ms: number;
}

/** A socket that is open, and what HELLO said of it. */
interface Greeted {
  connection: number;
  heartbeat_interval_ms: number;
  max_credit: number;
}

export type Live = Greeted & {
  phase: "live";
  session_id: string;
  since_ms: number;
  channels: Readonly<ByChannel<LiveChannel>>;
  resync: Resync | null;
  /** Failed GETs in a row, and when the next may leave. */
  resync_attempt: number;
  resync_at_ms: number;
  heartbeat_at_ms: number;
  /** Number of the last HEARTBEAT; 0 before the first. */
  heartbeat_n: number;
  /** When the oldest unanswered HEARTBEAT left. */
  unanswered_ms: number | null;
  /** When the trickle of a hidden tab grants next. */
  trickle_at_ms: number;
  /** The last commit took over half of the cadence. */
  slow: boolean;
};

export type PhaseState =
  | { phase: "idle" }
  | { phase: "bootstrapping"; request: number; channels: readonly ChannelName[] }
  /** `resume` null: HELLO is answered by IDENTIFY. */
  | { phase: "opening"; connection: number; deadline_ms: number; resume: Token | null }
  | (Greeted & { phase: "identifying"; deadline_ms: number })
  | (Greeted & { phase: "resuming"; deadline_ms: number })
  | Live
  | { phase: "waiting" }
  /** The circuit breaker is open. `probe`: the GET in flight. */
  | { phase: "unreachable"; probe: number | null; probe_at_ms: number }
  | { phase: "asleep" }
  | { phase: "failed" };

export type Phase = PhaseState["phase"];
/** The session while it is in a phase. */
export type In<P extends Phase> = Session & { at: Extract<PhaseState, { phase: P }> };

export interface Session {
  at: PhaseState;
  /** Channels wanted, one of the fixed ones among them. Those without a seq are not subscribed at the server yet. */
  subscriptions: readonly ChannelName[];
  /** Null while the page is seen. */
  hidden_since_ms: number | null;
  /** Of the last window that was loaded; null before the first. */
  epoch: string | null;
  /** Last seq applied, a channel. */
  seqs: Readonly<ByChannel<number>>;
  /** What is held cannot be continued: whole windows come next. */
  void: boolean;
  token: Token | null;
  token_ttl_ms: number;
  /** What is to be repaired as soon as the session is live. */
  faults: Readonly<ByChannel<Fault>>;
  event_unix_ms: number;
  last_frame_ms: number | null;
  /** Attempts and sessions that failed in a row, and why the last ended; "" before any. */
  failures: number;
  reason: string;
  /** When the next attempt leaves, or the last one left. */
  retry_at_ms: number;
  /** The attempt under way left before its time, because somebody asked: it fails without being a failure. */
  hurried: boolean;
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
    hidden_since_ms: null,
    epoch: null,
    seqs: {},
    void: true,
    token: null,
    token_ttl_ms: LIMITS.resume_token_ttl_ms,
    faults: {},
    event_unix_ms: 0,
    last_frame_ms: null,
    failures: 0,
    reason: "",
    retry_at_ms: 0,
    hurried: false,
    counters: ZERO_COUNTERS,
    losses: NO_LOSSES,
    next_id: 1,
    random: seed >>> 0,
  };
}
