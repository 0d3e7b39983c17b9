/** What can happen to a session, and what it then wants done. Data only. */
import type { CloseReason } from "../../../protocol/stream/limits.ts";
import type {
  ClientMessage,
  ClientOp,
  InvalidSession,
  Rung,
  ServerMessage,
} from "../../../protocol/stream/messages.ts";
import type { World } from "./state.ts";

/** A batch that is ready for one or more sessions that stand at `prev_seq`. */
export interface BatchOffer {
  readonly channel: string;
  readonly prev_seq: number;
  readonly seq: number;
  /** It reaches the head. */
  readonly complete: boolean;
  readonly frame_bytes: number;
}

/** `room_bytes`: how much may be written before the socket has its share of what all may hold; see `write-budget.ts`. */
type MessageEvent = {
  [Op in ClientOp]: {
    readonly type: Op;
    readonly message: Extract<ClientMessage, { op: Op }>;
    readonly world: World;
    readonly room_bytes: number;
  };
}[ClientOp];

export type SessionEvent =
  | MessageEvent
  /** A frame of WebSocket itself; ws answers none. */
  | { readonly type: "control"; readonly frame: "ping" | "pong"; readonly room_bytes: number }
  | {
      readonly type: "refused";
      readonly reason: "unknown_op" | "bad_message";
      readonly detail: string;
    }
  | { readonly type: "batch"; readonly batch: BatchOffer; readonly room_bytes: number }
  /** Changes are due and there is no credit. */
  | { readonly type: "starved"; readonly channel: string }
  /** The channel can no longer tell what changed since the cursor. */
  | { readonly type: "out_of_reach"; readonly channel: string; readonly room_bytes: number }
  /** The socket took something. */
  | { readonly type: "drained"; readonly room_bytes: number }
  /** `buffered_bytes`: written and not yet taken by the socket. `taken_count`: frames that it has taken since it opened. */
  | {
      readonly type: "check";
      readonly world: World;
      readonly taken_count: number;
      readonly buffered_bytes: number;
      readonly room_bytes: number;
    }
  /** Answers alone have filled the socket: its client asks and does not read. */
  | { readonly type: "overflow" }
  | { readonly type: "shutdown" }
  | { readonly type: "gone" };

export type EventType = SessionEvent["type"];
export type EventOf<E extends EventType> = Extract<SessionEvent, { type: E }>;

export const EVENT_TYPES = [
  "IDENTIFY",
  "RESUME",
  "CREDIT",
  "RESYNC",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "HEARTBEAT",
  "control",
  "refused",
  "batch",
  "starved",
  "out_of_reach",
  "drained",
  "check",
  "overflow",
  "shutdown",
  "gone",
] as const satisfies readonly EventType[];

/** Something that the operator's metrics count. */
export type Counted =
  | { readonly what: "gap" }
  | { readonly what: "credit_exhausted" }
  | { readonly what: "out_of_reach"; readonly channel: string }
  | { readonly what: "degraded"; readonly channel: string; readonly rung: Rung }
  | { readonly what: "resumed" }
  | { readonly what: "resume_refused"; readonly reason: InvalidSession["reason"] };

export type Effect =
  | { readonly type: "send"; readonly message: ServerMessage }
  /** Write the frame that was offered. */
  | { readonly type: "send_batch" }
  /** Answer the ping. */
  | { readonly type: "pong" }
  /** The session follows the channel from now on, or no more. */
  | { readonly type: "join" | "leave"; readonly channel: string }
  /** Something may be due on this channel. */
  | { readonly type: "pump"; readonly channel: string }
  | { readonly type: "count"; readonly counted: Counted }
  | { readonly type: "close"; readonly reason: CloseReason; readonly detail: string }
  /** Cut the connection without a handshake. */
  | { readonly type: "terminate" };
