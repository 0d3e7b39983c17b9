/**
 * Fan-out. Flush instants belong to the channel, not to the session: at each, every session that has credit and stands at the
 * same cursor takes one shared frame. A channel that did not change costs nothing: no timer runs while it is idle.
 */
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { Clock } from "../clock.ts";
import { type Batch, buildBatch, type StreamChannel, type Watermark } from "./batch.ts";
import type { Position } from "./session/state.ts";
import { WriteBudget } from "./write-budget.ts";

export interface StreamModel extends Watermark {
  readonly epoch: string;
  readonly headSeq: number;
  readonly channels: ReadonlyMap<string, StreamChannel>;
}

/** A session as the hub sees it. */
export interface Subscriber {
  position(channel: string): Position | undefined;
  /** Writes the batch or leaves it; the session's position tells which. */
  offer(batch: Batch): void;
  starved(channel: string): void;
  outOfReach(channel: string): void;
}

export interface HubMeter {
  /** From a change that was folded to the frame that carries it. */
  dispatched(latencyMs: number): void;
}

/** A channel's sessions summed up, and what they were not sent. */
export interface ChannelBalance {
  readonly channel: string;
  readonly credit: number;
  /** Distance in seq from the cursors to the channel's last change. */
  readonly lag: number;
  readonly coalesced: number;
  readonly evicted: number;
}

interface Flow {
  readonly channel: StreamChannel;
  /** When the last flush began that sent a batch up to the head, and the last one at all. */
  reachedMs: number;
  triedMs: number;
  /** When the oldest change was folded that no flush has covered. */
  pendingMs: number | null;
  /** `lastSeq` at the last flush. */
  flushedSeq: number;
  cancelTimer: (() => void) | null;
  /** Of the batches that were written, each counted for every session that it was written to. */
  coalesced: number;
  evicted: number;
  /** The frame that was built last, and how far the log was folded then. */
  frame: { readonly foldedTo: number; readonly batch: Batch } | null;
}

export class Hub {
  readonly budget = new WriteBudget();
  readonly #model: StreamModel;
  readonly #clock: Clock;
  readonly #meter: HubMeter;
  readonly #flows: ReadonlyMap<string, Flow>;
  readonly #subscribers = new Set<Subscriber>();

  constructor(model: StreamModel, clock: Clock, meter: HubMeter) {
    this.#model = model;
    this.#clock = clock;
    this.#meter = meter;
    this.#flows = new Map(
      [...model.channels].map(([name, channel]) => [
        name,
        {
          channel,
          reachedMs: Number.NEGATIVE_INFINITY,
          triedMs: Number.NEGATIVE_INFINITY,
          pendingMs: null,
          flushedSeq: 0,
          cancelTimer: null,
          coalesced: 0,
          evicted: 0,
          frame: null,
        },
      ]),
    );
  }

  get size(): number {
    return this.#subscribers.size;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  close(): void {
    for (const flow of this.#flows.values()) flow.cancelTimer?.();
    this.#subscribers.clear();
  }

  /** The model folded something. Cheap where nothing is due. */
  changed(): void {
    if (this.#subscribers.size === 0) return;
    const now = this.#clock.now().ms;
    for (const flow of this.#flows.values()) {
      if (flow.channel.lastSeq === flow.flushedSeq) continue;
      flow.pendingMs ??= now;
      this.#flushAfter(flow, Math.max(flow.reachedMs, flow.triedMs) + LIMITS.max_flush_interval_ms - now);
    }
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
    const waitMs = flow.reachedMs + LIMITS.max_flush_interval_ms - this.#clock.now().ms;
    if (waitMs > 0) this.#flushAfter(flow, waitMs);
    else this.#flush(flow);
  }

  /** The longest distance, in seq, from a session's cursor to its channel's last change. */
  backlog(): number {
    let longest = 0;
    for (const flow of this.#flows.values()) {
      for (const position of this.#positions(flow)) longest = Math.max(longest, lagOf(flow, position));
    }
    return longest;
  }

  balances(): ChannelBalance[] {
    return Array.from(this.#flows, ([channel, flow]) => {
      let credit = 0;
      let lag = 0;
      for (const position of this.#positions(flow)) {
        credit += position.credit;
        lag += lagOf(flow, position);
      }
      return { channel, credit, lag, coalesced: flow.coalesced, evicted: flow.evicted };
    });
  }

  *#positions({ channel }: Flow): Generator<Position> {
    for (const subscriber of this.#subscribers) {
      const position = subscriber.position(channel.name);
      if (position !== undefined) yield position;
    }
  }

  #flushAfter(flow: Flow, waitMs: number): void {
    // What is due goes when the burst that it came in has been folded, whole.
    flow.cancelTimer ??= this.#clock.after(Math.max(0, waitMs), () => this.#flushPending());
  }

  /** One instant for all that waits: what changed together comes together, and a page paints it in one frame. */
  #flushPending(): void {
    for (const flow of this.#flows.values()) {
      if (flow.cancelTimer !== null || flow.channel.lastSeq !== flow.flushedSeq) this.#flush(flow);
    }
  }

  #flush(flow: Flow): void {
    flow.cancelTimer?.();
    flow.cancelTimer = null;
    const { name, lastSeq } = flow.channel;
    flow.triedMs = this.#clock.now().ms;
    flow.flushedSeq = lastSeq;
    const atCursor = new Map<number, Subscriber[]>();
    for (const subscriber of this.#subscribers) {
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
      flow.coalesced += batch.coalesced * took.length;
      flow.evicted += batch.evicted * took.length;
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

function isDue(flow: Flow, position: Position): boolean {
  return position.at !== "out_of_reach" && position.cursor < flow.channel.lastSeq;
}

function lagOf({ channel }: Flow, { cursor }: Position): number {
  return Math.max(0, channel.lastSeq - cursor);
}
