/** Fan-out in virtual time: when flushes happen, what is shared, what costs nothing. */
import { beforeEach, describe, expect, it } from "vitest";
import { Model } from "../../model/model.ts";
import { chainHead, feed, transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import type { Batch } from "./batch.ts";
import { Hub, type Subscriber } from "./hub.ts";
import type { Position } from "./session/state.ts";

const INTERVAL = LIMITS.max_flush_interval_ms;

/** Takes what is offered while it has credit, as a session does. */
class Taker implements Subscriber {
  readonly batches: Batch[] = [];
  readonly times: number[] = [];
  starvations = 0;
  lost = 0;
  at: Position;
  readonly #clock: VirtualClock;
  readonly #channel: string;

  constructor(clock: VirtualClock, cursor: number, credit: number, channel = "tx.main") {
    this.#clock = clock;
    this.#channel = channel;
    this.at = {
      cursor,
      placed_ms: 0,
      credit,
      at: "head",
      starved: false,
      waiting_since_ms: null,
      late_ms: null,
      rung: "full",
    };
  }

  position(channel: string): Position | undefined {
    return channel === this.#channel ? this.at : undefined;
  }

  offer(batch: Batch): void {
    this.batches.push(batch);
    this.times.push(this.#clock.now().ms);
    const { credit } = this.at;
    this.at = { ...this.at, cursor: batch.seq, credit: credit - 1, at: batch.complete ? "head" : "behind" };
  }

  starved(): void {
    this.starvations++;
  }

  outOfReach(): void {
    this.lost++;
  }

  grant(hub: Hub, credit: number): void {
    this.at = { ...this.at, credit: this.at.credit + credit };
    hub.pump(this, this.#channel);
  }
}

let clock: VirtualClock;
let model: Model;
let hub: Hub;
let latencies: number[];
let made = 0;

beforeEach(() => {
  clock = new VirtualClock();
  model = new Model({ log_id: "t" });
  latencies = [];
  hub = new Hub(model, clock, { dispatched: (ms) => latencies.push(ms) });
  fold(1);
});

function fold(count: number): void {
  for (let n = 0; n < count; n++) feed(model, transaction(++made));
  hub.changed();
  clock.advance(0);
}

function join(credit: number, channel = "tx.main"): Taker {
  const taker = new Taker(clock, model.headSeq, credit, channel);
  hub.add(taker);
  return taker;
}

describe("F flushes", () => {
  it("F1 a change after a quiet interval goes at once; those after it wait for the next instant, together", () => {
    const taker = join(64);
    fold(1);
    expect(taker.times).toEqual([0]);
    clock.advance(30);
    fold(1);
    clock.advance(30);
    fold(1);
    expect(taker.batches).toHaveLength(1);
    clock.advance(INTERVAL);
    expect(taker.times).toEqual([0, INTERVAL]);
    expect(taker.batches[1]).toMatchObject({ complete: true, seq: model.headSeq });
    expect(latencies).toEqual([0, INTERVAL - 30]);
  });

  it("F2 no timer runs while nothing changes, or nobody listens", () => {
    fold(5);
    expect(clock.pending).toBe(0);
    join(64);
    fold(1);
    clock.advance(10 * INTERVAL);
    expect(clock.pending).toBe(0);
  });

  it("F3 sessions at one cursor share one frame, the same bytes in memory", () => {
    const [first, second, third] = [join(64), join(64), join(64)];
    fold(3);
    expect(first.batches[0]?.bytes).toBe(second.batches[0]?.bytes);
    expect(first.batches[0]?.bytes).toBe(third.batches[0]?.bytes);
  });

  it("F3 a channel whose changes wait goes along with one that is due", () => {
    const transactions = join(64);
    const heads = join(64, "chain.main");
    fold(1);
    clock.advance(40);
    fold(1);
    feed(model, chainHead(2));
    hub.changed();
    clock.advance(0);
    expect([transactions.times, heads.times]).toEqual([[0, 40], [40]]);
  });

  it("F3 flush instants are the channels', not a session's: one that was starved rejoins the others at an instant and shares again", () => {
    const steady = join(64);
    const late = join(0);
    fold(1);
    expect(late.starvations).toBe(1);
    clock.advance(50);
    late.grant(hub, 64);
    expect(late.batches).toHaveLength(0);
    clock.advance(50);
    expect(late.times).toEqual([INTERVAL]);
    expect(late.at.cursor).toBe(steady.at.cursor);
    fold(1);
    clock.advance(INTERVAL);
    expect(late.batches.at(-1)?.bytes).toBe(steady.batches.at(-1)?.bytes);
  });

  it("C10 one that has fetched what it starved for, and still gives no credit, is told of as starved again", () => {
    const taker = join(0);
    fold(1);
    taker.at = { ...taker.at, starved: true, waiting_since_ms: 0 };
    clock.advance(INTERVAL);
    fold(1);
    expect(taker.starvations).toBe(1);
    taker.at = { ...taker.at, cursor: model.headSeq, waiting_since_ms: null };
    clock.advance(INTERVAL);
    fold(1);
    expect(taker.starvations).toBe(2);
  });

  it("O4 one without credit hears that its cursor has fallen out of reach", () => {
    const channel = { name: "tx.main", count: 0, reach: 50, lastSeq: 60 } as const;
    const behind = { ...channel, digest: () => "", changesSince: () => null };
    const log = { epoch: "e", headSeq: 60, latestIngestSeq: 60, eventTimeUnixMs: 0 };
    const narrow = new Hub({ ...log, channels: new Map([[channel.name, behind]]) }, clock, {
      dispatched: () => {},
    });
    const takers = [new Taker(clock, 49, 0), new Taker(clock, 50, 0)];
    for (const taker of takers) narrow.add(taker);
    narrow.changed();
    clock.advance(0);
    expect(takers.map(({ lost, starvations }) => [lost, starvations])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("C4 a large change set goes in parts at once while credit lasts, the rest as soon as there is credit", () => {
    const taker = join(2);
    fold(LIMITS.max_entities_per_batch * 3);
    expect(taker.batches.map(({ complete }) => complete)).toEqual([false, false]);
    expect(taker.times).toEqual([0, 0]);
    clock.advance(10);
    taker.grant(hub, 5);
    expect(taker.batches.slice(2).map(({ complete }) => complete)).toEqual([false, true]);
    expect(taker.times).toEqual([0, 0, 10, 10]);
  });

  it("F4 one that catches up between instants does not put off the others' instant", () => {
    const steady = join(64);
    const slow = join(1);
    fold(LIMITS.max_entities_per_batch * 2);
    clock.advance(60);
    fold(1);
    slow.grant(hub, 10);
    expect(slow.at.cursor).toBe(model.headSeq);
    clock.advance(40);
    expect(steady.times.at(-1)).toBe(INTERVAL);
  });

  it("B1 no frame is built for a session whose socket is full until that has drained", () => {
    const taker = join(64);
    taker.at = { ...taker.at, at: "behind" };
    fold(1);
    clock.advance(5 * INTERVAL);
    expect(taker.batches).toHaveLength(0);
    hub.pump(taker, "tx.main");
    expect(taker.batches).toHaveLength(1);
  });

  it("O4 a cursor below the reach is told so, not served", () => {
    const taker = join(1);
    Object.defineProperty(model.channels.get("tx.main"), "reach", { value: model.headSeq + 1 });
    fold(1);
    expect(taker.lost).toBe(1);
    expect(taker.batches).toHaveLength(0);
  });

  it("B5 a frame is never over max_frame_bytes nor max_entities_per_batch, and parses to the contract's shape", () => {
    const taker = join(64);
    fold(LIMITS.max_entities_per_batch * 2 + 1);
    for (const { bytes, frame_bytes } of taker.batches) {
      expect(bytes.length).toBe(frame_bytes);
      expect(bytes.length).toBeLessThanOrEqual(LIMITS.max_frame_bytes);
      const frame = JSON.parse(bytes.toString()) as { patch: { upsert: unknown[] } };
      expect(frame.patch.upsert.length).toBeLessThanOrEqual(LIMITS.max_entities_per_batch);
    }
    expect(hub.backlog()).toBe(0);
  });
});
