/** What the worker's own tests need of a server, in its plainest form: channels, HTTP answers, WebSocket sessions. */
import {
  BARS,
  type ByChannel,
  CHANNEL_NAMES,
  type ChannelName,
  isChannelName,
} from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type {
  ClientMessage,
  InvalidSession,
  Reconnect,
  Rung,
  ServerMessage,
} from "../../protocol/stream/messages.ts";
import type { Answer } from "../shell/environment.ts";
import { ReferenceChannel } from "./reference-channel.ts";

interface Cursor {
  seq: number;
  credit: number;
  /** The last batch was one part; the rest follows while credit lasts. */
  cut: boolean;
}

/** Of a fixed channel whose cap the options do not tell. */
const CAP = 50;

export interface ServerOptions {
  channels: ByChannel<number>;
  most_entities: number;
  heartbeat_interval_ms: number;
}

export class ReferenceServer {
  readonly options: ServerOptions;
  epoch = "e-one";
  head = 100;
  channels: Map<ChannelName, ReferenceChannel>;
  sessions = new Set<ReferenceSession>();
  /** Answers 503 while set. */
  folding = false;
  #now: () => number;

  constructor(options: ServerOptions, now: () => number) {
    this.options = options;
    this.#now = now;
    this.channels = this.#fresh();
  }

  put(name: ChannelName, row: { id: string }): void {
    this.channel(name)!.put({ ...row, seq: ++this.head });
  }

  /** Another log: nothing of the old one is comparable. */
  changeEpoch(epoch: string): void {
    this.epoch = epoch;
    this.head = 50;
    this.channels = this.#fresh();
    for (const session of this.sessions) session.invalidate();
  }

  flush(): void {
    for (const session of this.sessions) session.flush();
  }

  get now(): number {
    return this.#now();
  }

  get watermark() {
    return { latest_ingest_seq: this.head * 2, event_time_unix_ms: Math.floor(this.#now()) };
  }

  answer(url: string): Answer {
    const { pathname, searchParams } = new URL(url);
    if (pathname.startsWith("/transactions/")) return this.#json(200, { hash: pathname.split("/")[2] });
    if (pathname === "/health/ready") return this.#json(this.folding ? 503 : 200, {});
    if (this.folding) return { status: 503, retry_after: "1", text: "{}" };
    const cursor = searchParams.get("cursor");
    const [epoch, since] = cursor?.split(":") ?? [null, null];
    if (epoch !== null && (epoch !== this.epoch || Number(since) > this.head)) {
      return this.#json(409, { title: "foreign epoch", epoch: this.epoch });
    }
    const channels: Record<string, unknown> = {};
    for (const name of searchParams.get("channels")!.split(",")) {
      const channel = this.channel(name);
      if (channel === null) return this.#json(400, { detail: `channels: unknown channel ${name}` });
      const { cap, count } = channel;
      const mode = since === null ? "full" : "delta";
      const all = Number.POSITIVE_INFINITY;
      const { upsert, evict_before } = channel.changesSince(Number(since ?? 0), this.head, all);
      channels[name] = { mode, cap, count, digest: channel.digest(), upsert, remove: [], evict_before };
    }
    return this.#json(200, {
      epoch: this.epoch,
      revision: this.head,
      snapshot_seq: this.head,
      cursor: `${this.epoch}:${this.head}`,
      server_time_unix_ms: Math.floor(this.#now()),
      resume_token_ttl_ms: LIMITS.resume_token_ttl_ms,
      watermark: this.watermark,
      channels,
    });
  }

  /** Those of bars are there for who asks. */
  channel(name: string): ReferenceChannel | null {
    if (!isChannelName(name)) return null;
    const channel = this.channels.get(name) ?? new ReferenceChannel(BARS.cap);
    this.channels.set(name, channel);
    return channel;
  }

  #fresh(): Map<ChannelName, ReferenceChannel> {
    const { channels } = this.options;
    return new Map(CHANNEL_NAMES.map((name) => [name, new ReferenceChannel(channels[name] ?? CAP)]));
  }

  #json(status: number, body: unknown): Answer {
    return { status, retry_after: null, text: JSON.stringify(body) };
  }
}

export class ReferenceSession {
  readonly cursors = new Map<ChannelName, Cursor>();
  #server: ReferenceServer;
  #send: (message: ServerMessage) => void;

  constructor(server: ReferenceServer, send: (message: ServerMessage) => void) {
    this.#server = server;
    this.#send = send;
    const { epoch, options } = server;
    send({
      op: "HELLO",
      protocol: LIMITS.protocol,
      encodings: ["json"],
      heartbeat_interval_ms: options.heartbeat_interval_ms,
      session_id: "s",
      server_time_unix_ms: 0,
      epoch,
      limits: {
        max_entities_per_batch: options.most_entities,
        max_frame_bytes: LIMITS.max_frame_bytes,
        max_flush_interval_ms: LIMITS.max_flush_interval_ms,
        max_credit: LIMITS.max_credit,
      },
    });
  }

