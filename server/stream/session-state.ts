/** What a session is made of: its states, what can happen to it, and what it then wants done. Data only. */
import type { CloseReason } from "../../protocol/stream/limits.ts";
import type { ClientMessage, ServerMessage } from "../../protocol/stream/messages.ts";

/** What a session sees of the model. */
export interface Log {
  readonly epoch: string;
  readonly headSeq: number;
  readonly channels: ReadonlyMap<string, { readonly lastSeq: number; readonly reach: number }>;
}

export interface Position {
  /** All changes up to this seq were written, or fetched by the client. */
  readonly cursor: number;
  /** Batches that may be written; 0..max_credit. */
  readonly credit: number;
  /**
   * `head`: what comes next waits for the channel's flush instant. `behind`: a rest of this channel waits only for credit or
   * for the socket to drain. `out_of_reach`: nothing goes until RESYNC.
   */
  readonly at: "head" | "behind" | "out_of_reach";
  /** Since when changes have waited for credit; null while they do not. */
  readonly starved_since_ms: number | null;
}

export type SessionState = NewState | LiveState | { readonly phase: "closed"; readonly id: string };

/** HELLO was sent, IDENTIFY has not come. */
export interface NewState {
  readonly phase: "new";
  readonly id: string;
  readonly opened_ms: number;
}

export interface LiveState {
  readonly phase: "live";
  readonly id: string;
  readonly heartbeat_ms: number;
  /** When the socket last took bytes, or had none to take. */
  readonly drained_ms: number;
  /** Messages that the client may still send, as of `refilled_ms`. */
  readonly allowance: { readonly left: number; readonly refilled_ms: number };
  readonly positions: ReadonlyMap<string, Position>;
}

/** A batch that is ready for one or more sessions that stand at `prev_seq`. */
export interface BatchOffer {
  readonly channel: string;
  readonly prev_seq: number;
  readonly seq: number;
  /** It reaches the head. */
  readonly complete: boolean;
  readonly frame_bytes: number;
}

export type SessionEvent =
  | { readonly type: "message"; readonly message: ClientMessage; readonly log: Log }
  | {
      readonly type: "refused";
      readonly reason: "unknown_op" | "bad_message" | "internal";
      readonly detail: string;
    }
  /** `buffered_bytes`: written and not yet taken by the socket. */
  | { readonly type: "batch"; readonly batch: BatchOffer; readonly buffered_bytes: number }
  /** Changes are due and there is no credit. */
  | { readonly type: "starved"; readonly channel: string }
  /** The channel can no longer tell what changed since the cursor. */
  | { readonly type: "out_of_reach"; readonly channel: string }
  /** The socket took something. */
  | { readonly type: "drained"; readonly buffered_bytes: number }
  | { readonly type: "check"; readonly buffered_bytes: number }
  | { readonly type: "shutdown" }
  | { readonly type: "gone" };

export type Effect =
  | { readonly type: "send"; readonly message: ServerMessage }
  /** Write the frame that was offered. */
  | { readonly type: "send_batch" }
  /** Something may be due on this channel. */
  | { readonly type: "pump"; readonly channel: string }
  | { readonly type: "count"; readonly what: "gap" | "credit_exhausted" }
  | { readonly type: "close"; readonly reason: CloseReason; readonly detail: string }
  /** Cut the connection without a handshake. */
  | { readonly type: "terminate" };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}
