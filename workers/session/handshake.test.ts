import { describe, expect, it } from "vitest";
import { CLOSE } from "../../protocol/stream/limits.ts";
import { Driver } from "../testing/driver.ts";
import { EPOCH, hello, snapshot, snapshotAck, window } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

const failed = (request: number, status: number, retry_after_ms = 0) =>
  ({
    type: "snapshot_failed",
    request,
    status,
    epoch: status === 409 ? "e-two" : null,
    retry_after_ms,
    reason: `HTTP ${status}`,
  }) as const;

describe("to live", () => {
  it("S1 S2 bootstraps once, then opens, identifies with the snapshot's seq and epoch, and grants", () => {
    const driver = new Driver();
    driver.step({ type: "start" });
    expect(driver.take()).toEqual([
      { type: "get", request: 1, channels: ["tx.main", "pool.main"], cursor: null },
    ]);
    const windows = { "tx.main": window(), "pool.main": window() };
    driver.step({ type: "snapshot", request: 1, snapshot: snapshot(100, windows) });
    expect(driver.take()).toEqual([
      { type: "load", channel: "tx.main", snapshot: windows["tx.main"] },
      { type: "load", channel: "pool.main", snapshot: windows["pool.main"] },
      { type: "open", connection: 2 },
    ]);
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("IDENTIFY")[0]).toMatchObject({
      snapshot_seq: 100,
      epoch: EPOCH,
      subscriptions: ["tx.main", "pool.main"],
    });
    driver.take();
    expect(connectionOf(driver.state)).toEqual({ state: "connecting" });
    driver.hear({ type: "snapshot_ack", message: snapshotAck({ "tx.main": 100, "pool.main": 100 }) });
    expect(driver.take()).toEqual([
      { type: "send", message: { op: "CREDIT", channel_credit: { "tx.main": 2, "pool.main": 2 } } },
    ]);
    expect(connectionOf(driver.state)).toEqual({ state: "live" });
  });

  it("S6 S15 never GETs again while nothing is wrong", () => {
    const driver = new Driver().live();
    driver.take();
    for (let beat = 0; beat < 40; beat++) {
      driver.pass(15_000);
      const channels = Object.fromEntries(
        driver.channels.map((name) => [name, { seq: 100, head: 100, credit: 2 }]),
      );
      driver.hear({
        type: "heartbeat_ack",
        message: { op: "HEARTBEAT_ACK", server_time_unix_ms: 0, resume_token: "token-2", channels },
      });
    }
    expect(driver.sent("HEARTBEAT").length).toBeGreaterThanOrEqual(39);
    expect(driver.all("get")).toEqual([]);
  });

  it("C2 C7 grants no more than the server's max_credit", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.hear({ type: "hello", message: hello({ limits: { ...hello().limits, max_credit: 1 } }) });
    driver.hear({ type: "snapshot_ack", message: snapshotAck({ "tx.main": 100, "pool.main": 100 }) });
    expect(driver.sent("CREDIT")).toEqual([
      { op: "CREDIT", channel_credit: { "tx.main": 1, "pool.main": 1 } },
    ]);
  });

  it("S5 gives up on HELLO and on SNAPSHOT_ACK after their time", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.pass(SESSION_LIMITS.handshake_timeout_ms);
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "no HELLO in 10000 ms" });
    driver.pass(1000);
    driver.bootstrapped().hear({ type: "hello", message: hello() });
    driver.pass(SESSION_LIMITS.handshake_timeout_ms);
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "no SNAPSHOT_ACK in 10000 ms" });
  });

  it("S4 does not go on with a server that speaks another protocol", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.hear({ type: "hello", message: hello({ protocol: 3 }) });
    expect(connectionOf(driver.state)).toEqual({
      state: "failed",
      reason: "the server speaks protocol 3: reload the page",
    });
  });

  it("S3 bootstraps anew when HELLO tells another epoch", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.hear({ type: "hello", message: hello({ epoch: "e-two" }) });
    driver.take();
    driver.pass(1000);
    expect(driver.last("get").cursor).toBeNull();
  });

  it("does not go on without a channel that it subscribed to", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.hear({ type: "hello", message: hello() });
    driver.hear({ type: "snapshot_ack", message: snapshotAck({ "tx.main": 100 }) });
    expect(driver.state).toMatchObject({
      at: { phase: "waiting" },
      reason: "the server did not subscribe pool.main",
    });
  });

  it("D3 repairs a bootstrapped window whose digest was wrong as soon as it is live", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.step({ type: "verified", channel: "pool.main", ok: false });
    driver.hear({ type: "hello", message: hello() });
    driver.take();
    driver.hear({ type: "snapshot_ack", message: snapshotAck({ "tx.main": 100, "pool.main": 100 }) });
    expect(driver.last("get")).toMatchObject({ channels: ["pool.main"], cursor: null });
    expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 2 } }]);
  });
});

