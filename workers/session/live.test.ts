import { describe, expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { Driver, liveDriver } from "../testing/driver.ts";
import { EPOCH } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

describe("ordering", () => {
  it("O1 O8 applies what joins, also where it overlaps", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 100, 110);
    driver.batch("tx.main", 105, 120);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([110, 120]);
    expect(driver.state.seqs).toEqual({ "tx.main": 120, "pool.main": 100 });
  });

  it("O8 drops what was applied", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 100, 110);
    driver.batch("tx.main", 100, 110);
    expect(driver.all("apply")).toHaveLength(1);
    expect(driver.state.counters.duplicates).toBe(1);
  });

  it("S9 ignores channels that are not subscribed, whatever their names", () => {
    const driver = liveDriver();
    const before = driver.at.channels;
    driver.batch("chain.main", 100, 110);
    driver.batch("__proto__" as ChannelName, 100, 110);
    expect(driver.at.channels).toEqual(before);
    expect(driver.effects).toEqual([]);
  });

  it("O5 pauses the channel with the gap alone and asks from its last good seq", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 100, 110);
    driver.batch("tx.main", 120, 130);
    driver.batch("pool.main", 100, 125);
    expect(driver.all("get")).toMatchObject([{ channels: ["tx.main"], cursor: `${EPOCH}:110` }]);
    expect(driver.state.seqs).toEqual({ "tx.main": 110, "pool.main": 125 });
    expect(driver.state.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    expect(connectionOf(driver.state)).toEqual({ state: "resyncing", channels: ["tx.main"] });
  });

  it("O6 applies what joins the snapshot, drops what it holds, and says RESYNC only where something is missing", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 105, 110);
    driver.batch("tx.main", 110, 120);
    driver.effects = driver.all("get");
    driver.answer(112);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([120]);
    expect(driver.sent("RESYNC")).toEqual([]);
    expect(driver.state.seqs["tx.main"]).toBe(120);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });

    driver.batch("tx.main", 125, 130);
    driver.batch("tx.main", 140, 150);
    driver.effects = driver.all("get");
    driver.answer(135);
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 135 } }]);
    expect(driver.state.seqs["tx.main"]).toBe(135);
  });

  it("O6 joins buffered batches that came out of order", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 120, 130);
    driver.batch("tx.main", 110, 120);
    driver.answer(110);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([120, 130]);
    expect(driver.sent("RESYNC")).toEqual([]);
  });

  it("O7 B9 has one GET in flight; who pauses meanwhile is served by the next", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 105, 110);
    driver.batch("pool.main", 105, 110);
    expect(driver.all("get")).toHaveLength(1);
    driver.answer(120);
    expect(driver.all("get").map(({ channels }) => channels)).toEqual([["tx.main"], ["pool.main"]]);
  });

  it("O6 buffers no more batches than credits are ever outstanding, whatever max_credit the server gives", () => {
    const driver = liveDriver();
    for (let seq = 200; seq < 400; seq++) driver.batch("tx.main", seq, seq + 1);
    const { flow } = driver.at.channels["tx.main"]!;
    expect(flow).toMatchObject({ kind: "paused" });
    expect(flow.kind === "paused" && flow.buffer.length).toBe(SESSION_LIMITS.backlog_credit_count);
  });

  it("O7 discards a snapshot older than what is held and asks again, not at once", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 105, 110);
    driver.answer(99);
    expect(driver.all("load").filter(({ snapshot: { mode } }) => mode === "delta")).toEqual([]);
    expect(driver.all("get")).toHaveLength(1);
    driver.pass(250);
    expect(driver.all("get")).toHaveLength(2);
  });

  it("O7 S11 backs off from a resync that does not get on, to 15 s at most", () => {
    const longest = (refuse: (driver: Driver) => void) => {
      const delays: number[] = [];
      for (let seed = 1; seed <= 60; seed++) {
        const driver = new Driver(["tx.main"], seed).live();
        driver.batch("tx.main", 105, 110);
        for (let attempt = 0; attempt < 9; attempt++) {
          refuse(driver);
          const delay = driver.at.resync_at_ms - driver.now;
          delays[attempt] = Math.max(delays[attempt] ?? 0, delay);
          driver.now += delay;
          driver.step({ type: "tick" });
          driver.heartbeatAck();
        }
      }
      return delays;
    };
    const most = [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000];
    for (const refuse of [(driver: Driver) => driver.refused(503), (driver: Driver) => driver.answer(99)]) {
      for (const [attempt, delay] of longest(refuse).entries()) {
        expect(delay).toBeLessThanOrEqual(most[attempt]!);
        expect(delay).toBeGreaterThan(most[attempt]! * 0.85);
      }
    }
  });

  it("O7 retries a failed GET with backoff, and bootstraps anew where its cursor is foreign", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 105, 110);
    const failed = (status: number) =>
      ({
        type: "snapshot_failed",
        request: driver.last("get").request,
        status,
        epoch: null,
        retry_after_ms: 0,
        reason: "x",
      }) as const;
    driver.step(failed(500));
    expect(driver.all("get")).toHaveLength(1);
    driver.pass(250);
    expect(driver.all("get")).toHaveLength(2);
    driver.step(failed(409));
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, void: true });
  });

  it("O4 fetches a channel whose cursor is out of reach and says RESYNC", () => {
    const driver = liveDriver();
    driver.hear({ type: "resync_required", channel: "tx.main" });
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
    driver.answer(150, "full");
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 150 } }]);
  });
});

describe("digest", () => {
  const mismatch = { type: "verified", channel: "tx.main", ok: false } as const;

  it("D3 fetches the whole window on a mismatch", () => {
    const driver = liveDriver();
    driver.step(mismatch);
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
    driver.answer(150, "full");
    driver.step({ type: "verified", channel: "tx.main", ok: true });
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });

  it("D3 takes no delta for an answer to that", () => {
    const driver = liveDriver();
    driver.step(mismatch);
    driver.answer(150, "delta");
    expect(connectionOf(driver.state)).toMatchObject({ state: "resyncing" });
  });

  it("D4 is diverged after a second mismatch, without a GET for 30 s, while batches still apply", () => {
    const driver = liveDriver();
    driver.step(mismatch);
    driver.answer(150, "full");
    driver.step(mismatch);
    expect(connectionOf(driver.state)).toEqual({ state: "diverged", channels: ["tx.main"] });
    driver.take();
    driver.batch("tx.main", 150, 160);
    driver.step(mismatch);
    driver.now += 29_999;
    driver.step({ type: "tick" });
    expect(driver.all("apply")).toHaveLength(1);
    expect(driver.all("get")).toEqual([]);
    driver.now += 1;
    driver.step({ type: "tick" });
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
  });

  it("D4 leaves diverged when a digest holds again", () => {
    const driver = liveDriver();
    driver.step(mismatch);
    driver.answer(150, "full");
    driver.step(mismatch);
    driver.step({ type: "verified", channel: "tx.main", ok: true });
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });
});
