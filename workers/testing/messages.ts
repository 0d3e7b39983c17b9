/** Messages and bodies with little in them, for tests that mind one field. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import type {
  ChannelSnapshot,
  DeltaBatch,
  HeartbeatAck,
  Hello,
  Row,
  Snapshot,
  SnapshotAck,
} from "../../protocol/stream/messages.ts";

const WATERMARK = { latest_ingest_seq: 1, event_time_unix_ms: 1000 };
export const EPOCH = "e-one";

export function hello(change: Partial<Hello> = {}): Hello {
  return {
    op: "HELLO",
    protocol: 2,
    encodings: ["json"],
    heartbeat_interval_ms: 15_000,
    session_id: "s",
    server_time_unix_ms: 0,
    epoch: EPOCH,
    limits: {
      max_entities_per_batch: 500,
      max_frame_bytes: 262_144,
      max_flush_interval_ms: 100,
      max_credit: 64,
    },
    ...change,
  };
}

export function snapshotAck(channel_seq: ByChannel<number>): SnapshotAck {
  return {
    op: "DISPATCH",
    type: "SNAPSHOT_ACK",
    session_id: "s",
    resume_token: "token-1",
    resumed: false,
    channel_seq,
  };
}

/** Of the channels given, and no others. */
export function heartbeatAck(channels: HeartbeatAck["channels"], resume_token = "token-2"): HeartbeatAck {
  return { op: "HEARTBEAT_ACK", server_time_unix_ms: 0, resume_token, channels };
}

export function window(upsert: Row[] = [], change: Partial<ChannelSnapshot> = {}): ChannelSnapshot {
  return {
    mode: "full",
    cap: 100,
    count: upsert.length,
    digest: "0000000000000000",
    upsert,
    remove: [],
    evict_before: 0,
    ...change,
  };
}

export function snapshot(
  snapshot_seq: number,
  channels: ByChannel<ChannelSnapshot>,
  epoch = EPOCH,
): Snapshot {
  return {
    epoch,
    revision: snapshot_seq,
    snapshot_seq,
    cursor: `${epoch}:${snapshot_seq}`,
    server_time_unix_ms: 0,
    resume_token_ttl_ms: 120_000,
    watermark: WATERMARK,
    channels,
  };
}

/** Covers (prev_seq, seq]. `digest` null: one part of a cut change set. */
export function batch(
  channel: ChannelName,
  prev_seq: number,
  seq: number,
  upsert: Row[] = [],
  digest: string | null = "0000000000000000",
): DeltaBatch {
  return {
    op: "DISPATCH",
    type: "DELTA_BATCH",
    seq,
    prev_seq,
    channel,
    patch: { upsert, remove: [], evict_before: 0 },
    changes: upsert.length,
    evicted: 0,
    watermark: { ...WATERMARK, count: digest === null ? null : upsert.length, digest },
  };
}
