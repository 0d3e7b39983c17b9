/** For tests: a server on a free port fed by hand, and a stream client that keeps a copy of each channel. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Compile, type Validator } from "typebox/compile";
import { WebSocket } from "ws";
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import {
  type ChannelSnapshot,
  type ClientMessage,
  type DeltaBatch,
  SERVER_MESSAGES,
  type ServerMessage,
  type Snapshot,
  type SnapshotAck,
} from "../../protocol/stream/messages.ts";
import { type RunningServer, type ServerOptions, startServer } from "../server.ts";
import type { Source } from "../sources/source.ts";

/** Hands over what the test gives it. */
export class ManualSource implements Source {
  readonly name = "manual";
  readonly live: boolean;
  /** All that was pushed. */
  readonly pushed: Uint8Array[] = [];
  #sink: ((message: Uint8Array) => void) | null = null;
  #end: () => void = () => {};

  constructor(live = false) {
    this.live = live;
  }

  start(sink: (message: Uint8Array) => void): Promise<void> {
    this.#sink = sink;
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async stop(): Promise<void> {
    this.#end();
  }

  faultCounts(): Record<string, number> {
    return {};
  }

  push(...messages: Uint8Array[]): void {
    this.pushed.push(...messages);
    for (const message of messages) this.#sink?.(message);
  }
}

export interface TestServer extends RunningServer {
  readonly source: ManualSource;
  readonly lines: string[];
  readonly options: Omit<ServerOptions, "sources" | "log">;
}

/** Unless told otherwise it has a log and a secret of its own, which `options` of another make the other's too. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const source = new ManualSource();
  const lines: string[] = [];
  const own = {
    port: 0,
    ...options,
    model: { log_id: randomBytes(6).toString("hex"), ...options.model },
    stream: { resumeSecret: randomBytes(32).toString("hex"), ...options.stream },
  };
  const running = await startServer({ log: (line) => lines.push(line), sources: [source], ...own });
  return { ...running, source, lines, options: own };
}

/** Another server of the same log and secret, so of the same epoch, that has folded what this one has. */
export async function startReplica(server: TestServer, port = 0): Promise<TestServer> {
  const replica = await startTestServer({ ...server.options, port });
  replica.source.push(...server.source.pushed);
  return replica;
}

/** Stops the server and starts one on its port that goes on with its log: the same epoch. */
export async function restart(server: TestServer): Promise<TestServer> {
  await server.close();
  return startReplica(server, Number(new URL(server.url).port));
}

export async function getSnapshot(server: Pick<RunningServer, "url">, query = ""): Promise<Snapshot> {
  const response = await fetch(`${server.url}/dashboard/snapshot-v2${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Snapshot;
}

/** The value of one series of /metrics, named with its labels as it stands there; NaN where there is none. */
export async function getMetric(server: Pick<RunningServer, "url">, series: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length));
}

/** A channel's rows as a client holds them, by the rules of the contract. */
export class Copy {
  readonly rows = new Map<string, number>();
  seq = 0;

  load(seq: number, { upsert }: Pick<ChannelSnapshot, "upsert">): void {
    this.rows.clear();
    for (const { id, seq: rowSeq } of upsert) this.rows.set(id, rowSeq);
    this.seq = seq;
  }

  apply({ patch, seq }: DeltaBatch): void {
    this.patch(seq, patch);
  }

  patch(seq: number, patch: DeltaBatch["patch"]): void {
    for (const id of patch.remove) this.rows.delete(id);
    for (const row of patch.upsert) this.rows.set(row.id, row.seq);
    for (const [id, rowSeq] of this.rows) if (rowSeq < patch.evict_before) this.rows.delete(id);
    this.seq = seq;
  }

  digest(): string {
    const digest = new Digest();
    for (const [id, seq] of this.rows) digest.add(id, seq);
    return digest.toString();
  }
}

const SHAPES: Readonly<Record<string, Validator>> = Object.fromEntries(
  Object.entries(SERVER_MESSAGES).map(([name, schema]) => [name, Compile(schema)]),
);

/** Throws where the server wrote what the contract does not have. */
function checked(message: ServerMessage): ServerMessage {
  const name = message.op === "DISPATCH" ? message.type : message.op;
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`no message ${name}`);
  const [error] = shape.Errors(message);
  if (error !== undefined) throw new Error(`${name} ${error.instancePath}: ${error.message}`);
  return message;
}

/** Every frame that it takes is held to its schema. */
export class StreamClient {
  readonly socket: WebSocket;
  readonly frames: ServerMessage[] = [];
  /** Bytes of each frame. */
  readonly sizes: number[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${url.replace("http", "ws")}/dashboard/stream-v2`, { headers });
    this.socket.on("message", (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as ServerMessage);
      this.sizes.push(data.length);
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  send(message: ClientMessage | string | Buffer): void {
    this.socket.send(
      typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  /** The next frame not yet taken; null when the socket closed before one came. */
  async next(): Promise<ServerMessage | null> {
    while (this.#taken === this.frames.length) {
      if (this.socket.readyState === WebSocket.CLOSED) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const frame = this.frames[this.#taken++];
    return frame === undefined ? null : checked(frame);
  }

  /** The next DELTA_BATCH; fails on any other frame. */
  async nextBatch(): Promise<DeltaBatch> {
    const frame = await this.next();
    if (frame?.op !== "DISPATCH" || frame.type !== "DELTA_BATCH") {
      throw new Error(`not a batch: ${JSON.stringify(frame)?.slice(0, 200)}`);
    }
    return frame;
  }

  /** What the server has written so far, by asking it: all frames before its answer to a HEARTBEAT. */
  async heartbeat(): Promise<Extract<ServerMessage, { op: "HEARTBEAT_ACK" }>> {
    this.send({ op: "HEARTBEAT", channel_seq: {} });
    for (;;) {
      const frame = await this.next();
      if (frame === null) throw new Error("closed before HEARTBEAT_ACK");
      if (frame.op === "HEARTBEAT_ACK") return frame;
    }
  }

  /** HELLO taken, identified at `seq`, SNAPSHOT_ACK taken. */
  async identify(epoch: string, seq: number, subscriptions: ChannelName[]): Promise<SnapshotAck> {
    return this.#begin({ op: "IDENTIFY", protocol: 2, snapshot_seq: seq, epoch, subscriptions });
  }

  /** HELLO taken, the session of `ack` resumed at `channel_seq`, SNAPSHOT_ACK taken. */
  async resume(
    ack: Pick<SnapshotAck, "session_id" | "resume_token">,
    channel_seq: ByChannel<number>,
  ): Promise<SnapshotAck> {
    const { session_id, resume_token } = ack;
    const subscriptions = Object.keys(channel_seq);
    return this.#begin({
      op: "RESUME",
      protocol: 2,
      session_id,
      resume_token,
      last_seq: 0,
      channel_seq,
      subscriptions,
    });
  }

  async #begin(message: ClientMessage): Promise<SnapshotAck> {
    if ((await this.next())?.op !== "HELLO") throw new Error("no HELLO");
    this.send(message);
    const ack = await this.next();
    if (ack?.op === "DISPATCH" && ack.type === "SNAPSHOT_ACK") return ack;
    throw new Error(`no SNAPSHOT_ACK: ${JSON.stringify(ack)}`);
  }

  credit(channel: ChannelName, batches: number): void {
    this.send({ op: "CREDIT", channel_credit: { [channel]: batches } });
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, "close");
    this.socket.terminate();
    await closed;
  }
}
