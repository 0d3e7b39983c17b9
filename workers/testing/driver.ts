/** Steps a session by hand and keeps what it asked for. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { ClientMessage } from "../../protocol/stream/messages.ts";
import type { Effect, Event } from "../session/events.ts";
import { step } from "../session/session.ts";
import { createSession, type In, type Session } from "../session/state.ts";
import { isLive } from "../session/step.ts";
import { wakeAt } from "../session/wake.ts";
import { batch, hello, snapshot, snapshotAck, window } from "./messages.ts";

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
