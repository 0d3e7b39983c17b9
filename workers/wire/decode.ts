/** Text from the server to session events. Bad text is an answer, never an exception. */
import type {
  DeltaBatch,
  HeartbeatAck,
  Hello,
  Reconnect,
  Rung,
  Snapshot,
  SnapshotAck,
} from "../../protocol/stream/messages.ts";
import type { Event } from "../session/events.ts";
import {
  areRows,
  arrayOf,
  faultIn,
  isAtLeast,
  isBoolean,
  isCount,
  isInteger,
  isObject,
  isSeq,
  isString,
  oneOf,
  orAbsent,
  orNull,
  recordOf,
  type Shape,
} from "./shape.ts";

/** By op, a DISPATCH by its type. */
export const FRAME_SHAPES = {
  HELLO: {
    protocol: isInteger,
    encodings: arrayOf(isString),
    heartbeat_interval_ms: isAtLeast(100),
    session_id: isString,
    server_time_unix_ms: isInteger,
    epoch: isString,
    limits: {
      max_entities_per_batch: isAtLeast(1),
      max_frame_bytes: isAtLeast(1),
      max_flush_interval_ms: isAtLeast(1),
      max_credit: isAtLeast(1),
    },
  },
  SNAPSHOT_ACK: {
    session_id: isString,
    resume_token: isString,
    resumed: isBoolean,
    channel_seq: recordOf(isSeq),
  },
  DELTA_BATCH: {
    seq: isSeq,
    prev_seq: isSeq,
    channel: isString,
    patch: { upsert: areRows, remove: arrayOf(isString), evict_before: isSeq },
    changes: isCount,
    evicted: isCount,
    watermark: {
      latest_ingest_seq: isSeq,
      event_time_unix_ms: isInteger,
      count: orNull(isCount),
      digest: orNull(isString),
    },
  },
  RESYNC_REQUIRED: { channel: isString, reason: oneOf("out_of_reach") },
  NOTICE: {
    code: oneOf("degraded", "restored"),
    channel: isString,
    rung: oneOf("full", "coalesced", "out_of_reach"),
    detail: isString,
  },
  HEARTBEAT_ACK: {
    server_time_unix_ms: isInteger,
    resume_token: isString,
    n: orAbsent(isSeq),
    channels: recordOf(
      (channel) =>
        faultIn(channel, { seq: isSeq, head: isSeq, credit: isCount, reach: orAbsent(isSeq) }) === null,
    ),
  },
  INVALID_SESSION: { reason: oneOf("epoch_changed", "token_expired", "token_invalid") },
  RECONNECT: { reason: oneOf("draining", "behind"), after_ms: isCount },
} satisfies Record<string, Shape>;
type FrameName = keyof typeof FRAME_SHAPES;

export const SNAPSHOT_SHAPE = {
  epoch: isString,
  revision: isSeq,
  snapshot_seq: isSeq,
  cursor: isString,
  server_time_unix_ms: isInteger,
  resume_token_ttl_ms: isAtLeast(1),
  watermark: { latest_ingest_seq: isSeq, event_time_unix_ms: isInteger },
  channels: recordOf(
    (channel) =>
      faultIn(channel, {
        mode: oneOf("full", "delta"),
        cap: isAtLeast(1),
        count: isCount,
        digest: isString,
        content_digest: orAbsent(isString),
        upsert: areRows,
        remove: arrayOf(isString),
        evict_before: isSeq,
      }) === null,
  ),
} satisfies Shape;

/** A frame of `connection` as the event that it means. */
export function decodeFrame(text: string, connection: number): Event {
  const bad = (reason: string): Event => ({ type: "malformed", connection, reason });
  const frame = parse(text);
  if (!isObject(frame)) return bad("a frame that is not a JSON object");
  const name = frame.op === "DISPATCH" ? frame.type : frame.op;
  if (typeof name !== "string" || !Object.hasOwn(FRAME_SHAPES, name)) {
    return bad(`a frame of unknown op ${String(name).slice(0, 32)}`);
  }
  const fault = faultIn(frame, FRAME_SHAPES[name as FrameName]);
  if (fault !== null) return bad(`${name}: bad ${fault}`);
  switch (name as FrameName) {
    case "HELLO":
      return { type: "hello", connection, message: frame as unknown as Hello };
    case "SNAPSHOT_ACK":
      return { type: "snapshot_ack", connection, message: frame as unknown as SnapshotAck };
    case "DELTA_BATCH":
      return { type: "batch", connection, message: frame as unknown as DeltaBatch };
    case "RESYNC_REQUIRED":
      return { type: "resync_required", connection, channel: frame.channel as string };
    case "NOTICE":
      return { type: "notice", connection, channel: frame.channel as string, rung: frame.rung as Rung };
    case "HEARTBEAT_ACK":
      return { type: "heartbeat_ack", connection, message: frame as unknown as HeartbeatAck };
    case "INVALID_SESSION":
      return { type: "invalid_session", connection, reason: frame.reason as string };
    case "RECONNECT":
      return {
        type: "reconnect",
        connection,
        reason: frame.reason as Reconnect["reason"],
        after_ms: frame.after_ms as number,
      };
  }
}

/** The body of GET snapshot-v2, or what is wrong with it. */
export function decodeSnapshot(text: string): { snapshot: Snapshot } | { fault: string } {
  const body = parse(text);
  const fault = faultIn(body, SNAPSHOT_SHAPE);
  return fault === null ? { snapshot: body as Snapshot } : { fault: `snapshot: bad ${fault}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
