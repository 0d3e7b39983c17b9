import { describe, expect, it } from "vitest";
import { barsChannel } from "../../protocol/stream/channels.ts";
import { Driver, liveDriver } from "../testing/driver.ts";
import { hello, snapshot, window } from "../testing/messages.ts";
import { connectionOf } from "./status.ts";

const subscribe = { type: "subscribe", channel: "chain.main" } as const;
const unsubscribe = { type: "unsubscribe", channel: "pool.main" } as const;

describe("live", () => {
  it("S9 GETs a channel whole, SUBSCRIBEs it at that seq, then grants", () => {
    const driver = liveDriver().step(subscribe);
    expect(driver.take()).toMatchObject([{ type: "get", channels: ["chain.main"], cursor: null }]);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
    driver.step({
      type: "snapshot",
      request: driver.at.resync!.request,
      snapshot: snapshot(150, { "chain.main": window() }),
    });
    expect(driver.take()).toEqual([
      { type: "load", channel: "chain.main", snapshot: window() },
      { type: "send", message: { op: "SUBSCRIBE", channel_seq: { "chain.main": 150 } } },
      { type: "send", message: { op: "CREDIT", channel_credit: { "chain.main": 2 } } },
    ]);
    driver.batch("chain.main", 150, 160);
    expect(driver.state.seqs["chain.main"]).toBe(160);
    expect(driver.state.losses.recent).toEqual([]);
  });

  it("S9 forgets a channel that it leaves, and ignores what is on its way", () => {
    const driver = liveDriver().step(unsubscribe);
    expect(driver.take()).toEqual([
      { type: "clear", channel: "pool.main" },
      { type: "send", message: { op: "UNSUBSCRIBE", channels: ["pool.main"] } },
    ]);
    const before = driver.state;
    driver.batch("pool.main", 100, 110);
    driver.hear({ type: "resync_required", channel: "pool.main" });
    driver.hear({ type: "notice", channel: "pool.main", rung: "coalesced" });
    driver.step({ type: "verified", channel: "pool.main", ok: false });
    expect({ ...driver.state, last_frame_ms: 0 }).toEqual({ ...before, last_frame_ms: 0 });
    expect(driver.effects).toEqual([]);
    driver.pass(15_000);
    expect(driver.sent("HEARTBEAT")).toEqual([{ op: "HEARTBEAT", channel_seq: { "tx.main": 100 }, n: 1 }]);
  });

  it("S9 takes no late batch for one of the new subscription", () => {
    const driver = liveDriver().step(unsubscribe).step({ type: "subscribe", channel: "pool.main" });
    driver.take();
    driver.batch("pool.main", 100, 110);
    driver.heartbeatAck({ "pool.main": { seq: 110, head: 110, credit: 1 } });
    expect(driver.all("apply")).toEqual([]);
    expect(driver.state.seqs).toEqual({ "tx.main": 100 });
    expect(driver.state.counters.gaps).toBe(0);
  });

  it("S9 does neither twice, and never leaves the last channel", () => {
    const driver = new Driver(["tx.main"]).live();
    driver.take();
    driver.step({ type: "subscribe", channel: "tx.main" });
    driver.step({ type: "unsubscribe", channel: "tx.main" }).step(unsubscribe);
    expect(driver.effects).toEqual([]);
    expect(driver.state.subscriptions).toEqual(["tx.main"]);
  });

  it("S9 leaves every channel of bars, but never the last of the fixed ones", () => {
    const bars = barsChannel("TSLA", "1s");
    const driver = new Driver(["tx.main"]).live().step({ type: "subscribe", channel: bars });
    driver.step({ type: "unsubscribe", channel: "tx.main" });
    expect(driver.state.subscriptions).toEqual(["tx.main", bars]);
    driver.step({ type: "unsubscribe", channel: bars });
    expect(driver.state.subscriptions).toEqual(["tx.main"]);
  });

  it("S9 leaves without a word a channel that the server does not have yet", () => {
    const driver = liveDriver().step(subscribe);
    driver.step({ ...subscribe, type: "unsubscribe" });
    expect(driver.sent("UNSUBSCRIBE")).toEqual([]);
    driver.answer(150, "full");
    expect(driver.sent("SUBSCRIBE")).toEqual([]);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });
});

describe("across connections", () => {
  it("S9 R1 RESUMEs the channels that the server had, and fetches what is new first", () => {
    const driver = liveDriver().step(unsubscribe).step(subscribe).lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("RESUME")).toMatchObject([
      { subscriptions: ["tx.main"], channel_seq: { "tx.main": 100 } },
    ]);
    driver.take();
    driver.resumed();
    expect(driver.last("get")).toMatchObject({ channels: ["chain.main"], cursor: null });
    driver.answer(150, "full");
    expect(driver.sent("SUBSCRIBE")).toEqual([{ op: "SUBSCRIBE", channel_seq: { "chain.main": 150 } }]);
  });

  it("S9 leaves what was given up during the handshake", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    const { seqs } = driver.state;
    driver.step(unsubscribe);
    driver.resumed(seqs);
    expect(driver.sent("UNSUBSCRIBE")).toEqual([{ op: "UNSUBSCRIBE", channels: ["pool.main"] }]);
  });

  it("S9 takes from a bootstrap what is still wanted, and fetches later what came meanwhile", () => {
    const driver = new Driver(["tx.main", "pool.main"]).step({ type: "start" });
    driver.step(unsubscribe).step(subscribe);
    driver.bootstrapped();
    expect(driver.all("load").map(({ channel }) => channel)).toEqual(["tx.main"]);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("IDENTIFY")).toMatchObject([{ subscriptions: ["tx.main"], snapshot_seq: 100 }]);
    driver.resumed();
    expect(driver.last("get")).toMatchObject({ channels: ["chain.main"] });
  });

  it("S9 bootstraps whole when a channel is new to it", () => {
    const driver = liveDriver().lost().step(subscribe);
    driver.now += 120_000;
    driver.step({ type: "tick" });
    expect(driver.last("get")).toMatchObject({
      channels: ["tx.main", "pool.main", "chain.main"],
      cursor: null,
    });
  });
});
