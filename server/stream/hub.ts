/**
 * Fan-out. Flush instants belong to the channel, not to the session: at each, every session that has credit and stands at the
 * same cursor takes one shared frame. A channel costs nothing while nobody follows it, and a look at one number a burst while
 * it does not change; no timer runs while none does.
 */
import { CHANNEL_KINDS, type ChannelKind, kindOf } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { Clock } from "../clock.ts";
import { type Batch, buildBatch, type StreamChannel, type Watermark } from "./batch.ts";
import type { Position } from "./session/state.ts";
import { WriteBudget } from "./write-budget.ts";

export interface StreamModel extends Watermark {
  readonly epoch: string;
  readonly headSeq: number;
  /** null: the name of no channel. Else the same one as long as the model lives, whether it holds anything or not. */
  channel(name: string): StreamChannel | null;
}

/** A session as the hub sees it. */
export interface Subscriber {
  position(channel: string): Position | undefined;
  /** Writes the batch or leaves it; the session's position tells which. */
  offer(batch: Batch): void;
  starved(channel: string): void;
  outOfReach(channel: string): void;
  /** A bug of ours keeps it from being served. */
  fail(): void;
}

export interface HubMeter {
  /** From a change that was folded to the frame that carries it. */
  dispatched(latencyMs: number): void;
}

/** What sessions were not sent, each batch counted for every session that it was written to. */
interface Unsent {
  coalesced: number;
  evicted: number;
}

/** The sessions of a kind of channel summed up, and what they were not sent. */
export interface ChannelBalance extends Readonly<Unsent> {
  readonly channel: ChannelKind;
  readonly credit: number;
  /** Distance in seq from the cursors to the channel's last change. */
  readonly lag: number;
}

/** A channel that somebody follows. */
interface Flow {
  readonly channel: StreamChannel;
  readonly members: Set<Subscriber>;
  /** When the last flush began that sent a batch up to the head, and the last one at all. */
  reachedMs: number;
  triedMs: number;
  /** When the oldest change was folded that no flush has covered. */
  pendingMs: number | null;
  /** `lastSeq` at the last flush. */
  flushedSeq: number;
  /** A session that may take what it lacks waits for the next instant. */
  isAwaited: boolean;
  /** The frame that was built last, and how far the log was folded then. */
  frame: { readonly foldedTo: number; readonly batch: Batch } | null;
}

