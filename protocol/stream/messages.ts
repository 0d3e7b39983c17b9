/**
 * stream-v2 messages: text frames, one JSON object each. The schemas give the types, the validators and the reference
 * (docs/reference/stream-v2.md), which is where `description`s go.
 */
import { type Static, Type } from "typebox";
import { LIMITS } from "./limits.ts";

const seq = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });
const unixMs = (description: string) => Type.Integer({ description: `Unix ms; ${description}` });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

// A record's keys are checked by their pattern alone, and only where no other key may stand.
const ChannelKey = Type.String({ pattern: "^[A-Za-z0-9._:/@-]{1,128}$" });
const byChannel = { maxProperties: LIMITS.max_channels_count, additionalProperties: false } as const;
const channelSeq = (description: string) =>
  Type.Record(ChannelKey, seq("a seq of the server's epoch"), { ...byChannel, description });
const channelNames = (description: string) =>
  Type.Array(Type.String({ maxLength: 128, description: "a channel" }), {
    maxItems: LIMITS.max_channels_count,
    description,
  });
const protocol = Type.Integer({ description: "2" });

// Client to server

export const Identify = Type.Object(
  {
    op: Type.Literal("IDENTIFY"),
    protocol,
    snapshot_seq: seq("of the snapshot that the client holds: the cursor of each subscription"),
    epoch: Type.String({ maxLength: 128, description: "of that snapshot" }),
    subscriptions: channelNames("channels to follow; all of them were in the snapshot"),
    token: Type.Optional(
      Type.String({ maxLength: 1024, description: "for what stands before the server; not read" }),
    ),
    client: Type.Optional(Type.String({ maxLength: 128, description: "name/version, for people" })),
  },
  {
    additionalProperties: false,
    description: "Begins a session at a snapshot that the client has fetched. Answered by SNAPSHOT_ACK.",
  },
);
export const Resume = Type.Object(
  {
    op: Type.Literal("RESUME"),
    protocol,
    session_id: Type.String({
      maxLength: 64,
      description: "of the SNAPSHOT_ACK that answered IDENTIFY; a new HELLO does not change it",
    }),
    resume_token: Type.String({ maxLength: 1024, description: "the newest one" }),
    last_seq: seq("cursor of each subscription that `channel_seq` lacks"),
    channel_seq: channelSeq("the cursors"),
    subscriptions: channelNames("channels to follow: those and no others"),
  },
  {
    additionalProperties: false,
    description: "In place of IDENTIFY after a lost connection. Answered by SNAPSHOT_ACK.",
  },
);
export const Credit = Type.Object(
  {
    op: Type.Literal("CREDIT"),
    channel_credit: Type.Record(
      ChannelKey,
      Type.Integer({ minimum: 0, maximum: 1024, description: "DELTA_BATCHes; added to what is left" }),
      { ...byChannel, description: "how many more batches of each channel may come" },
    ),
  },
  { additionalProperties: false, description: "Lets batches come. Nothing answers it." },
);
export const Resync = Type.Object(
  {
    op: Type.Literal("RESYNC"),
    channel_seq: channelSeq("the new cursors: the `snapshot_seq` of the snapshot that repaired them"),
  },
  {
    additionalProperties: false,
    description: "Sets cursors of subscribed channels after a snapshot. Nothing answers it.",
  },
);
export const Subscribe = Type.Object(
  {
    op: Type.Literal("SUBSCRIBE"),
    channel_seq: channelSeq("the channels, each at the `snapshot_seq` of its snapshot"),
  },
  {
    additionalProperties: false,
    description: "Follows further channels, without credit at first. Nothing answers it.",
  },
);
export const Unsubscribe = Type.Object(
  { op: Type.Literal("UNSUBSCRIBE"), channels: channelNames("channels to leave") },
  { additionalProperties: false, description: "Leaves channels. Nothing answers it." },
);
export const Heartbeat = Type.Object(
  {
    op: Type.Literal("HEARTBEAT"),
    channel_seq: channelSeq("the seq up to which each channel is applied"),
    n: Type.Optional(seq("any number of the client's own, which the answer repeats")),
  },
  { additionalProperties: false, description: "A sign of life. Answered by HEARTBEAT_ACK." },
);

/** By op, so that an unknown op is told apart from a malformed message. */
export const CLIENT_MESSAGES = {
  IDENTIFY: Identify,
  RESUME: Resume,
  CREDIT: Credit,
  RESYNC: Resync,
  SUBSCRIBE: Subscribe,
  UNSUBSCRIBE: Unsubscribe,
  HEARTBEAT: Heartbeat,
} as const;
export type ClientOp = keyof typeof CLIENT_MESSAGES;
export type ClientMessage = { [Op in ClientOp]: Static<(typeof CLIENT_MESSAGES)[Op]> }[ClientOp];

