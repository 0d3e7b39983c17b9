import { describe, expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { HeartbeatAck } from "../../protocol/stream/messages.ts";
import { Driver } from "../testing/driver.ts";
import { batch, EPOCH, snapshot, window } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

type Ack = HeartbeatAck["channels"][string];
function heartbeatAck(channels: Partial<Record<ChannelName, Ack>>) {
  const message: HeartbeatAck = {
    op: "HEARTBEAT_ACK",
    server_time_unix_ms: 0,
    resume_token: null,
    channels: {},
  };
  for (const name of ["tx.main", "pool.main"] as const) {
    message.channels[name] = channels[name] ?? { seq: 100, head: 100, credit: 2 };
  }
  return { type: "heartbeat_ack", message } as const;
}

const live = (): Driver => {
  const driver = new Driver().live();
  driver.take();
  return driver;
};
const hearBatch = (driver: Driver, ...given: Parameters<typeof batch>) =>
  driver.hear({ type: "batch", message: batch(...given) });
const answer = (driver: Driver, seq: number, mode: "full" | "delta" = "delta") => {
  const { request, channels } = driver.last("get");
  const windows = Object.fromEntries(channels.map((name) => [name, window([], { mode })]));
  driver.step({ type: "snapshot", request, snapshot: snapshot(seq, windows) });
};

describe("ordering", () => {
  it("applies what joins, also where it overlaps", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    hearBatch(driver, "tx.main", 105, 120);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([110, 120]);
    expect(driver.state.seqs).toEqual({ "tx.main": 120, "pool.main": 100 });
  });

  it("drops what was applied", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    hearBatch(driver, "tx.main", 100, 110);
    expect(driver.all("apply")).toHaveLength(1);
    expect(driver.state.counters.duplicates).toBe(1);
  });

  it("ignores channels that are not subscribed, whatever their names", () => {
    const driver = live();
    const before = driver.at.channels;
    hearBatch(driver, "chain.main", 100, 110);
    hearBatch(driver, "__proto__" as ChannelName, 100, 110);
    expect(driver.at.channels).toEqual(before);
    expect(driver.effects).toEqual([]);
  });

  it("pauses the channel with the gap alone and asks from its last good seq", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    hearBatch(driver, "tx.main", 120, 130);
    hearBatch(driver, "pool.main", 100, 125);
    expect(driver.all("get")).toMatchObject([{ channels: ["tx.main"], cursor: `${EPOCH}:110` }]);
    expect(driver.state.seqs).toEqual({ "tx.main": 110, "pool.main": 125 });
    expect(driver.state.counters).toMatchObject({ gaps: 1, resyncs: 1 });
    expect(connectionOf(driver.state)).toEqual({ state: "resyncing", channels: ["tx.main"] });
  });

  it("applies what joins the snapshot, drops what it holds, and says RESYNC only where something is missing", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 105, 110);
    hearBatch(driver, "tx.main", 110, 120);
    driver.effects = driver.all("get");
    answer(driver, 112);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([120]);
    expect(driver.sent("RESYNC")).toEqual([]);
    expect(driver.state.seqs["tx.main"]).toBe(120);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });

    hearBatch(driver, "tx.main", 125, 130);
    hearBatch(driver, "tx.main", 140, 150);
    driver.effects = driver.all("get");
    answer(driver, 135);
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 135 } }]);
    expect(driver.state.seqs["tx.main"]).toBe(135);
  });

  it("joins buffered batches that came out of order", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 120, 130);
    hearBatch(driver, "tx.main", 110, 120);
    answer(driver, 110);
    expect(driver.all("apply").map(({ batch: { seq } }) => seq)).toEqual([120, 130]);
    expect(driver.sent("RESYNC")).toEqual([]);
  });

  it("has one GET in flight; who pauses meanwhile is served by the next", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 105, 110);
    hearBatch(driver, "pool.main", 105, 110);
    expect(driver.all("get")).toHaveLength(1);
    answer(driver, 120);
    expect(driver.all("get").map(({ channels }) => channels)).toEqual([["tx.main"], ["pool.main"]]);
  });

  it("buffers no more than max_credit batches", () => {
    const driver = live();
    for (let seq = 200; seq < 400; seq++) hearBatch(driver, "tx.main", seq, seq + 1);
    const { flow } = driver.at.channels["tx.main"]!;
    expect(flow).toMatchObject({ kind: "paused" });
    expect(flow.kind === "paused" && flow.buffer.length).toBe(64);
  });

  it("discards a snapshot older than what is held and asks again, not at once", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 105, 110);
    answer(driver, 99);
    expect(driver.all("load").filter(({ snapshot: { mode } }) => mode === "delta")).toEqual([]);
    expect(driver.all("get")).toHaveLength(1);
    driver.pass(250);
    expect(driver.all("get")).toHaveLength(2);
  });

  it("retries a failed GET with backoff, and bootstraps anew where its cursor is foreign", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 105, 110);
    const failed = (status: number) =>
      ({
        type: "snapshot_failed",
        request: driver.last("get").request,
        status,
        retry_after_ms: 0,
        reason: "x",
      }) as const;
    driver.step(failed(500));
    expect(driver.all("get")).toHaveLength(1);
    driver.pass(250);
    expect(driver.all("get")).toHaveLength(2);
    driver.step(failed(409));
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, epoch: null });
  });

  it("fetches a channel whose cursor is out of reach and says RESYNC", () => {
    const driver = live();
    driver.hear({ type: "resync_required", channel: "tx.main" });
    answer(driver, 150, "full");
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 150 } }]);
  });
});

