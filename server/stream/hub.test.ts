/** Fan-out in virtual time: when flushes happen, what is shared, what costs nothing. */
import { beforeEach, describe, expect, it } from "vitest";
import { Model } from "../../model/model.ts";
import { chainHead, feed, transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import type { StreamChannel } from "./batch.ts";
import { Hub } from "./hub.ts";
import { Taker } from "./testing/taker.ts";

const INTERVAL = LIMITS.max_flush_interval_ms;

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
  hub.join(taker, channel);
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
    const behind: StreamChannel & { lastSeq: number } = {
      ...channel,
      digest: () => "",
      changesSince: () => null,
    };
    const log = { epoch: "e", headSeq: 60, latestIngestSeq: 60, eventTimeUnixMs: 0 };
    const narrow = new Hub({ ...log, channel: () => behind }, clock, { dispatched: () => {} });
    const takers = [new Taker(clock, 49, 0), new Taker(clock, 50, 0)];
    for (const taker of takers) narrow.join(taker, channel.name);
    behind.lastSeq++;
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

  it("F4 sessions that catch up at one cursor share a frame", () => {
    const slow = [join(1), join(1)];
    fold(LIMITS.max_entities_per_batch * 2);
    for (const taker of slow) {
      taker.at = { ...taker.at, credit: 9 };
      hub.pump(taker, "tx.main");
    }
    clock.advance(0);
    const [first, second] = slow.map(({ batches }) => batches.map(({ bytes }) => bytes));
    expect(first?.length).toBeGreaterThan(1);
    for (const [n, bytes] of (first ?? []).entries()) expect(second?.[n]).toBe(bytes);
  });

  it("F5 what came in is folded before more than a slice of time is sent, channels by turns", () => {
    const offers: string[] = [];
    const slow = (channel: string) => {
      const taker = join(64, channel);
      const offer = taker.offer.bind(taker);
      taker.offer = (batch) => {
        offers.push(channel);
        offer(batch);
        clock.suspend(SERVER_LIMITS.send_slice_ms);
      };
      return taker;
    };
    const [transactions] = [slow("tx.main"), slow("feature.main")];
    fold(LIMITS.max_entities_per_batch * 2);
    expect(offers).toEqual(["tx.main"]);
    feed(model, transaction(++made));
    while (hub.backlog() > 0) {
      const sent = offers.length;
      clock.advance(0);
      expect(offers.length).toBe(sent + 1);
    }
    expect(offers.slice(0, 4)).toEqual(["tx.main", "feature.main", "tx.main", "feature.main"]);
    expect(transactions.batches.at(-1)).toMatchObject({ complete: true, seq: model.headSeq });
  });

  it("F5 one that is moved while its batch waits for its turn is sent what it lacks from where it stands", () => {
    const hasty = join(64, "feature.main");
    const offer = hasty.offer.bind(hasty);
    hasty.offer = (batch) => {
      offer(batch);
      clock.suspend(SERVER_LIMITS.send_slice_ms);
    };
    const moved = join(64);
    fold(1);
    expect([hasty.batches.length, moved.batches.length]).toEqual([1, 0]);
    moved.at = { ...moved.at, cursor: moved.at.cursor - 1 };
    moved.grant(hub, 1);
    clock.advance(INTERVAL);
    expect(moved.batches.map(({ seq }) => seq)).toEqual([model.headSeq]);
    expect(hub.backlog()).toBe(0);
  });

  it("B1 no frame is built for a session whose socket is full until that has drained", () => {
    const taker = join(64);
    taker.at = { ...taker.at, at: "behind" };
    fold(1);
    clock.advance(5 * INTERVAL);
    expect(taker.batches).toHaveLength(0);
    hub.pump(taker, "tx.main");
    clock.advance(0);
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
