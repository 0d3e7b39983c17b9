import { describe, expect, it } from "vitest";
import type { LossReport } from "../api.ts";
import { liveDriver } from "../testing/driver.ts";
import { batch, EPOCH, snapshot, window } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { NO_LOSSES, withLoss } from "./losses.ts";

const row = (id: string, seq: number) => ({ id, seq });

describe("of a stream", () => {
  it("L1 L2 counts what a batch left out, with hop and range", () => {
    const driver = liveDriver();
    const message = {
      ...batch("tx.main", 100, 120, [row("a", 120), row("b", 119)]),
      changes: 12,
      evicted: 3,
    };
    message.patch = { ...message.patch, remove: ["c"] };
    driver.hear({ type: "batch", message });
    const range = { channel: "tx.main", hop: "server", from_seq: 100, to_seq: 120, at_unix_ms: driver.now };
    expect(driver.state.losses.recent).toEqual([
      { ...range, kind: "coalesced", count: 6 },
      { ...range, kind: "evicted", count: 3 },
    ]);
    expect(driver.state.losses.totals).toEqual({
      "tx.main": { coalesced: 6, evicted: 3, gap: 0, out_of_reach: 0, shed: 0 },
    });
    // Doubled, it is dropped: nothing is counted twice.
    driver.hear({ type: "batch", message });
    expect(driver.state.losses.totals["tx.main"]).toMatchObject({ coalesced: 6, evicted: 3 });
  });

  it("L1 counts nothing while every change comes by itself", () => {
    const driver = liveDriver();
    for (let seq = 100; seq < 150; seq++) driver.batch("tx.main", seq, seq + 1, [row(`${seq}`, seq + 1)]);
    expect(driver.state.losses).toBe(NO_LOSSES);
  });

  it("L1 places a gap between the last good seq and the repair, and counts what its buffered batches left out", () => {
    const driver = liveDriver();
    driver.hear({ type: "batch", message: { ...batch("tx.main", 110, 120), changes: 4 } });
    driver.answer(112);
    expect(driver.state.losses.recent).toMatchObject([
      { kind: "gap", hop: "link", from_seq: 100, to_seq: 112, count: 1 },
      { kind: "coalesced", from_seq: 110, to_seq: 120, count: 4 },
    ]);
  });

  it("L1 joins no range with one of another epoch's seqs, and keeps the totals", () => {
    const driver = liveDriver();
    driver.hear({ type: "batch", message: { ...batch("tx.main", 100, 120), changes: 4 } });
    driver.hear({ type: "invalid_session", reason: "epoch_changed" }).again();
    const windows = { "tx.main": window(), "pool.main": window() };
    driver.step({
      type: "snapshot",
      request: driver.last("get").request,
      snapshot: snapshot(110, windows, "e-two"),
    });
    expect(driver.state.losses).toMatchObject({ recent: [], totals: { "tx.main": { coalesced: 4 } } });
  });

  it("L1 places what was out of reach, live and at a bootstrap", () => {
    const driver = liveDriver();
    driver.hear({ type: "resync_required", channel: "tx.main" });
    driver.answer(150, "full");
    driver.lost();
    driver.now += 120_000;
    driver.step({ type: "tick" });
    const windows = { "tx.main": window([], { mode: "delta" }), "pool.main": window() };
    driver.step({ type: "snapshot", request: driver.last("get").request, snapshot: snapshot(200, windows) });
    expect(driver.state.losses.recent).toMatchObject([
      { channel: "tx.main", kind: "out_of_reach", hop: "server", from_seq: 100, to_seq: 150, count: 1 },
      { channel: "pool.main", kind: "out_of_reach", from_seq: 100, to_seq: 200, count: 1 },
    ]);
  });

  it("L1 places nothing between two epochs, which have no seq in common", () => {
    const driver = liveDriver().lost(4004).pass(250);
    const windows = { "tx.main": window(), "pool.main": window() };
    const { request } = driver.last("get");
    driver.step({ type: "snapshot", request, snapshot: snapshot(200, windows, `${EPOCH}-two`) });
    expect(driver.state.losses).toBe(NO_LOSSES);
  });

  it("L1 B8 counts what was shed, in any phase", () => {
    const driver = liveDriver().lost();
    driver.step({ type: "shed", channel: "pool.state", from_seq: 3, to_seq: 9, count: 4 });
    expect(driver.state.losses.recent).toEqual([
      {
        channel: "pool.state",
        kind: "shed",
        hop: "client",
        from_seq: 3,
        to_seq: 9,
        count: 4,
        at_unix_ms: driver.now,
      },
    ]);
  });
});

describe("the record", () => {
  const loss = { channel: "tx.main", kind: "evicted", count: 2, at_unix_ms: 7 } as const;

  it("L1 joins neighbours of one channel and kind, also where others lie between", () => {
    let report: LossReport = NO_LOSSES;
    report = withLoss(report, { ...loss, from_seq: 10, to_seq: 20 });
    report = withLoss(report, { ...loss, channel: "pool.main", from_seq: 15, to_seq: 25 });
    report = withLoss(report, { ...loss, kind: "coalesced", from_seq: 10, to_seq: 20 });
    report = withLoss(report, { ...loss, from_seq: 20, to_seq: 30, at_unix_ms: 9 });
    report = withLoss(report, { ...loss, from_seq: 40, to_seq: 50 });
    expect(
      report.recent.map(({ channel, kind, from_seq, to_seq, count }) => [
        channel,
        kind,
        from_seq,
        to_seq,
        count,
      ]),
    ).toEqual([
      ["pool.main", "evicted", 15, 25, 2],
      ["tx.main", "coalesced", 10, 20, 2],
      ["tx.main", "evicted", 10, 30, 4],
      ["tx.main", "evicted", 40, 50, 2],
    ]);
    expect(report.totals["tx.main"]).toEqual({ coalesced: 2, evicted: 6, gap: 0, out_of_reach: 0, shed: 0 });
  });

  it("L1 keeps the last 64 places, and all totals", () => {
    let report: LossReport = NO_LOSSES;
    for (let seq = 0; seq < 2000; seq += 10)
      report = withLoss(report, { ...loss, from_seq: seq, to_seq: seq + 5 });
    expect(report.recent).toHaveLength(SESSION_LIMITS.recent_losses_count);
    expect(report.recent.at(-1)).toMatchObject({ from_seq: 1990 });
    expect(report.totals["tx.main"]!.evicted).toBe(400);
  });
});
