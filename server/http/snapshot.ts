/** GET /dashboard/snapshot-v2: what it was asked for, and its text, joined from the rows' own. */
import type { Channel } from "../../model/channel.ts";
import type { Model } from "../../model/model.ts";
import {
  BARS_PATTERN,
  CHANNEL_NAMES,
  type ChannelName,
  isChannelName,
} from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { Problem } from "./problem.ts";
import type { Text } from "./text.ts";

export type SnapshotModel = Pick<
  Model,
  "epoch" | "headSeq" | "latestIngestSeq" | "eventTimeUnixMs" | "channels" | "channel"
>;

export interface SnapshotRequest {
  readonly channels: readonly ChannelName[];
  /** Only what changed since, where a channel can still tell; null: all. */
  readonly since: number | null;
  readonly contentDigest: boolean;
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Throws a Problem: 400 that names the field, 409 for a cursor of another epoch or above the head. */
export function readSnapshotQuery(query: Query, model: SnapshotModel): SnapshotRequest {
  const since = readSince(query, model);
  if (since !== null && since > model.headSeq) {
    const field = query["cursor"] === undefined ? "since_seq" : "cursor";
    throw foreign(field, `seq ${since} is above the head ${model.headSeq}`, model);
  }
  const contentDigest = single(query, "content_digest") ?? "0";
  if (contentDigest !== "0" && contentDigest !== "1") {
    throw new Problem(400, "content_digest: must be 0 or 1", { field: "content_digest" });
  }
  return { channels: readChannels(query, model), since, contentDigest: contentDigest === "1" };
}

/** The fixed ones, where none are named. */
function readChannels(query: Query, { channels }: SnapshotModel): readonly ChannelName[] {
  const text = single(query, "channels");
  if (text === undefined) return [...channels.keys()];
  const names = [...new Set(text.split(","))];
  if (names.length > LIMITS.max_channels_count) {
    const detail = `channels: ${names.length} names, at most ${LIMITS.max_channels_count}`;
    throw new Problem(400, detail, { field: "channels" });
  }
  const stray = names.find((name) => !isChannelName(name));
  if (stray !== undefined) {
    const known = `${CHANNEL_NAMES.join(", ")} and ${BARS_PATTERN}`;
    const detail = `channels: no channel ${JSON.stringify(stray.slice(0, 64))}; there are ${known}`;
    throw new Problem(400, detail, { field: "channels" });
  }
  return names.filter(isChannelName);
}

function readSince(query: Query, model: SnapshotModel): number | null {
  const cursor = single(query, "cursor");
  const sinceSeq = single(query, "since_seq");
  if (cursor === undefined) return sinceSeq === undefined ? null : readSeq(sinceSeq, "since_seq");
  if (sinceSeq !== undefined) {
    throw new Problem(400, "since_seq: cannot stand beside cursor", { field: "since_seq" });
  }
  const colon = cursor.lastIndexOf(":");
  if (colon < 1) throw new Problem(400, "cursor: must be EPOCH:SEQ", { field: "cursor" });
  const seq = readSeq(cursor.slice(colon + 1), "cursor");
  const epoch = cursor.slice(0, colon);
  if (epoch !== model.epoch) throw foreign("cursor", "it is of another epoch", model);
  return seq;
}

function readSeq(text: string, field: string): number {
  const seq = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw new Problem(400, `${field}: ${JSON.stringify(text.slice(0, 32))} is no seq`, { field });
}

function single(query: Query, field: string): string | undefined {
  const value = query[field];
  if (Array.isArray(value)) throw new Problem(400, `${field}: given more than once`, { field });
  return value;
}

function foreign(field: string, why: string, model: SnapshotModel): Problem {
  return new Problem(409, `${field}: ${why}`, {
    field,
    extra: { epoch: model.epoch, head_seq: model.headSeq },
  });
}

/** The body. Equal states give equal text, but for `server_time_unix_ms`. */
export function buildSnapshot(request: SnapshotRequest, model: SnapshotModel, unixMs: number): Text {
  const { epoch, headSeq } = model;
  const channels = request.channels.map((name, index) => {
    const channel = model.channel(name);
    if (channel === null) throw new Error(`the model has no ${name}`);
    return [index === 0 ? "" : ",", ...channelText(channel, request)];
  });
  return [
    `{"epoch":"${epoch}","revision":${headSeq},"snapshot_seq":${headSeq},"cursor":"${epoch}:${headSeq}",` +
      `"server_time_unix_ms":${unixMs},"resume_token_ttl_ms":${LIMITS.resume_token_ttl_ms},` +
      `"watermark":{"latest_ingest_seq":${model.latestIngestSeq},"event_time_unix_ms":${model.eventTimeUnixMs}},` +
      `"channels":{`,
    ...channels.flat(),
    "}}",
  ];
}

function channelText(channel: Channel, { since, contentDigest }: SnapshotRequest): Text {
  const delta = since !== null && since >= channel.reach ? channel.changesSince(since) : null;
  const changes = delta ?? channel.changesSince(0);
  if (changes === null) throw new Error(`${channel.name} has no window`);
  const content = contentDigest ? `"content_digest":"${channel.contentDigest()}",` : "";
  return [
    `"${channel.name}":{"mode":"${delta === null ? "full" : "delta"}","cap":${channel.cap},` +
      `"count":${channel.count},"digest":"${channel.digest()}",${content}"upsert":[`,
    changes.upsert,
    `],"remove":${JSON.stringify(changes.remove)},"evict_before":${changes.evict_before}}`,
  ];
}