// Server to client

export const Hello = Type.Object(
  {
    op: Type.Literal("HELLO"),
    protocol,
    encodings: Type.Array(Type.String(), { description: '`["json"]`' }),
    heartbeat_interval_ms: Type.Integer({
      minimum: 100,
      description: "how often the client sends HEARTBEAT",
    }),
    session_id: Type.String({ description: "of a session that IDENTIFY begins here" }),
    server_time_unix_ms: unixMs("the server's clock"),
    epoch: Type.String({ description: "what the server's seqs belong to" }),
    limits: Type.Object({
      max_entities_per_batch: Type.Integer({ minimum: 1, description: "rows and removals of a batch" }),
      max_frame_bytes: Type.Integer({ minimum: 1, description: "of a frame from the server" }),
      max_flush_interval_ms: Type.Integer({ minimum: 1, description: "between flushes of a channel" }),
      max_credit: Type.Integer({ minimum: 1, description: "credit beyond it is not added" }),
    }),
  },
  { description: "The first frame of a connection." },
);
export const SnapshotAck = Type.Object(
  {
    op: Type.Literal("DISPATCH"),
    type: Type.Literal("SNAPSHOT_ACK"),
    session_id: Type.String({ description: "HELLO's after IDENTIFY, RESUME's after RESUME" }),
    resume_token: Type.String({ description: "opaque; for RESUME" }),
    resumed: Type.Boolean({ description: "whether RESUME began it" }),
    channel_seq: channelSeq("the cursor of each subscription; all are without credit"),
  },
  { description: "The session is live." },
);
const Row = Type.Object(
  { id: Type.String(), seq: seq("of the change that last touched it") },
  { additionalProperties: true, description: "the whole entity, with its channel's fields" },
);
const upsert = Type.Array(Row, { description: "in seq order" });
const evictBefore = seq("every entity with a lower seq leaves");
const latestIngestSeq = seq("how far the log is folded; not comparable with other seqs");
const eventTime = unixMs("time of the newest event folded");
export const DeltaBatch = Type.Object(
  {
    op: Type.Literal("DISPATCH"),
    type: Type.Literal("DELTA_BATCH"),
    seq: seq("the cursor after it"),
    prev_seq: seq("the cursor that it joins"),
    channel: Type.String(),
    patch: Type.Object(
      {
        upsert,
        remove: Type.Array(Type.String({ description: "an id" }), { description: "ids that are gone" }),
        evict_before: evictBefore,
      },
      { description: "applied in the order remove, upsert, evict_before" },
    ),
    changes: Type.Integer({ minimum: 0, description: "changes in `(prev_seq, seq]`, before coalescing" }),
    evicted: Type.Integer({ minimum: 0, description: "those of them whose entity was evicted unsent" }),
    watermark: Type.Object({
      latest_ingest_seq: latestIngestSeq,
      event_time_unix_ms: eventTime,
      count: nullable(
        Type.Integer({ minimum: 0, description: "entities in the window; null in a cut batch" }),
      ),
      digest: nullable(Type.String({ description: "of the window, 16 hex digits; null in a cut batch" })),
    }),
  },
  { description: "What changed in a channel in `(prev_seq, seq]`. Takes one credit of the channel." },
);
export const ResyncRequired = Type.Object(
  {
    op: Type.Literal("DISPATCH"),
    type: Type.Literal("RESYNC_REQUIRED"),
    channel: Type.String(),
    reason: Type.Union([Type.Literal("out_of_reach")]),
  },
  {
    description: "The channel's cursor is out of reach: GET the channel without a cursor, then send RESYNC.",
  },
);
export const Notice = Type.Object(
  {
    op: Type.Literal("DISPATCH"),
    type: Type.Literal("NOTICE"),
    code: Type.Union([Type.Literal("degraded"), Type.Literal("restored")]),
    channel: Type.String(),
    rung: Type.Union([Type.Literal("full"), Type.Literal("coalesced"), Type.Literal("out_of_reach")], {
      description: "every change as it comes, coalesced ones, or none until RESYNC",
    }),
    detail: Type.String({ description: "for people" }),
  },
  { description: "The rung of a channel's service changed. Needs no answer." },
);
export const HeartbeatAck = Type.Object(
  {
    op: Type.Literal("HEARTBEAT_ACK"),
    server_time_unix_ms: unixMs("the server's clock"),
    resume_token: Type.String({ description: "takes the place of the one before" }),
    n: Type.Optional(seq("that of the HEARTBEAT, where it has one")),
    channels: Type.Record(
      Type.String(),
      Type.Object({
        seq: seq("the cursor: seq of the last batch sent"),
        head: seq("of the channel's last change; the cursor where that is higher"),
        credit: Type.Integer({ minimum: 0, description: "batches that may still come" }),
        reach: Type.Optional(seq("only while out of reach: the oldest cursor that would be within")),
      }),
      { description: "each subscription, as of this frame's place among the frames" },
    ),
  },
  { description: "Answers HEARTBEAT." },
);
export const InvalidSession = Type.Object(
  {
    op: Type.Literal("INVALID_SESSION"),
    reason: Type.Union([
      Type.Literal("epoch_changed"),
      Type.Literal("token_expired"),
      Type.Literal("token_invalid"),
    ]),
  },
  { description: "IDENTIFY or RESUME is refused; the close follows. The client bootstraps anew." },
);
export const Reconnect = Type.Object(
  {
    op: Type.Literal("RECONNECT"),
    reason: Type.Union([Type.Literal("draining"), Type.Literal("behind")], {
      description: "the server stops; its head has not reached the client's cursor",
    }),
    after_ms: Type.Integer({ minimum: 0, description: "to wait, before the client's own jitter" }),
  },
  { description: "The server closes the session, close 1012 follows; RESUME elsewhere or later." },
);