describe("after a loss", () => {
  it("S11 backs off exponentially with full jitter", () => {
    const longest: number[] = [];
    for (let seed = 1; seed <= 200; seed++) {
      const driver = new Driver(["tx.main"], seed).step({ type: "start" });
      for (let attempt = 0; attempt < 5; attempt++) {
        driver.step(failed(driver.last("get").request, 500));
        const delay = driver.state.retry_at_ms - driver.now;
        longest[attempt] = Math.max(longest[attempt] ?? 0, delay);
        driver.pass(delay);
      }
    }
    for (const [attempt, delay] of longest.entries()) {
      const most = Math.min(15_000, 250 * 2 ** attempt);
      expect(delay).toBeLessThanOrEqual(most);
      expect(delay).toBeGreaterThan(most * 0.9);
    }
  });

  it("S11 starts the backoff anew after a session that lived 30 s, and only then", () => {
    for (const [lived, attempt] of [
      [29_000, 4],
      [30_000, 1],
    ] as const) {
      const driver = new Driver().step({ type: "start" });
      for (let i = 0; i < 3; i++) {
        driver.step(failed(driver.last("get").request, 500));
        driver.pass(15_000);
      }
      driver.live();
      driver.now += lived;
      driver.hear({ type: "closed", code: 1006, reason: "" });
      expect(driver.state.failures).toBe(attempt);
    }
  });

  it("H4 waits as long as Retry-After says", () => {
    const driver = new Driver().step({ type: "start" });
    driver.step(failed(driver.last("get").request, 503, 7000));
    driver.take();
    driver.pass(6999);
    expect(driver.all("get")).toEqual([]);
    driver.pass(251);
    expect(driver.all("get")).toHaveLength(1);
  });

  it("H4 waits a minute at most, whatever Retry-After says", () => {
    for (const asked_ms of [3_600_000, Number.POSITIVE_INFINITY]) {
      const driver = new Driver().step({ type: "start" }).refused(503, null, asked_ms);
      driver.take();
      expect(driver.pass(59_999).all("get")).toEqual([]);
      expect(driver.pass(251).all("get")).toHaveLength(1);
    }
  });

  it("R3 drops a cursor of another epoch", () => {
    const driver = new Driver().live().lost();
    driver.now += 120_000;
    driver.step({ type: "tick" }).refused(409, "e-two").again();
    expect(driver.last("get").cursor).toBeNull();
  });

  it("does not build on a delta of another epoch, or one that goes back", () => {
    for (const [seq, epoch] of [
      [200, "e-two"],
      [99, EPOCH],
    ] as const) {
      const driver = new Driver().live().lost();
      driver.now += 120_000;
      driver.step({ type: "tick" });
      const delta = window([], { mode: "delta" });
      const windows = { "tx.main": delta, "pool.main": delta };
      const { request } = driver.last("get");
      driver.step({ type: "snapshot", request, snapshot: snapshot(seq, windows, epoch) });
      expect(driver.state).toMatchObject({ at: { phase: "waiting" }, void: true });
    }
  });

  it.each(Object.entries(CLOSE))("S14 E10 follows the table for close code %s", (_, { code, retry }) => {
    const driver = new Driver().live();
    driver.hear({ type: "closed", code, reason: "" });
    const { phase } = driver.state.at;
    expect(phase).toBe(retry === "never" || retry === "reload" ? "failed" : "waiting");
    expect(driver.state.void).toBe(retry === "bootstrap");
    expect(driver.state.reason).not.toBe("");
  });

  it("S11 counts a session's end where the table says backoff, and an attempt that came to nothing always", () => {
    const endedBy = (code: number, driver: Driver) => driver.lost(code).state.failures;
    const handshaking = () => new Driver().step({ type: "start" }).bootstrapped();
    for (const { code, retry } of Object.values(CLOSE)) {
      if (retry === "never" || retry === "reload") continue;
      expect(endedBy(code, new Driver().live())).toBe(retry === "resume" ? 0 : 1);
      expect(endedBy(code, handshaking())).toBe(1);
    }
    expect(endedBy(1006, new Driver().live())).toBe(1);
  });

  it("S3 bootstraps anew on INVALID_SESSION", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.hear({ type: "hello", message: hello() });
    driver.hear({ type: "invalid_session", reason: "epoch_changed" }).again();
    expect(driver.last("get").cursor).toBeNull();
  });

  it("E11 counts a malformed frame and comes again", () => {
    const driver = new Driver().live();
    driver.hear({ type: "malformed", reason: "DELTA_BATCH: bad seq" });
    expect(driver.state.counters).toMatchObject({ protocol_errors: 1, disconnects: 1 });
    expect(connectionOf(driver.state)).toMatchObject({
      state: "reconnecting",
      reason: "DELTA_BATCH: bad seq",
    });
  });

  it("E11 ends the connection for a frame before its time", () => {
    const driver = new Driver().step({ type: "start" }).bootstrapped();
    driver.batch("tx.main", 100, 110);
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, reason: "unexpected batch" });
  });

  it("O7 hears nothing of an earlier connection or request", () => {
    const driver = new Driver().live().batch("tx.main", 105, 110);
    const { connection } = driver;
    const { request } = driver.last("get");
    driver.lost().again();
    driver.hear({ type: "hello", message: hello() }).resumed();
    const before = driver.state;
    driver.step({ type: "closed", connection, code: 4010, reason: "" });
    driver.step({ type: "malformed", connection, reason: "x" });
    driver.step(failed(request, 500));
    const windows = { "tx.main": window(), "pool.main": window() };
    driver.step({ type: "snapshot", request, snapshot: snapshot(200, windows) });
    expect(driver.state).toEqual(before);
  });

  it("stops at once and starts again", () => {
    const driver = new Driver().live();
    driver.take();
    driver.step({ type: "stop" });
    expect(driver.take()).toEqual([{ type: "close" }]);
    expect(driver.state.at).toEqual({ phase: "idle" });
    driver.step({ type: "start" });
    expect(driver.last("get").cursor).toBe(`${EPOCH}:100`);
  });
});
