/** Steps a session by hand and keeps what it asked for. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import type { ClientMessage, HeartbeatAck } from "../../protocol/stream/messages.ts";
import type { Effect, Event } from "../session/events.ts";
import { step } from "../session/session.ts";
import { createSession, type In, type Session } from "../session/state.ts";
import { isLive } from "../session/step.ts";
import { wakeAt } from "../session/wake.ts";
import { batch, heartbeatAck, hello, snapshot, snapshotAck, window } from "./messages.ts";

type EffectOf<T extends Effect["type"]> = Extract<Effect, { type: T }>;

export class Driver {
  state: Session;
  now = 1_000_000;
  /** Since `take` was last called. */
  effects: Effect[] = [];
  readonly channels: readonly ChannelName[];

  constructor(channels: readonly ChannelName[] = ["tx.main", "pool.main"], seed = 1) {
    this.channels = channels;
    this.state = createSession(channels, seed);
  }

  step(event: Event): this {
    const { state, effects } = step(this.state, event, this.now);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  /** An event of the present connection. */
  hear(
    event: Event extends infer E ? (E extends { connection: number } ? Omit<E, "connection"> : never) : never,
  ): this {
    return this.step({ ...event, connection: this.connection });
  }

  /** Hears a batch, as `messages.batch` makes it. */
  batch(...given: Parameters<typeof batch>): this {
    return this.hear({ type: "batch", message: batch(...given) });
  }

  /** Answers the last GET with windows at `seq`. */
  answer(seq: number, mode: "full" | "delta" = "delta"): this {
    const { request, channels } = this.last("get");
    const windows = Object.fromEntries(channels.map((name) => [name, window([], { mode })]));
    return this.step({ type: "snapshot", request, snapshot: snapshot(seq, windows) });
  }

  /** Through bootstrap and handshake to live, every channel at `seq`. */
  live(seq = 100): this {
    this.step({ type: "start" });
    this.bootstrapped(seq);
    this.hear({ type: "hello", message: hello() });
    const seqs = Object.fromEntries(this.channels.map((name) => [name, seq]));
    this.hear({ type: "snapshot_ack", message: snapshotAck(seqs) });
    return this;
  }

  /** The connection closes, or the GET before it gets no answer. */
  lost(code = 1006): this {
    if (this.state.at.phase !== "bootstrapping") return this.hear({ type: "closed", code, reason: "" });
    return this.refused(0);
  }

  /** Moves on to when the next attempt leaves. */
  again(): this {
    return this.pass(Math.max(0, this.state.retry_at_ms - this.now));
  }

  /** The last GET is answered so; with the server's epoch, where it refuses the cursor. */
  refused(status: number, epoch: string | null = null, retry_after_ms = 0): this {
    const { request } = this.last("get");
    const reason = `HTTP ${status}`;
    return this.step({ type: "snapshot_failed", request, status, epoch, retry_after_ms, reason });
  }

  /** SNAPSHOT_ACK, at the session's own cursors if not at others. */
  resumed(seqs = this.state.seqs): this {
    return this.hear({ type: "snapshot_ack", message: { ...snapshotAck(seqs), resumed: true } });
  }

  /** HEARTBEAT_ACK of all subscribed channels; what is not given stands as after the handshake. */
  heartbeatAck(given: ByChannel<HeartbeatAck["channels"][string]> = {}, resume_token?: string): this {
    const channels: HeartbeatAck["channels"] = {};
    for (const name of this.state.subscriptions) channels[name] = { seq: 100, head: 100, credit: 2 };
    return this.hear({
      type: "heartbeat_ack",
      message: heartbeatAck({ ...channels, ...given }, resume_token),
    });
  }

  bootstrapped(seq = 100): this {
    return this.answer(seq, "full");
  }

  /** Moves on by `span_ms` with the ticks that the session asks for. */
  pass(span_ms: number): this {
    const end = this.now + span_ms;
    for (let wake = wakeAt(this.state); wake <= end; wake = wakeAt(this.state)) {
      this.now = Math.max(this.now, wake);
      this.step({ type: "tick" });
    }
    this.now = end;
    return this;
  }

  get connection(): number {
    const { at } = this.state;
    if (!("connection" in at)) throw new Error(`no connection while ${at.phase}`);
    return at.connection;
  }

  get at(): In<"live">["at"] {
    if (!isLive(this.state)) throw new Error(`not live but ${this.state.at.phase}: ${this.state.reason}`);
    return this.state.at;
  }

  /** What was asked for since the last call. */
  take(): Effect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  all<T extends Effect["type"]>(type: T): EffectOf<T>[] {
    return this.effects.filter((effect): effect is EffectOf<T> => effect.type === type);
  }

  last<T extends Effect["type"]>(type: T): EffectOf<T> {
    const effect = this.all(type).at(-1);
    if (effect === undefined)
      throw new Error(`no ${type} among ${this.effects.map((each) => each.type).join()}`);
    return effect;
  }

  /** Messages of one op that were sent since `take`. */
  sent<Op extends ClientMessage["op"]>(op: Op): Extract<ClientMessage, { op: Op }>[] {
    return this.all("send")
      .map(({ message }) => message)
      .filter((message): message is Extract<ClientMessage, { op: Op }> => message.op === op);
  }
}

/** A session past its handshake, tx.main and pool.main at 100 with two credits each. */
export function liveDriver(): Driver {
  const driver = new Driver().live();
  driver.take();
  return driver;
}
