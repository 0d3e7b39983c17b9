/** One DELTA_BATCH, serialised once for every session that stands at its cursor. */
import type { Channel } from "../../model/channel.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { BatchOffer } from "./session/events.ts";

/** What the stream reads of a channel. */
export type StreamChannel = Pick<Channel, "name" | "count" | "reach" | "lastSeq" | "digest" | "changesSince">;

/** How far the log is folded. */
export interface Watermark {
  readonly latestIngestSeq: number;
  readonly eventTimeUnixMs: number;
}

export interface Batch extends BatchOffer {
  readonly bytes: Buffer;
  /** Changes in it that newer values took the place of, and those that left the window unsent. */
  readonly coalesced: number;
  readonly evicted: number;
}

/** All of a frame but its rows and removed ids: names, punctuation and at most 9 numbers. */
const ENVELOPE_BYTES = 512;

/**
 * The changes after `cursor`, cut at the limits: of a batch, and of `maxBytes` for its frame. Rows are copied as they
 * were written when they changed; the same state gives the same bytes. `null`: the cursor is out of reach.
 */
export function buildBatch(
  channel: StreamChannel,
  cursor: number,
  watermark: Watermark,
  maxBytes: number,
): Batch | null {
  if (cursor < channel.reach) return null;
  const changes = channel.changesSince(cursor, {
    max_entities: LIMITS.max_entities_per_batch,
    max_bytes: maxBytes - ENVELOPE_BYTES,
  });
  if (changes === null) return null;
  const { seq, complete, evicted, upsert, upserts, remove } = changes;
  const count = complete ? String(channel.count) : "null";
  const digest = complete ? `"${channel.digest()}"` : "null";
  const before =
    `{"op":"DISPATCH","type":"DELTA_BATCH","seq":${seq},"prev_seq":${cursor},"channel":"${channel.name}",` +
    `"patch":{"upsert":[`;
  const after =
    `],"remove":${JSON.stringify(remove)},"evict_before":${changes.evict_before}},"changes":${changes.changes},"evicted":${evicted},` +
    `"watermark":{"latest_ingest_seq":${watermark.latestIngestSeq},` +
    `"event_time_unix_ms":${watermark.eventTimeUnixMs},"count":${count},"digest":${digest}}}`;
  const bytes = Buffer.concat([Buffer.from(before), upsert, Buffer.from(after)]);
  const coalesced = Math.max(0, changes.changes - upserts - remove.length - evicted);
  return {
    channel: channel.name,
    prev_seq: cursor,
    seq,
    complete,
    frame_bytes: bytes.length,
    bytes,
    coalesced,
    evicted,
  };
}
