/** stream-v2 messages: text frames, one JSON object each. The schemas give the types, the validators and the reference. */
import { type Static, Type } from "typebox";

const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
// A record's keys are checked by their pattern alone, and only where no other key may stand.
const ChannelKey = Type.String({ pattern: "^[A-Za-z0-9._:-]{1,64}$" });
const byChannel = { maxProperties: 64, additionalProperties: false } as const;
const ChannelSeq = Type.Record(ChannelKey, Seq, byChannel);
const ChannelNames = Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 });
const closed = { additionalProperties: false } as const;

// Client to server

export const Identify = Type.Object(
  {
    op: Type.Literal("IDENTIFY"),
    protocol: Type.Integer(),
    snapshot_seq: Seq,
    epoch: Type.String({ maxLength: 128 }),
    subscriptions: ChannelNames,
    token: Type.Optional(Type.String({ maxLength: 1024 })),
    client: Type.Optional(Type.String({ maxLength: 128 })),
  },
  closed,
);
/** After a lost connection, in place of IDENTIFY. `channel_seq` beats `last_seq`. */
export const Resume = Type.Object(
  {
    op: Type.Literal("RESUME"),
    protocol: Type.Integer(),
    session_id: Type.String({ maxLength: 64 }),
    resume_token: Type.String({ maxLength: 1024 }),
    last_seq: Seq,
    channel_seq: ChannelSeq,
    subscriptions: ChannelNames,
  },
  closed,
);
export const Credit = Type.Object(
  {
    op: Type.Literal("CREDIT"),
    channel_credit: Type.Record(ChannelKey, Type.Integer({ minimum: 0, maximum: 1024 }), byChannel),
  },
  closed,
);
export const Resync = Type.Object({ op: Type.Literal("RESYNC"), channel_seq: ChannelSeq }, closed);
export const Subscribe = Type.Object({ op: Type.Literal("SUBSCRIBE"), channel_seq: ChannelSeq }, closed);
export const Unsubscribe = Type.Object({ op: Type.Literal("UNSUBSCRIBE"), channels: ChannelNames }, closed);
export const Heartbeat = Type.Object({ op: Type.Literal("HEARTBEAT"), channel_seq: ChannelSeq }, closed);

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

export const Hello = Type.Object({
  op: Type.Literal("HELLO"),
  protocol: Type.Integer(),
  encodings: Type.Array(Type.String()),
  heartbeat_interval_ms: Type.Integer(),
  session_id: Type.String(),
  server_time_unix_ms: Type.Integer(),
  epoch: Type.String(),
  limits: Type.Object({
    max_entities_per_batch: Type.Integer(),
    max_frame_bytes: Type.Integer(),
    max_flush_interval_ms: Type.Integer(),
    max_credit: Type.Integer(),
  }),
});
export const SnapshotAck = Type.Object({
  op: Type.Literal("DISPATCH"),
  type: Type.Literal("SNAPSHOT_ACK"),
  session_id: Type.String(),
  resume_token: Type.String(),
  resumed: Type.Boolean(),
  channel_seq: ChannelSeq,
});
const Row = Type.Object({ id: Type.String(), seq: Seq }, { additionalProperties: true });
export const DeltaBatch = Type.Object({
  op: Type.Literal("DISPATCH"),
  type: Type.Literal("DELTA_BATCH"),
  seq: Seq,
  prev_seq: Seq,
  channel: Type.String(),
  patch: Type.Object({ upsert: Type.Array(Row), remove: Type.Array(Type.String()), evict_before: Seq }),
  changes: Type.Integer({ minimum: 0 }),
  evicted: Type.Integer({ minimum: 0 }),
  watermark: Type.Object({
    latest_ingest_seq: Seq,
    event_time_unix_ms: Type.Integer(),
    count: Type.Union([Type.Integer(), Type.Null()]),
    digest: Type.Union([Type.String(), Type.Null()]),
  }),
});
export const ResyncRequired = Type.Object({
  op: Type.Literal("DISPATCH"),
  type: Type.Literal("RESYNC_REQUIRED"),
  channel: Type.String(),
  reason: Type.Union([Type.Literal("out_of_reach")]),
});
/** The rung of a channel's service changed: every change as it comes, coalesced ones, or none until RESYNC. */
export const Notice = Type.Object({
  op: Type.Literal("DISPATCH"),
  type: Type.Literal("NOTICE"),
  code: Type.Union([Type.Literal("degraded"), Type.Literal("restored")]),
  channel: Type.String(),
  rung: Type.Union([Type.Literal("full"), Type.Literal("coalesced"), Type.Literal("out_of_reach")]),
  detail: Type.String(),
});
export const HeartbeatAck = Type.Object({
  op: Type.Literal("HEARTBEAT_ACK"),
  server_time_unix_ms: Type.Integer(),
  resume_token: Type.String(),
  channels: Type.Record(
    Type.String(),
    Type.Object({ seq: Seq, head: Seq, credit: Type.Integer(), reach: Type.Optional(Seq) }),
  ),
});
export const InvalidSession = Type.Object({
  op: Type.Literal("INVALID_SESSION"),
  reason: Type.Union([
    Type.Literal("epoch_changed"),
    Type.Literal("token_expired"),
    Type.Literal("token_invalid"),
  ]),
});
export const Reconnect = Type.Object({
  op: Type.Literal("RECONNECT"),
  reason: Type.Union([Type.Literal("draining"), Type.Literal("behind")]),
  after_ms: Type.Integer({ minimum: 0 }),
});

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
  mode: Type.Union([Type.Literal("full"), Type.Literal("delta")]),
  cap: Type.Integer(),
  count: Type.Integer(),
  digest: Type.String(),
  content_digest: Type.Optional(Type.String()),
  upsert: Type.Array(Row),
  remove: Type.Array(Type.String()),
  evict_before: Seq,
});
export const Snapshot = Type.Object({
  epoch: Type.String(),
  revision: Seq,
  snapshot_seq: Seq,
  cursor: Type.String(),
  server_time_unix_ms: Type.Integer(),
  resume_token_ttl_ms: Type.Integer(),
  watermark: Type.Object({ latest_ingest_seq: Seq, event_time_unix_ms: Type.Integer() }),
  channels: Type.Record(Type.String(), ChannelSnapshot),
});
export type Snapshot = Static<typeof Snapshot>;
export type ChannelSnapshot = Static<typeof ChannelSnapshot>;
