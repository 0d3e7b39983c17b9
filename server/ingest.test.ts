import { describe, expect, it } from "vitest";
import { Model } from "../model/model.ts";
import { message, START_MS, swap, transaction } from "../model/testing/messages.ts";
import { SOURCE } from "../protocol/tlv/registry.ts";
import { Ingest } from "./ingest.ts";
import type { Source } from "./sources/source.ts";
import { VirtualClock } from "./testing/clock.ts";
import { ManualSource } from "./testing/harness.ts";

function setUp(...sources: Source[]) {
  const clock = new VirtualClock();
  const model = new Model({ log_id: "t" });
  let changes = 0;
  const ingest = new Ingest({ model, clock, onChange: () => changes++ });
  const ended = ingest.run(sources);
  return { clock, model, ingest, ended, changes: () => changes };
}

describe("ingest", () => {
  it("folds and counts by source and type, by name; what has no name is `other`", () => {
    const source = new ManualSource();
    const { ingest, model } = setUp(source);
    source.push(transaction(1), transaction(2), swap());
    source.push(message([{ name: "Unknown", type: 250, bytes: "0x00" }], { source: 200 }), message([]));
    for (const type of [42, 60]) {
      const tlv = { name: "Unknown", type, bytes: "0x00" } as const;
      source.push(message([tlv], { domain: "execution", source: SOURCE.execution }));
    }
    expect(model.latestIngestSeq).toBe(7);
    expect(model.counters.messages).toMatchObject({ "execution 42": 1, "portfolio 60": 1, unknown: 1 });
    expect(ingest.messages()).toEqual(
      expect.arrayContaining([
        { source: "execution", type: "execution 42", count: 1 },
        { source: "execution", type: "portfolio 60", count: 1 },
        { source: "polygon", type: "Transaction", count: 2 },
        { source: "polygon", type: "PoolSwap", count: 1 },
        { source: "other", type: "other", count: 1 },
        { source: "polygon", type: "none", count: 1 },
      ]),
    );
  });

  it("announces a burst once, after it", async () => {
    const source = new ManualSource();
    const { changes } = setUp(source);
    source.push(transaction(1), transaction(2), transaction(3));
    expect(changes()).toBe(0);
    await Promise.resolve();
    expect(changes()).toBe(1);
  });

  it("writes a Tick each second for a live source, so that the fold's clock goes on in silence", async () => {
    const live = new ManualSource(true);
    const { clock, model, ingest, ended } = setUp(live);
    clock.advance(3_500);
    expect(model.latestIngestSeq).toBe(4);
    expect(model.eventTimeUnixMs).toBe(START_MS + 3_000);
    expect(ingest.isFed).toBe(false);
    live.push(transaction(1));
    expect(ingest.isFed).toBe(true);
    await live.stop();
    await ended;
    clock.advance(5_000);
    expect(model.latestIngestSeq).toBe(5);
    expect(clock.pending).toBe(0);
  });

  it("runs several sources: a Tick a second while any is live, the end with the last", async () => {
    const [first, second, recording] = [new ManualSource(true), new ManualSource(true), new ManualSource()];
    const { clock, ingest, ended } = setUp(first, second, recording);
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    const ticks = () => ingest.messages().find(({ type }) => type === "Tick")?.count;
    expect(ticks()).toBe(1);
    second.push(transaction(1), transaction(2));
    recording.push(transaction(3));
    await first.stop();
    clock.advance(1_000);
    expect(ticks()).toBe(2);
    await second.stop();
    await new Promise(setImmediate);
    expect(clock.pending).toBe(0);
    expect(hasEnded).toBe(false);
    expect(ingest.feeds.map(({ messages, isRunning }) => [messages, isRunning])).toEqual([
      [0, false],
      [2, false],
      [1, true],
    ]);
    await recording.stop();
    await ended;
  });

  it("fails with the first source that breaks", async () => {
    const broken: Source = {
      name: "broken",
      live: true,
      start: () => Promise.reject(new Error("no such host")),
      stop: async () => {},
      faultCounts: () => ({}),
    };
    const { ended } = setUp(new ManualSource(true), broken);
    await expect(ended).rejects.toThrow("no such host");
  });

  it("writes none for a recording, which holds its own", () => {
    const { clock, model } = setUp(new ManualSource());
    clock.advance(5_000);
    expect(model.latestIngestSeq).toBe(0);
  });
});