export const SERVER_MESSAGES = {
  HELLO: Hello,
  SNAPSHOT_ACK: SnapshotAck,
  DELTA_BATCH: DeltaBatch,
  RESYNC_REQUIRED: ResyncRequired,
  NOTICE: Notice,
  HEARTBEAT_ACK: HeartbeatAck,
  INVALID_SESSION: InvalidSession,
  RECONNECT: Reconnect,
} as const;
export type Hello = Static<typeof Hello>;
export type SnapshotAck = Static<typeof SnapshotAck>;
export type DeltaBatch = Static<typeof DeltaBatch>;
export type Notice = Static<typeof Notice>;
export type Rung = Notice["rung"];
export type Reconnect = Static<typeof Reconnect>;
export type InvalidSession = Static<typeof InvalidSession>;
export type HeartbeatAck = Static<typeof HeartbeatAck>;
export type Row = Static<typeof Row>;
export type ServerMessage = {
  [K in keyof typeof SERVER_MESSAGES]: Static<(typeof SERVER_MESSAGES)[K]>;
}[keyof typeof SERVER_MESSAGES];

// GET /dashboard/snapshot-v2

export const ChannelSnapshot = Type.Object({
  mode: Type.Union([Type.Literal("full"), Type.Literal("delta")], {
    description: "the whole window, which takes the place of any copy; or what changed since the cursor",
  }),
  cap: Type.Integer({ minimum: 1, description: "most entities that the window holds" }),
  count: Type.Integer({ minimum: 0, description: "entities in the window" }),
  digest: Type.String({ description: "of the window, 16 hex digits" }),
  content_digest: Type.Optional(
    Type.String({ description: "of the window's content, with `content_digest=1`" }),
  ),
  upsert,
  remove: Type.Array(Type.String({ description: "an id" }), {
    description: "ids that are gone; says nothing new where `mode` is `full`",
  }),
  evict_before: evictBefore,
});
export const Snapshot = Type.Object(
  {
    epoch: Type.String({ description: "what the seqs belong to" }),
    revision: seq("the same as `snapshot_seq`"),
    snapshot_seq: seq("the cursor that the client then has in each of the channels"),
    cursor: Type.String({ description: "`EPOCH:SNAPSHOT_SEQ`, for the `cursor` parameter" }),
    server_time_unix_ms: unixMs("the server's clock"),
    resume_token_ttl_ms: Type.Integer({ minimum: 1, description: "how long a resume token is good for" }),
    watermark: Type.Object({ latest_ingest_seq: latestIngestSeq, event_time_unix_ms: eventTime }),
    channels: Type.Record(Type.String(), ChannelSnapshot, { description: "those asked for" }),
  },
  { description: "The body of `GET /dashboard/snapshot-v2`." },
);
export type Snapshot = Static<typeof Snapshot>;
export type ChannelSnapshot = Static<typeof ChannelSnapshot>;

/** Every error of the HTTP face: `application/problem+json` (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "`about:blank`" }),
    title: Type.String({ description: "the status in words" }),
    status: Type.Integer({ description: "HTTP status" }),
    detail: Type.String({ description: "what is wrong, one line" }),
    field: Type.Optional(Type.String({ description: "the parameter that is wrong" })),
    epoch: Type.Optional(Type.String({ description: "409: the server's epoch" })),
    head_seq: Type.Optional(seq("409: the server's head")),
  },
  { description: "The body of every error, `application/problem+json` (RFC 9457)." },
);