describe("digest", () => {
  const mismatch = { type: "verified", channel: "tx.main", ok: false } as const;

  it("fetches the whole window on a mismatch", () => {
    const driver = live();
    driver.step(mismatch);
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
    answer(driver, 150, "full");
    driver.step({ type: "verified", channel: "tx.main", ok: true });
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });

  it("takes no delta for an answer to that", () => {
    const driver = live();
    driver.step(mismatch);
    answer(driver, 150, "delta");
    expect(connectionOf(driver.state)).toMatchObject({ state: "resyncing" });
  });

  it("is diverged after a second mismatch, without a GET for 30 s, while batches still apply", () => {
    const driver = live();
    driver.step(mismatch);
    answer(driver, 150, "full");
    driver.step(mismatch);
    expect(connectionOf(driver.state)).toEqual({ state: "diverged", channels: ["tx.main"] });
    driver.take();
    hearBatch(driver, "tx.main", 150, 160);
    driver.step(mismatch);
    driver.now += 29_999;
    driver.step({ type: "tick" });
    expect(driver.all("apply")).toHaveLength(1);
    expect(driver.all("get")).toEqual([]);
    driver.now += 1;
    driver.step({ type: "tick" });
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
  });

  it("leaves diverged when a digest holds again", () => {
    const driver = live();
    driver.step(mismatch);
    answer(driver, 150, "full");
    driver.step(mismatch);
    driver.step({ type: "verified", channel: "tx.main", ok: true });
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });
});

describe("heartbeat", () => {
  it("sends what was applied, the first at a random part of the interval", () => {
    const firsts = new Set<number>();
    for (let seed = 1; seed <= 50; seed++) {
      const driver = new Driver(["tx.main"], seed).live();
      expect(driver.at.heartbeat_at_ms - driver.now).toBeLessThan(15_000);
      firsts.add(Math.floor((driver.at.heartbeat_at_ms - driver.now) / 1500));
    }
    expect(firsts.size).toBeGreaterThan(7);
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    driver.pass(15_000);
    expect(driver.sent("HEARTBEAT")).toEqual([
      { op: "HEARTBEAT", channel_seq: { "tx.main": 110, "pool.main": 100 } },
    ]);
  });

  it("finds the last frame before a silence lost by the cursor, and grants its credit anew", () => {
    const driver = live();
    driver.pass(15_000);
    driver.take();
    driver.hear(heartbeatAck({ "tx.main": { seq: 120, head: 120, credit: 1 } }));
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: `${EPOCH}:100` });
    expect(driver.state.counters).toMatchObject({ gaps: 1, frames_lost: 1 });
    answer(driver, 120);
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
  });

  it("grants what the server lacks, less what was granted since that HEARTBEAT", () => {
    const driver = live();
    driver.pass(15_000);
    driver.take();
    hearBatch(driver, "tx.main", 100, 110);
    driver.step({ type: "composed" });
    driver.step({ type: "painted", commit_ms: 1, cadence_ms: 33 });
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
    driver.take();
    // It sent one frame and has not seen the credit for it yet: nothing is lost.
    driver.hear(heartbeatAck({ "tx.main": { seq: 110, head: 110, credit: 1 } }));
    expect(driver.sent("CREDIT")).toEqual([]);
    expect(driver.state.counters.frames_lost).toBe(0);
    driver.hear(heartbeatAck({ "tx.main": { seq: 110, head: 110, credit: 0 } }));
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
    expect(driver.state.counters.frames_lost).toBe(1);
  });

  it("fetches a channel that the server waits for a RESYNC of", () => {
    const driver = live();
    driver.hear(heartbeatAck({ "tx.main": { seq: 50, head: 120, credit: 2, reach: 80 } }));
    answer(driver, 120, "full");
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 120 } }]);
  });

  it("reconnects when the server has lost a subscription", () => {
    const driver = live();
    const ack = heartbeatAck({});
    delete ack.message.channels["pool.main"];
    driver.hear(ack);
    expect(driver.state).toMatchObject({
      at: { phase: "waiting" },
      reason: "the server lost the subscription to pool.main",
    });
  });

  it("takes an unanswered HEARTBEAT and silence for death, and either alone not", () => {
    const driver = live();
    driver.pass(driver.at.heartbeat_at_ms - driver.now);
    driver.pass(9_000);
    driver.hear({ type: "notice" });
    driver.pass(9_000);
    expect(driver.state.at.phase).toBe("live");
    driver.pass(1_000);
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "the server went silent" });
  });

  it("stamps its clock anew after a freeze", () => {
    const driver = live();
    driver.pass(driver.at.heartbeat_at_ms - driver.now);
    driver.take();
    driver.now += 600_000;
    driver.step({ type: "tick" });
    expect(driver.state.at.phase).toBe("live");
    expect(driver.sent("HEARTBEAT")).toHaveLength(1);
    driver.pass(10_000);
    expect(driver.state.at.phase).toBe("waiting");
  });
});