export class Hub {
  readonly budget = new WriteBudget();
  readonly #model: StreamModel;
  readonly #clock: Clock;
  readonly #meter: HubMeter;
  readonly #flows = new Map<string, Flow>();
  readonly #unsent = Object.fromEntries(
    CHANNEL_KINDS.map((kind) => [kind, { coalesced: 0, evicted: 0 }]),
  ) as Record<ChannelKind, Unsent>;
  #timer: { readonly atMs: number; readonly cancel: () => void } | null = null;
  /** When the oldest change was folded that no timer has looked at. */
  #changedMs: number | null = null;

  constructor(model: StreamModel, clock: Clock, meter: HubMeter) {
    this.#model = model;
    this.#clock = clock;
    this.#meter = meter;
  }

  /** Channels that somebody follows. */
  get size(): number {
    return this.#flows.size;
  }

  /** The session follows the channel, from where its position is. */
  join(subscriber: Subscriber, name: string): void {
    const flow = this.#flows.get(name) ?? this.#open(name);
    flow.members.add(subscriber);
  }

  leave(subscriber: Subscriber, name: string): void {
    const flow = this.#flows.get(name);
    flow?.members.delete(subscriber);
    if (flow?.members.size === 0) this.#flows.delete(name);
  }

  /** The session has ended. */
  remove(subscriber: Subscriber): void {
    for (const name of this.#flows.keys()) this.leave(subscriber, name);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#flows.clear();
  }

  /** The model folded something. What that changed is looked at when the burst that it came in has been folded, whole. */
  changed(): void {
    if (this.#flows.size === 0) return;
    const now = this.#clock.now().ms;
    this.#changedMs ??= now;
    this.#wakeAt(now, now);
  }

  /** A session may take more of a channel than before: it has credit anew, a new cursor, or its socket drained. */
  pump(subscriber: Subscriber, name: string): void {
    const flow = this.#flows.get(name);
    const position = subscriber.position(name);
    if (flow === undefined || position === undefined || !isDue(flow, position)) return;
    if (position.at === "behind") {
      this.#send(flow, position.cursor, [subscriber]);
      return;
    }
    const now = this.#clock.now().ms;
    const instantMs = flow.reachedMs + LIMITS.max_flush_interval_ms;
    if (instantMs <= now) {
      this.#flush(flow);
    } else {
      flow.isAwaited = true;
      this.#wakeAt(instantMs, now);
    }
  }

  /** The longest distance, in seq, from a session's cursor to its channel's last change. */
  backlog(): number {
    let longest = 0;
    for (const flow of this.#flows.values()) {
      for (const position of positionsOf(flow)) longest = Math.max(longest, lagOf(flow, position));
    }
    return longest;
  }

  balances(): ChannelBalance[] {
    const sums = CHANNEL_KINDS.map((channel) => ({ channel, credit: 0, lag: 0, ...this.#unsent[channel] }));
    for (const flow of this.#flows.values()) {
      const sum = sums[CHANNEL_KINDS.indexOf(kindOf(flow.channel.name))];
      if (sum === undefined) continue;
      for (const position of positionsOf(flow)) {
        sum.credit += position.credit;
        sum.lag += lagOf(flow, position);
      }
    }
    return sums;
  }

  #open(name: string): Flow {
    const channel = this.#model.channel(name);
    if (channel === null) throw new Error(`a session follows ${name}, which is no channel`);
    const flow: Flow = {
      channel,
      members: new Set(),
      reachedMs: Number.NEGATIVE_INFINITY,
      triedMs: Number.NEGATIVE_INFINITY,
      pendingMs: null,
      flushedSeq: channel.lastSeq,
      isAwaited: false,
      frame: null,
    };
    this.#flows.set(name, flow);
    return flow;
  }

  #wakeAt(atMs: number, now: number): void {
    if (this.#timer !== null && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = { atMs, cancel: this.#clock.after(atMs - now, () => this.#look()) };
  }

  /** One instant for all that waits: what changed together comes together, and a page paints it in one frame. */
  #look(): void {
    this.#timer = null;
    const now = this.#clock.now().ms;
    const waiting: Flow[] = [];
    let instantMs = Number.POSITIVE_INFINITY;
    for (const flow of this.#flows.values()) {
      const isChanged = flow.channel.lastSeq !== flow.flushedSeq;
      if (isChanged) flow.pendingMs ??= this.#changedMs ?? now;
      if (!isChanged && !flow.isAwaited) continue;
      waiting.push(flow);
      const lastMs = flow.isAwaited ? flow.reachedMs : Math.max(flow.reachedMs, flow.triedMs);
      instantMs = Math.min(instantMs, lastMs + LIMITS.max_flush_interval_ms);
    }
    this.#changedMs = null;
    if (waiting.length === 0) return;
    if (instantMs > now) this.#wakeAt(instantMs, now);
    else for (const flow of waiting) this.#flushOrFail(flow);
  }

  /** Nobody hears a timer's throw: a bug of ours ends the sessions that it shows in, and no other. */
  #flushOrFail(flow: Flow): void {
    try {
      this.#flush(flow);
    } catch (error) {
      process.stderr.write(`mempulse: flush of ${flow.channel.name}: ${(error as Error).stack}\n`);
      for (const subscriber of flow.members) subscriber.fail();
    }
  }

  #flush(flow: Flow): void {
    const { name, lastSeq } = flow.channel;
    flow.triedMs = this.#clock.now().ms;
    if (lastSeq !== flow.flushedSeq) flow.pendingMs ??= this.#changedMs;
    flow.flushedSeq = lastSeq;
    flow.isAwaited = false;
    const atCursor = new Map<number, Subscriber[]>();
    for (const subscriber of flow.members) {
      const position = subscriber.position(name);
      if (position === undefined || !isDue(flow, position)) continue;
      if (position.cursor < flow.channel.reach) {
        subscriber.outOfReach(name);
        continue;
      }
      if (position.credit === 0) {
        if (!position.starved || position.waiting_since_ms === null) subscriber.starved(name);
        continue;
      }
      // Its socket was full; it is pumped when that drains, and building frames for it until then would be for nothing.
      if (position.at === "behind") continue;
      const group = atCursor.get(position.cursor);
      if (group === undefined) atCursor.set(position.cursor, [subscriber]);
      else group.push(subscriber);
    }
    let reached = false;
    for (const [cursor, group] of atCursor) reached = this.#send(flow, cursor, group) || reached;
    if (reached) {
      flow.reachedMs = flow.triedMs;
      if (flow.pendingMs !== null) this.#meter.dispatched(this.#clock.now().ms - flow.pendingMs);
    }
    flow.pendingMs = null;
  }

  /**
   * One batch after the other to sessions at one cursor, until the head, or while their credit and sockets last.
   * `true`: one of them reached the head.
   */
  #send(flow: Flow, from: number, group: Subscriber[]): boolean {
    const { name } = flow.channel;
    const unsent = this.#unsent[kindOf(name)];
    let cursor = from;
    let takers = group;
    while (takers.length > 0) {
      const batch = this.#batch(flow, cursor);
      if (batch === null) {
        for (const subscriber of takers) subscriber.outOfReach(name);
        return false;
      }
      for (const subscriber of takers) subscriber.offer(batch);
      const took = takers.filter((subscriber) => subscriber.position(name)?.cursor === batch.seq);
      unsent.coalesced += batch.coalesced * took.length;
      unsent.evicted += batch.evicted * took.length;
      if (batch.complete) return took.length > 0;
      cursor = batch.seq;
      takers = took.filter((subscriber) => (subscriber.position(name)?.credit ?? 0) > 0);
    }
    return false;
  }

  #batch(flow: Flow, cursor: number): Batch | null {
    const foldedTo = this.#model.latestIngestSeq;
    if (flow.frame?.foldedTo === foldedTo && flow.frame.batch.prev_seq === cursor) return flow.frame.batch;
    const batch = buildBatch(flow.channel, cursor, this.#model, this.budget.frameBytes);
    flow.frame = batch === null ? null : { foldedTo, batch };
    return batch;
  }
}

function* positionsOf({ channel, members }: Flow): Generator<Position> {
  for (const subscriber of members) {
    const position = subscriber.position(channel.name);
    if (position !== undefined) yield position;
  }
}

function isDue(flow: Flow, position: Position): boolean {
  return position.at !== "out_of_reach" && position.cursor < flow.channel.lastSeq;
}

function lagOf({ channel }: Flow, { cursor }: Position): number {
  return Math.max(0, channel.lastSeq - cursor);
}
