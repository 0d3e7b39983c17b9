/** Channels that come and go, and one that is broken, in virtual time. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type BarsChannel,
  barsChannel,
  CHANNEL_NAMES,
  parseBarsChannel,
} from "../../protocol/stream/channels.ts";
import { VirtualClock } from "../testing/clock.ts";
import { Hub, type StreamModel } from "./hub.ts";
import { Taker } from "./testing/taker.ts";

let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock();
});

/** A model of as many channels of bars as are asked for, each with the seq that it last changed at. */
function barsModel(lastSeqs: Record<string, number>) {
  const looks: Record<string, number> = {};
  const state: StreamModel & { latestIngestSeq: number } = {
    epoch: "e",
    headSeq: 1_000,
    latestIngestSeq: 0,
    eventTimeUnixMs: 0,
    channel: (name) =>
      parseBarsChannel(name) && {
        name: name as BarsChannel,
        count: 0,
        reach: 0,
        get lastSeq() {
          looks[name] = (looks[name] ?? 0) + 1;
          return lastSeqs[name] ?? 0;
        },
        digest: () => "0000000000000000",
        changesSince: (seq) => {
          if (lastSeqs[name] === BROKEN_SEQ) throw new Error("made to fail");
          return { ...NOTHING, prev_seq: seq, seq: state.headSeq };
        },
      },
  };
  return { state, looks };
}

const NOTHING = {
  complete: true,
  upsert: new Uint8Array(),
  upserts: 0,
  remove: [],
  evict_before: 0,
  changes: 1,
  evicted: 0,
};
const BROKEN_SEQ = 13;
const [A, B] = [barsChannel("A", "1s"), barsChannel("B", "1s")];

describe("S16 channels of bars", () => {
  it("S16 cost nothing before the first session follows one, and after the last has left", () => {
    const lastSeqs = { [A]: 5 };
    const { state, looks } = barsModel(lastSeqs);
    const bars = new Hub(state, clock, { dispatched: () => {} });
    const [first, second] = [new Taker(clock, 5, 9, A), new Taker(clock, 5, 9, A)];
    bars.changed();
    expect([bars.size, clock.pending, looks[A] ?? 0]).toEqual([0, 0, 0]);
    for (const taker of [first, second]) bars.join(taker, A);
    lastSeqs[A] = 6;
    bars.changed();
    clock.advance(0);
    expect([first.batches.length, second.batches.length]).toEqual([1, 1]);
    bars.leave(first, A);
    bars.leave(first, A);
    expect(bars.size).toBe(1);
    bars.remove(second);
    const before = looks[A];
    bars.changed();
    expect([bars.size, clock.pending, looks[A]]).toEqual([0, 0, before]);
  });

  it("S16 are looked at once a burst, however many messages it has, and only their own sessions are", () => {
    const { state, looks } = barsModel({});
    const bars = new Hub(state, clock, { dispatched: () => {} });
    const taker = new Taker(clock, 0, 9, A);
    bars.join(taker, A);
    const before = looks[A] ?? 0;
    for (let n = 0; n < 100; n++) bars.changed();
    clock.advance(0);
    expect((looks[A] ?? 0) - before).toBe(1);
  });

  it("S16 are one in what is counted", () => {
    const lastSeqs = { [A]: 5, [B]: 7 };
    const bars = new Hub(barsModel(lastSeqs).state, clock, { dispatched: () => {} });
    bars.join(new Taker(clock, 1, 2, A), A);
    bars.join(new Taker(clock, 1, 3, B), B);
    const balances = bars.balances();
    expect(balances.map(({ channel }) => channel)).toEqual([...CHANNEL_NAMES, "market.bars"]);
    expect(balances.at(-1)).toEqual({
      channel: "market.bars",
      credit: 5,
      lag: 10,
      coalesced: 0,
      evicted: 0,
    });
  });
});

it("E8 a flush that throws ends the sessions of its channel, and the others of the same instant have their batches", () => {
  const logged = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const lastSeqs = { [A]: 5, [B]: 5 };
  const { state } = barsModel(lastSeqs);
  const bars = new Hub(state, clock, { dispatched: () => {} });
  const takers = [new Taker(clock, 5, 9, A), new Taker(clock, 5, 9, A), new Taker(clock, 5, 9, B)];

  for (const [n, taker] of takers.entries()) {
    taker.hub = bars;
    bars.join(taker, n < 2 ? A : B);
  }
  Object.assign(lastSeqs, { [A]: BROKEN_SEQ, [B]: 6 });
  bars.changed();
  clock.advance(0);
  expect(takers.map(({ failures, batches }) => [failures, batches.length])).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
  expect(logged.mock.calls.flat().join("")).toContain(`flush of ${A}: Error: made to fail`);
  logged.mockRestore();
});