describe("credit", () => {
  const paint = (driver: Driver, commit_ms: number | null = 1) => {
    driver.take();
    driver.step({ type: "composed" });
    driver.step({ type: "painted", commit_ms, cadence_ms: 33 });
    return driver.sent("CREDIT").map(({ channel_credit }) => channel_credit);
  };

  it("grants a batch's credit when it was painted, not when it came", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    driver.step({ type: "composed" });
    hearBatch(driver, "tx.main", 110, 120);
    expect(driver.sent("CREDIT")).toEqual([]);
    driver.step({ type: "painted", commit_ms: 1, cadence_ms: 33 });
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
    expect(paint(driver)).toEqual([{ "tx.main": 1 }]);
  });

  it("grants one where commits take over half of the cadence", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 100, 110);
    expect(paint(driver, 20)).toEqual([]);
    hearBatch(driver, "tx.main", 110, 120);
    expect(paint(driver, 20)).toEqual([{ "tx.main": 1 }]);
    expect(paint(driver, 10)).toEqual([{ "tx.main": 1 }]);
  });

  it("grants a part's credit when it is applied, more while a backlog shows, to a bound", () => {
    const driver = live();
    let seq = 100;
    const outstanding: number[] = [];
    for (let i = 0; i < 40; i++) {
      hearBatch(driver, "tx.main", seq, (seq += 10), [], null);
      outstanding.push(driver.at.channels["tx.main"]!.credit);
    }
    expect(outstanding.slice(0, 3)).toEqual([4, 8, 16]);
    expect(Math.max(...outstanding)).toBe(SESSION_LIMITS.backlog_credit_count);
    expect(Math.min(...outstanding)).toBeGreaterThan(0);
    // Not a message a part.
    expect(driver.sent("CREDIT").length).toBeLessThanOrEqual(3 + 40 / 8);
  });

  it("allows less again at the head, and one where commits are slow, but not between parts", () => {
    const driver = live();
    let seq = 100;
    for (let i = 0; i < 8; i++) hearBatch(driver, "tx.main", seq, (seq += 10), [], null);
    for (let i = 0; i < 30; i++) {
      hearBatch(driver, "tx.main", seq, (seq += 10));
      paint(driver);
    }
    expect(driver.at.channels["tx.main"]!.credit).toBe(SESSION_LIMITS.credit_count);
    for (let i = 0; i < 3; i++) {
      hearBatch(driver, "tx.main", seq, (seq += 10));
      paint(driver, 20);
    }
    expect(driver.at.channels["tx.main"]!.credit).toBe(1);
    hearBatch(driver, "tx.main", seq, (seq += 10), [], null);
    expect(driver.at.channels["tx.main"]!.credit).toBe(4);
  });

  it("grants none while paused", () => {
    const driver = live();
    hearBatch(driver, "tx.main", 105, 110);
    expect(paint(driver)).toEqual([]);
    expect(driver.at.channels["tx.main"]!.credit).toBe(1);
  });

  it("trickles while hidden, and flows again when shown", () => {
    const driver = live();
    driver.step({ type: "hidden", hidden: true });
    hearBatch(driver, "tx.main", 100, 110);
    hearBatch(driver, "tx.main", 110, 120);
    expect(driver.sent("CREDIT")).toEqual([]);
    driver.pass(SESSION_LIMITS.trickle_ms);
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
    hearBatch(driver, "tx.main", 120, 130);
    driver.pass(SESSION_LIMITS.trickle_ms - 1);
    expect(driver.sent("CREDIT")).toHaveLength(1);
    driver.pass(1);
    expect(driver.sent("CREDIT")).toHaveLength(2);
    driver.step({ type: "hidden", hidden: false });
    expect(paint(driver)).toEqual([{ "tx.main": 1 }]);
  });
});
