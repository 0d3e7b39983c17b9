/**
 * Fan-out. Flush instants belong to the channel, not to the session: at each, every session that has credit and stands at the
 * same cursor takes one shared frame. A channel costs nothing while nobody follows it, and a look at one number a burst while
 * it does not change; no timer runs while none does. What is to be sent waits in one queue and is sent a slice of time at a
 * time, so that folding has its turn in between however much is asked for.
 */
import { CHANNEL_KINDS, type ChannelKind, kindOf } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { LoopClock } from "../clock.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { type Batch, buildBatch, type StreamChannel, type Watermark } from "./batch.ts";
import { FairShare } from "./fair-share.ts";
import { type Flow, isDue, lagOf, openFlow, positionsOf, type Subscriber } from "./flow.ts";
import { WriteBudget } from "./write-budget.ts";

export interface StreamModel extends Watermark {
  readonly epoch: string;
  readonly headSeq: number;
  /** null: the name of no channel. Else the same one as long as the model lives, whether it holds anything or not. */
  channel(name: string): StreamChannel | null;
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

/** When an instant was, and when the oldest change that it covers was folded; null once that was told. */
interface Instant {
  readonly ms: number;
  pendingMs: number | null;
}

/** The next batch for sessions that stand at one cursor; `instant` is null where they catch up between two. */
interface Errand {
  readonly flow: Flow;
  readonly instant: Instant | null;
  readonly cursor: number;
  readonly takers: readonly Subscriber[];
}

export class Hub {
  readonly budget = new WriteBudget();
  readonly #model: StreamModel;
  readonly #clock: LoopClock;
  readonly #meter: HubMeter;
  readonly #flows = new Map<string, Flow>();
  readonly #unsent = Object.fromEntries(
    CHANNEL_KINDS.map((kind) => [kind, { coalesced: 0, evicted: 0 }]),
  ) as Record<ChannelKind, Unsent>;
  #timer: { readonly atMs: number; readonly cancel: () => void } | null = null;
  /** When the oldest change was folded that no timer has looked at. */
  #changedMs: number | null = null;
  readonly #errands: Errand[] = [];
  readonly #share = new FairShare();
  #cancelWork: (() => void) | null = null;

  constructor(model: StreamModel, clock: LoopClock, meter: HubMeter) {
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
    for (const set of [flow?.members, flow?.served, flow?.behind]) set?.delete(subscriber);
    if (flow?.members.size === 0) this.#flows.delete(name);
  }

  /** The session has ended. */
  remove(subscriber: Subscriber): void {
    for (const name of this.#flows.keys()) this.leave(subscriber, name);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#cancelWork?.();
    this.#cancelWork = null;
    this.#errands.length = 0;
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
    if (flow.served.has(subscriber)) return;
    if (position.at === "behind") {
      flow.behind.add(subscriber);
      this.#workSoon();
      return;
    }
    const now = this.#clock.now().ms;
    const instantMs = flow.reachedMs + LIMITS.max_flush_interval_ms;
    if (instantMs > now) {
      flow.isAwaited = true;
      this.#wakeAt(instantMs, now);
      return;
    }
    this.#flush(flow, now);
    this.#work();
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
    const flow = openFlow(channel);
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
    if (instantMs > now) {
      this.#wakeAt(instantMs, now);
      return;
    }
    for (const flow of waiting) this.#flush(flow, now);
    this.#work();
  }

  /** Those that are due and have credit take what they lack. */
  #flush(flow: Flow, now: number): void {
    const { name, lastSeq } = flow.channel;
    if (lastSeq !== flow.flushedSeq) flow.pendingMs ??= this.#changedMs;
    const instant = { ms: now, pendingMs: flow.pendingMs };
    flow.triedMs = now;
    flow.pendingMs = null;
    flow.flushedSeq = lastSeq;
    flow.isAwaited = false;
    const takers: Subscriber[] = [];
    for (const subscriber of flow.members) {
      const position = subscriber.position(name);
      if (position === undefined || !isDue(flow, position) || flow.served.has(subscriber)) continue;
      if (position.cursor < flow.channel.reach) {
        subscriber.outOfReach(name);
        continue;
      }
      if (position.credit === 0) {
        if (!position.starved || position.waiting_since_ms === null) subscriber.starved(name);
        continue;
      }
      // Its socket was full; it is pumped when that drains, and building frames for it until then would be for nothing.
      if (position.at !== "behind") takers.push(subscriber);
    }
    this.#run(flow, takers, instant);
  }