  receive(message: ClientMessage): void {
    switch (message.op) {
      case "IDENTIFY":
        return this.#identify(message);
      case "RESUME":
        return this.#resume(message);
      case "SUBSCRIBE":
        for (const [name, seq] of Object.entries(message.channel_seq)) this.#place(name as ChannelName, seq);
        return;
      case "UNSUBSCRIBE":
        for (const name of message.channels) this.cursors.delete(name as ChannelName);
        return;
      case "CREDIT":
        for (const [name, cursor] of this.cursors) {
          cursor.credit = Math.min(LIMITS.max_credit, cursor.credit + (message.channel_credit[name] ?? 0));
          if (cursor.cut) this.#flushChannel(name, cursor);
        }
        return;
      case "RESYNC":
        for (const [name, cursor] of this.cursors) {
          const seq = message.channel_seq[name];
          if (seq !== undefined) cursor.seq = seq;
        }
        return;
      case "HEARTBEAT": {
        const channels: Extract<ServerMessage, { op: "HEARTBEAT_ACK" }>["channels"] = {};
        for (const [name, { seq, credit }] of this.cursors) {
          channels[name] = { seq, head: this.#server.head, credit };
        }
        return this.#send({
          op: "HEARTBEAT_ACK",
          server_time_unix_ms: 0,
          resume_token: this.#token,
          ...(message.n === undefined ? {} : { n: message.n }),
          channels,
        });
      }
    }
  }

  invalidate(reason: InvalidSession["reason"] = "epoch_changed"): void {
    this.cursors.clear();
    this.#send({ op: "INVALID_SESSION", reason });
  }

  reconnect(reason: Reconnect["reason"], after_ms: number): void {
    this.#send({ op: "RECONNECT", reason, after_ms });
  }

  notice(channel: ChannelName, rung: Rung): void {
    const code = rung === "full" ? "restored" : "degraded";
    this.#send({ op: "DISPATCH", type: "NOTICE", code, channel, rung, detail: "" });
  }

  /** The channels' common flush instant. */
  flush(): void {
    for (const [name, cursor] of this.cursors) this.#flushChannel(name, cursor);
  }

  #identify({ epoch, subscriptions, snapshot_seq }: Extract<ClientMessage, { op: "IDENTIFY" }>): void {
    if (epoch !== this.#server.epoch) return this.invalidate();
    for (const name of subscriptions as ChannelName[]) this.#place(name, snapshot_seq);
    this.#acknowledge(false);
  }

  /** A token is the epoch and when it runs out, unsigned. */
  #resume({ resume_token, channel_seq }: Extract<ClientMessage, { op: "RESUME" }>): void {
    const [epoch, until_ms] = resume_token.split("/");
    if (epoch !== this.#server.epoch) return this.invalidate();
    if (Number(until_ms) < this.#server.now) return this.invalidate("token_expired");
    for (const [name, seq] of Object.entries(channel_seq)) this.#place(name as ChannelName, seq);
    this.#acknowledge(true);
  }

  #place(name: ChannelName, seq: number): void {
    this.cursors.set(name, { seq, credit: 0, cut: false });
  }

  #acknowledge(resumed: boolean): void {
    const channel_seq = Object.fromEntries([...this.cursors].map(([name, { seq }]) => [name, seq]));
    this.#send({
      op: "DISPATCH",
      type: "SNAPSHOT_ACK",
      session_id: "s",
      resume_token: this.#token,
      resumed,
      channel_seq,
    });
  }

  get #token(): string {
    return `${this.#server.epoch}/${this.#server.now + LIMITS.resume_token_ttl_ms}`;
  }

  #flushChannel(name: ChannelName, cursor: Cursor): void {
    const channel = this.#server.channel(name)!;
    while (cursor.credit > 0 && channel.lastSeq > cursor.seq) {
      const { head, options, watermark } = this.#server;
      const { upsert, evict_before, changes, evicted, seq, complete } = channel.changesSince(
        cursor.seq,
        head,
        options.most_entities,
      );
      this.#send({
        op: "DISPATCH",
        type: "DELTA_BATCH",
        seq,
        prev_seq: cursor.seq,
        channel: name,
        patch: { upsert, remove: [], evict_before },
        changes,
        evicted,
        watermark: {
          ...watermark,
          count: complete ? channel.count : null,
          digest: complete ? channel.digest() : null,
        },
      });
      cursor.seq = seq;
      cursor.credit--;
      cursor.cut = !complete;
    }
  }
}
