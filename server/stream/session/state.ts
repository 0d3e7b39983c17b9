/** What a session is made of, and what it sees of its server. Data only. */
import type { Rung } from "../../../protocol/stream/messages.ts";
import type { Tokens } from "../token.ts";

/** What a session sees of the model. */
export interface Log {
  readonly epoch: string;
  readonly headSeq: number;
  /** null: the name of no channel. */
  channel(name: string): { readonly lastSeq: number; readonly reach: number } | null;
}

/** What a session may read and ask beside its own state. Reading it again at the same time gives the same. */
export interface World {
  readonly log: Log;
  readonly tokens: Tokens;
}

/** Where a session stands in a channel. */
export interface Position {
  /** All changes up to this seq were written, or fetched by the client. Above the head: they are another replica's. */
  readonly cursor: number;
  /** When the client last named the cursor. */
  readonly placed_ms: number;
  /** Batches that may be written; 0..max_credit. */
  readonly credit: number;
  /**
   * `head`: what comes next waits for the channel's flush instant. `behind`: a rest of this channel waits only for credit or
   * for the socket to drain. `out_of_reach`: nothing goes until RESYNC.
   */
  readonly at: "head" | "behind" | "out_of_reach";
  /** Changes found no credit; once it comes that is over. */
  readonly starved: boolean;
  /** Since when changes have waited for credit or for the socket; null while none do. */
  readonly waiting_since_ms: number | null;
  /** When it was last known to have been too late; null once it has kept up for restored_after_ms. */
  readonly late_ms: number | null;
  /** What the client was told about it. */
  readonly rung: Rung;
}

export type SessionState = NewState | LiveState | ClosedState;
export type Phase = SessionState["phase"];
export type In<P extends Phase> = Extract<SessionState, { phase: P }>;

/** HELLO was sent, neither IDENTIFY nor RESUME has come. */
export interface NewState {
  readonly phase: "new";
  readonly id: string;
  readonly opened_ms: number;
  readonly allowance: Allowance;
}

/** Frames that the client may still send, as of `refilled_ms`. */
export interface Allowance {
  readonly left: number;
  readonly refilled_ms: number;
}

export interface LiveState {
  readonly phase: "live";
  /** A resumed session has the id that it began with. */
  readonly id: string;
  readonly heartbeat_ms: number;
  /** When the socket was last seen to have nothing to take, or to have taken some: `taken_count` frames by then. */
  readonly drained_ms: number;
  readonly taken_count: number;
  readonly allowance: Allowance;
  /** A batch found no room in the socket. */
  readonly blocked: boolean;
  readonly positions: ReadonlyMap<string, Position>;
}

export interface ClosedState {
  readonly phase: "closed";
  readonly id: string;
}
