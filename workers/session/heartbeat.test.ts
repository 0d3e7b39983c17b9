import { expect, it } from "vitest";
import { Driver, liveDriver } from "../testing/driver.ts";
import { EPOCH, heartbeatAck } from "../testing/messages.ts";

const AS_BEFORE = { seq: 100, head: 100, credit: 2 };

it("S6 sends what was applied, the first at a random part of the interval", () => {
  const firsts = new Set<number>();
  for (let seed = 1; seed <= 50; seed++) {
    const driver = new Driver(["tx.main"], seed).live();
    expect(driver.at.heartbeat_at_ms - driver.now).toBeLessThan(15_000);
    firsts.add(Math.floor((driver.at.heartbeat_at_ms - driver.now) / 1500));
  }
  expect(firsts.size).toBeGreaterThan(7);
  const driver = liveDriver();
  driver.batch("tx.main", 100, 110);
  driver.pass(15_000);
  expect(driver.sent("HEARTBEAT")).toEqual([
    { op: "HEARTBEAT", channel_seq: { "tx.main": 110, "pool.main": 100 }, n: 1 },
  ]);
});

it("C9 finds the last frame before a silence lost by the cursor, and grants its credit anew", () => {
  const driver = liveDriver();
  driver.pass(15_000);
  driver.take();
  driver.heartbeatAck({ "tx.main": { seq: 120, head: 120, credit: 1 } });
  expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: `${EPOCH}:100` });
  expect(driver.state.counters).toMatchObject({ gaps: 1, frames_lost: 1 });
  driver.answer(120);
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
});

it("C9 grants what the server lacks, less what was granted since that HEARTBEAT", () => {
  const driver = liveDriver();
  driver.pass(15_000);
  driver.take();
  driver.batch("tx.main", 100, 110);
  driver.step({ type: "composed" });
  driver.step({ type: "painted", commit_ms: 1, cadence_ms: 33 });
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
  driver.take();
  // It sent one frame and has not seen the credit for it yet: nothing is lost.
  driver.heartbeatAck({ "tx.main": { seq: 110, head: 110, credit: 1 } });
  expect(driver.sent("CREDIT")).toEqual([]);
  expect(driver.state.counters.frames_lost).toBe(0);
  driver.heartbeatAck({ "tx.main": { seq: 110, head: 110, credit: 0 } });
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
  expect(driver.state.counters.frames_lost).toBe(1);
});

it("C9 compares no answer to an earlier HEARTBEAT than the last: what was granted between is in neither number", () => {
  const driver = liveDriver().pass(15_000);
  driver.batch("tx.main", 100, 110);
  driver.step({ type: "composed" });
  driver.step({ type: "painted", commit_ms: 1, cadence_ms: 33 });
  // Other frames come, so the server is not silent; its answer is on the way still when the next HEARTBEAT is due.
  for (let seq = 110; seq < 114; seq++) driver.pass(4_000).batch("pool.main", seq - 10, seq - 9);
  expect(driver.sent("HEARTBEAT").map(({ n }) => n)).toEqual([1, 2]);
  driver.take();
  const before = driver.at.channels["tx.main"];
  const seen = { ...AS_BEFORE, seq: 110, head: 110, credit: 1 };
  const first = heartbeatAck({ "tx.main": seen }, "token-2");
  driver.hear({ type: "heartbeat_ack", message: { ...first, n: 1 } });
  expect(driver.at.channels["tx.main"]).toEqual(before);
  expect(driver.state.token?.text).toBe("token-2");
  expect([driver.effects, driver.state.counters.frames_lost]).toEqual([[], 0]);
  const second = heartbeatAck({ "tx.main": { ...seen, credit: 1 } }, "token-3");
  driver.hear({ type: "heartbeat_ack", message: { ...second, n: 2 } });
  expect(driver.state.counters.frames_lost).toBe(1);
});

it("O4 fetches a channel that the server waits for a RESYNC of", () => {
  const driver = liveDriver();
  driver.heartbeatAck({ "tx.main": { seq: 50, head: 120, credit: 2, reach: 80 } });
  driver.answer(120, "full");
  expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 120 } }]);
});

it("C9 passes over an answer that may have been written before RESYNC arrived, and believes the next", () => {
  const driver = liveDriver().pass(15_000);
  driver.hear({ type: "resync_required", channel: "tx.main" });
  driver.answer(150, "full");
  expect(driver.sent("RESYNC")).toHaveLength(1);
  driver.take();
  const older = { "tx.main": { seq: 160, head: 200, credit: 1, reach: 120 } };
  driver.heartbeatAck(older);
  expect(driver.effects).toEqual([]);
  expect(driver.state.counters).toMatchObject({ gaps: 0, resyncs: 1, frames_lost: 0 });
  driver.pass(15_000);
  driver.heartbeatAck(older);
  expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
});

it("C9 S9 passes over an answer that may have been written before SUBSCRIBE arrived", () => {
  const driver = liveDriver().pass(15_000);
  driver.step({ type: "subscribe", channel: "chain.main" });
  driver.answer(150, "full");
  driver.take();
  const message = heartbeatAck({ "tx.main": AS_BEFORE, "pool.main": AS_BEFORE });
  driver.hear({ type: "heartbeat_ack", message });
  expect(driver.effects).toEqual([]);
  driver.pass(15_000);
  driver.hear({ type: "heartbeat_ack", message });
  expect(driver.sent("SUBSCRIBE")).toEqual([{ op: "SUBSCRIBE", channel_seq: { "chain.main": 150 } }]);
});

it("S9 subscribes anew, from its cursor, what the server does not have, and leaves what it should not have", () => {
  const driver = liveDriver();
  const message = heartbeatAck({ "tx.main": AS_BEFORE, "pool.state": { ...AS_BEFORE, credit: 1 } });
  driver.hear({ type: "heartbeat_ack", message });
  expect(driver.sent("SUBSCRIBE")).toEqual([{ op: "SUBSCRIBE", channel_seq: { "pool.main": 100 } }]);
  expect(driver.sent("UNSUBSCRIBE")).toEqual([{ op: "UNSUBSCRIBE", channels: ["pool.state"] }]);
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "pool.main": 2 } }]);
  expect(driver.at.phase).toBe("live");
});

it("S10 takes an unanswered HEARTBEAT and silence for death, and either alone not", () => {
  const driver = liveDriver();
  driver.pass(driver.at.heartbeat_at_ms - driver.now);
  driver.pass(9_000);
  driver.hear({ type: "notice", channel: "tx.main", rung: "coalesced" });
  driver.pass(9_000);
  expect(driver.state.at.phase).toBe("live");
  driver.pass(1_000);
  expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "the server went silent" });
});

it("S10 stamps its clock anew after a freeze", () => {
  const driver = liveDriver();
  driver.pass(driver.at.heartbeat_at_ms - driver.now);
  driver.take();
  driver.now += 600_000;
  driver.step({ type: "tick" });
  expect(driver.state.at.phase).toBe("live");
  expect(driver.sent("HEARTBEAT")).toHaveLength(1);
  driver.pass(10_000);
  expect(driver.state.at.phase).toBe("waiting");
});
