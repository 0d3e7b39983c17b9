/** One DELTA_BATCH, serialised once for every session that stands at its cursor. */
import type { Channel } from "../../model/channel.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { BatchOffer } from "./session-state.ts";

/** What the stream reads of a channel. */
export type StreamChannel = Pick<Channel, "name" | "count" | "reach" | "lastSeq" | "digest" | "changesSince">;

/** How far the log is folded. */
export interface Watermark {
  readonly latestIngestSeq: number;
  readonly eventTimeUnixMs: number;
}

export interface Batch extends BatchOffer {
  readonly bytes: Buffer;
}

/** All of a frame but its rows and removed ids: names, punctuation and at most 9 numbers. */
const ENVELOPE_BYTES = 512;

const BATCH_LIMITS = {
  max_entities: LIMITS.max_entities_per_batch,
  max_bytes: LIMITS.max_frame_bytes - ENVELOPE_BYTES,
};

/**
 * The changes after `cursor`, cut at the limits. Rows are joined as text, as they were serialised when they changed; the
 * same state gives the same bytes. `null`: the cursor is out of reach.
 */
export function buildBatch(channel: StreamChannel, cursor: number, watermark: Watermark): Batch | null {
  if (cursor < channel.reach) return null;
  const changes = channel.changesSince(cursor, BATCH_LIMITS);
  if (changes === null) return null;
  const { seq, complete } = changes;
  const count = complete ? String(channel.count) : "null";
  const digest = complete ? `"${channel.digest()}"` : "null";
  const text =
    `{"op":"DISPATCH","type":"DELTA_BATCH","seq":${seq},"prev_seq":${cursor},"channel":"${channel.name}",` +
    `"patch":{"upsert":[${changes.upsert.join(",")}],"remove":${JSON.stringify(changes.remove)},` +
    `"evict_before":${changes.evict_before}},"changes":${changes.changes},"evicted":${changes.evicted},` +
    `"watermark":{"latest_ingest_seq":${watermark.latestIngestSeq},` +
    `"event_time_unix_ms":${watermark.eventTimeUnixMs},"count":${count},"digest":${digest}}}`;
  const bytes = Buffer.from(text);
  return { channel: channel.name, prev_seq: cursor, seq, complete, frame_bytes: bytes.length, bytes };
}
