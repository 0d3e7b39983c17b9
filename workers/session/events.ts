/** What can happen to a session, and what it asks to be done. Both are data; times are passed beside the event. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type {
  ChannelSnapshot,
  ClientMessage,
  DeltaBatch,
  HeartbeatAck,
  Hello,
  Reconnect,
  Rung,
  Snapshot,
  SnapshotAck,
} from "../../protocol/stream/messages.ts";

export type Event =
  | { type: "start" }
  | { type: "stop" }
  /** A timer that `wakeAt` asked for, or any later time. */
  | { type: "tick" }
  | { type: "snapshot"; request: number; snapshot: Snapshot }
  /** `status` 0: no answer. `retry_after_ms` from the Retry-After header, 0 without one. */
  | {
      type: "snapshot_failed";
      request: number;
      status: number;
      /** The server's, where it refused ours (409); null else. */
      epoch: string | null;
      retry_after_ms: number;
      reason: string;
    }
  /** `ready`: /health/ready answered 200. */
  | { type: "probed"; request: number; ready: boolean }
  | { type: "closed"; connection: number; code: number; reason: string }
  /** A frame or a body that was not of its shape. */
  | { type: "malformed"; connection: number; reason: string }
  | { type: "hello"; connection: number; message: Hello }
  | { type: "snapshot_ack"; connection: number; message: SnapshotAck }
  | { type: "batch"; connection: number; message: DeltaBatch }
  | { type: "resync_required"; connection: number; channel: string }
  | { type: "notice"; connection: number; channel: string; rung: Rung }
  | { type: "heartbeat_ack"; connection: number; message: HeartbeatAck }
  | { type: "invalid_session"; connection: number; reason: string }
  | { type: "reconnect"; connection: number; reason: Reconnect["reason"]; after_ms: number }
  /** What an `apply` or `load` with a digest came to. */
  | { type: "verified"; channel: ChannelName; ok: boolean }
  /** A frame is made of what is applied now. */
  | { type: "composed" }
  /** It was painted, or there was nothing to paint: `commit_ms` null. */
  | { type: "painted"; commit_ms: number | null; cadence_ms: number }
  | { type: "hidden"; hidden: boolean }
  | { type: "subscribe"; channel: ChannelName }
  | { type: "unsubscribe"; channel: ChannelName }
  /** Rows with seqs in (from_seq, to_seq] were dropped for want of memory. */
  | { type: "shed"; channel: ChannelName; from_seq: number; to_seq: number; count: number }
  /** The user, or a network that came back, wants it tried at once. */
  | { type: "retry" };

export type EventType = Event["type"];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

export type Effect =
  /** GET snapshot-v2; answered by `snapshot` or `snapshot_failed`. `cursor` null: whole windows. */
  | { type: "get"; request: number; channels: readonly ChannelName[]; cursor: string | null }
  /** GET /health/ready; answered by `probed`. */
  | { type: "probe"; request: number }
  | { type: "open"; connection: number }
  /** Drop the socket and the GET in flight; nothing of theirs is wanted any more. */
  | { type: "close" }
  | { type: "send"; message: ClientMessage }
  /** Apply to the channel's store, in order; answered at once by `verified` where it carries a digest. */
  | { type: "apply"; channel: ChannelName; batch: DeltaBatch }
  | { type: "load"; channel: ChannelName; snapshot: ChannelSnapshot }
  /** The channel was left: its rows are nobody's. */
  | { type: "clear"; channel: ChannelName };
