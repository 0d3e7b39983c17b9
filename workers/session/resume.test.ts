import { describe, expect, it } from "vitest";
import { Driver, liveDriver } from "../testing/driver.ts";
import { EPOCH, hello, snapshotAck } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

const TTL_MS = 120_000;

describe("RESUME", () => {
  it("R1 goes on without a GET: token, session, cursors and subscriptions of the lost connection", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 100, 110);
    driver.lost().pass(250);
    expect(driver.all("get")).toEqual([]);
    driver.hear({ type: "hello", message: hello({ session_id: "another" }) });
    expect(driver.sent("RESUME")).toEqual([
      {
        op: "RESUME",
        protocol: 2,
        session_id: "s",
        resume_token: "token-1",
        last_seq: 100,
        channel_seq: { "tx.main": 110, "pool.main": 100 },
        subscriptions: ["tx.main", "pool.main"],
      },
    ]);
    expect(connectionOf(driver.state)).toEqual({ state: "resuming" });
    driver.take();
    driver.resumed();
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
    expect(driver.state.seqs).toEqual({ "tx.main": 110, "pool.main": 100 });
    // No credit was left, so the first of the new session is granted.
    expect(driver.take()).toEqual([
      { type: "send", message: { op: "CREDIT", channel_credit: { "tx.main": 2, "pool.main": 2 } } },
    ]);
  });

  it("R2 sends the newest token, with the session that SNAPSHOT_ACK named", () => {
    const driver = liveDriver();
    driver.pass(15_000);
    driver.heartbeatAck({}, "token-7");
    driver.lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("RESUME")).toMatchObject([{ resume_token: "token-7", session_id: "s" }]);
  });

  it("R1 takes its token once more when the connection is lost before the answer", () => {
    const driver = liveDriver();
    driver.lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    driver.lost().pass(500);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("RESUME")).toHaveLength(2);
    expect(driver.all("get")).toEqual([]);
  });

  it("S4 fails where HELLO speaks another protocol now", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello({ protocol: 3 }) });
    expect(connectionOf(driver.state)).toMatchObject({ state: "failed" });
  });

  it("S5 gives up on an answer to RESUME after 10 s", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    driver.pass(SESSION_LIMITS.handshake_timeout_ms);
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "no SNAPSHOT_ACK in 10000 ms" });
  });

  it.each(["token_expired", "token_invalid", "epoch_changed"])("R3 bootstraps anew after %s", (reason) => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    driver.hear({ type: "invalid_session", reason });
    driver.take();
    driver.pass(500);
    expect(driver.last("get")).toMatchObject({ cursor: null });
  });

  it("R3 bootstraps anew when HELLO tells another epoch", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello({ epoch: "e-two" }) });
    expect(driver.sent("RESUME")).toEqual([]);
    driver.pass(500);
    expect(driver.last("get")).toMatchObject({ cursor: null });
  });

  it("R4 fetches the channels that RESUME finds out of reach; the others go on", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello() }).resumed();
    driver.take();
    driver.hear({ type: "resync_required", channel: "tx.main" });
    driver.batch("pool.main", 100, 120);
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main"], cursor: null });
    expect(driver.state.seqs["pool.main"]).toBe(120);
    driver.answer(150, "full");
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "tx.main": 150 } }]);
  });

  it("R1 D3 repairs at once what was wrong when the connection was lost, but not a gap", () => {
    const driver = new Driver(["tx.main", "pool.main", "pool.state", "chain.main"]).live();
    const mismatch = { type: "verified", channel: "tx.main", ok: false } as const;
    driver.step(mismatch).answer(150, "full").step(mismatch);
    expect(connectionOf(driver.state)).toEqual({ state: "diverged", channels: ["tx.main"] });
    driver.hear({ type: "resync_required", channel: "pool.main" });
    driver.batch("chain.main", 120, 130);
    driver.lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    driver.take();
    driver.resumed();
    expect(driver.last("get")).toMatchObject({ channels: ["tx.main", "pool.main"], cursor: null });
    driver.answer(160, "full");
    expect(driver.sent("RESYNC")).toEqual([{ op: "RESYNC", channel_seq: { "pool.main": 160 } }]);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });

  it("does not go on without a channel that it had", () => {
    const driver = liveDriver().lost().pass(250);
    driver.hear({ type: "hello", message: hello() });
    driver.hear({ type: "snapshot_ack", message: snapshotAck({ "tx.main": 100 }) });
    expect(driver.state).toMatchObject({
      at: { phase: "waiting" },
      reason: "the server did not subscribe pool.main",
    });
  });
});