  /** An errand for each cursor that the sessions stand at. */
  #run(flow: Flow, takers: Iterable<Subscriber>, instant: Instant | null): void {
    const atCursor = new Map<number, Subscriber[]>();
    for (const subscriber of takers) {
      const cursor = subscriber.position(flow.channel.name)?.cursor;
      if (cursor === undefined) continue;
      flow.served.add(subscriber);
      const group = atCursor.get(cursor);
      if (group === undefined) atCursor.set(cursor, [subscriber]);
      else group.push(subscriber);
    }
    for (const [cursor, group] of atCursor) this.#errands.push({ flow, instant, cursor, takers: group });
  }

  #workSoon(): void {
    this.#cancelWork ??= this.#clock.soon(() => this.#work());
  }

  /** Sends for a slice of time; what is left goes on when what came in meanwhile has had its turn. */
  #work(): void {
    this.#cancelWork?.();
    this.#cancelWork = null;
    for (const flow of this.#flows.values()) {
      if (flow.behind.size === 0) continue;
      this.#run(flow, flow.behind, null);
      flow.behind.clear();
    }
    const beganMs = this.#clock.now().ms;
    if (this.#errands.length > 0 && this.#share.mayBegin(beganMs)) this.#sendSlice(beganMs);
    if (this.#errands.length > 0) this.#workSoon();
  }

  #sendSlice(beganMs: number): void {
    let nowMs = beganMs;
    while (nowMs < beganMs + SERVER_LIMITS.send_slice_ms) {
      const errand = this.#errands.shift();
      if (errand === undefined) break;
      this.#sendOrFail(errand);
      nowMs = this.#clock.now().ms;
    }
    this.#share.took(beganMs, nowMs);
  }

  /** Nobody hears a timer's throw: a bug of ours ends the sessions that it shows in, and no other. */
  #sendOrFail(errand: Errand): void {
    const { channel, members } = errand.flow;
    try {
      this.#send(errand);
    } catch (error) {
      process.stderr.write(`mempulse: flush of ${channel.name}: ${(error as Error).stack}\n`);
      for (const subscriber of members) subscriber.fail();
    }
  }

  /** One batch; the errand goes to the end of the queue while the head is not reached and credit and sockets last. */
  #send({ flow, instant, cursor, takers }: Errand): void {
    const { name } = flow.channel;
    for (const subscriber of takers) flow.served.delete(subscriber);
    const there = takers.filter((subscriber) => {
      if (!flow.members.has(subscriber)) return false;
      const isThere = subscriber.position(name)?.cursor === cursor;
      // It was moved while it waited: what it asked for meanwhile stands.
      if (!isThere) this.pump(subscriber, name);
      return isThere;
    });
    if (there.length === 0) return;
    const batch = this.#batch(flow, cursor);
    if (batch === null) {
      for (const subscriber of there) subscriber.outOfReach(name);
      return;
    }
    for (const subscriber of there) subscriber.offer(batch);
    const took = there.filter((subscriber) => subscriber.position(name)?.cursor === batch.seq);
    const unsent = this.#unsent[kindOf(name)];
    unsent.coalesced += batch.coalesced * took.length;
    unsent.evicted += batch.evicted * took.length;
    if (took.length === 0) return;
    if (!batch.complete) {
      this.#run(
        flow,
        took.filter((subscriber) => (subscriber.position(name)?.credit ?? 0) > 0),
        instant,
      );
    } else if (instant !== null) this.#reached(flow, instant);
  }

  #reached(flow: Flow, instant: Instant): void {
    flow.reachedMs = instant.ms;
    if (instant.pendingMs !== null) this.#meter.dispatched(this.#clock.now().ms - instant.pendingMs);
    instant.pendingMs = null;
  }

  #batch(flow: Flow, cursor: number): Batch | null {
    const foldedTo = this.#model.latestIngestSeq;
    if (flow.frame?.foldedTo === foldedTo && flow.frame.batch.prev_seq === cursor) return flow.frame.batch;
    const batch = buildBatch(flow.channel, cursor, this.#model, this.budget.frameBytes);
    flow.frame = batch === null ? null : { foldedTo, batch };
    return batch;
  }
}