describe("the token's time", () => {
  it("R7 GETs with its oldest cursor and identifies when the token has run out by its own clock", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 100, 110);
    driver.lost();
    driver.now += TTL_MS;
    driver.step({ type: "tick" });
    expect(driver.last("get")).toMatchObject({ cursor: `${EPOCH}:100` });
    driver.answer(120);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("IDENTIFY")).toMatchObject([{ snapshot_seq: 120 }]);
  });

  it("R7 counts from the receipt, and leaves the handshake some of it", () => {
    for (const [left_ms, resumes] of [
      [SESSION_LIMITS.token_margin_ms, false],
      [SESSION_LIMITS.token_margin_ms + 1, true],
    ] as const) {
      const driver = liveDriver().lost();
      driver.now += TTL_MS - left_ms;
      driver.step({ type: "tick" });
      expect(driver.all("open")).toHaveLength(resumes ? 1 : 0);
    }
  });

  it("R7 a bootstrap makes an older token void", () => {
    const driver = liveDriver().lost();
    driver.now += TTL_MS;
    driver.step({ type: "tick" }).answer(120);
    expect(driver.state.token).toBeNull();
  });
});

describe("RECONNECT", () => {
  it("R6 comes again with RESUME after its time and a jitter, and counts no failure while draining", () => {
    const delays = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const driver = new Driver(["tx.main"], seed).live();
      driver.hear({ type: "reconnect", reason: "draining", after_ms: 1200 });
      expect(driver.state.failures).toBe(0);
      expect(connectionOf(driver.state)).toMatchObject({
        state: "reconnecting",
        attempt: 1,
        reason: "draining",
      });
      delays.add(driver.state.retry_at_ms - driver.now);
      driver.take();
      driver.pass(1450);
      expect(driver.take()).toMatchObject([{ type: "open" }]);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1200);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1450);
    expect(delays.size).toBe(20);
  });

  it("R6 waits a minute at most, whatever the server asks for", () => {
    const driver = liveDriver().hear({ type: "reconnect", reason: "draining", after_ms: 86_400_000 });
    expect(driver.pass(59_999).all("open")).toEqual([]);
    expect(driver.pass(251).all("open")).toHaveLength(1);
  });

  it("R5 R6 keeps its cursor when this replica is behind, and counts a failure", () => {
    const driver = liveDriver();
    driver.hear({ type: "reconnect", reason: "behind", after_ms: 1000 });
    expect(driver.state).toMatchObject({ failures: 1, void: false });
    driver.pass(1250);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("RESUME")).toMatchObject([{ channel_seq: { "tx.main": 100 } }]);
  });

  it("R5 keeps its cursor on a 409 of its own epoch, until the breaker opens", () => {
    const driver = liveDriver().lost();
    driver.now += TTL_MS;
    driver.step({ type: "tick" });
    for (let failures = 2; failures <= SESSION_LIMITS.breaker_failures_count; failures++) {
      expect(driver.last("get").cursor).toBe(`${EPOCH}:100`);
      driver.refused(409, EPOCH);
      driver.pass(10_000);
    }
    expect(driver.state).toMatchObject({ at: { phase: "unreachable" }, void: true });
  });

  it("H4 asks again for a resync within a minute, whatever Retry-After says", () => {
    const driver = liveDriver().batch("tx.main", 105, 110).refused(503, null, 86_400_000);
    expect(driver.at.resync_at_ms - driver.now).toBe(60_000);
  });

  it("R5 asks again for a resync that a replica refuses for being behind", () => {
    const driver = liveDriver();
    driver.batch("tx.main", 105, 110);
    driver.refused(409, EPOCH);
    expect(connectionOf(driver.state)).toMatchObject({ state: "resyncing" });
    driver.pass(250);
    expect(driver.all("get")).toHaveLength(2);
  });
});
