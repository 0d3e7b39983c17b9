import { describe, expect, it } from "vitest";
import { Driver, liveDriver } from "../testing/driver.ts";
import { hello } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

/** A client whose server refuses it, as often as opens the breaker. */
function unreachable(seed = 1): Driver {
  const driver = new Driver(["tx.main", "pool.main"], seed).live();
  driver.lost();
  for (let i = 1; i < SESSION_LIMITS.breaker_failures_count; i++) {
    expect(connectionOf(driver.state)).toMatchObject({ state: "reconnecting", attempt: i });
    driver.again().lost();
  }
  driver.take();
  return driver;
}

const probed = (driver: Driver, ready: boolean) =>
  driver.step({ type: "probed", request: driver.last("probe").request, ready });

describe("circuit breaker", () => {
  it("S12 opens after 6 failures in a row: only probes, each 15 to 30 s", () => {
    const delays: number[] = [];
    for (let seed = 1; seed <= 30; seed++) {
      const driver = unreachable(seed);
      const { at } = driver.state;
      if (at.phase !== "unreachable") throw new Error(at.phase);
      expect(connectionOf(driver.state)).toEqual({
        state: "unreachable",
        failures: 6,
        probe_at_unix_ms: at.probe_at_ms,
        reason: "the connection closed (1006)",
      });
      for (let i = 0; i < 3; i++) {
        const began = driver.now;
        driver.take();
        while (driver.all("probe").length === 0) driver.pass(100);
        delays.push(driver.now - began);
        expect(driver.effects).toHaveLength(1);
        probed(driver, false);
      }
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_100);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(10_000);
  });

  it("S12 has one probe in flight", () => {
    const driver = unreachable().pass(200_000);
    expect(driver.all("probe")).toHaveLength(1);
  });

  it("S12 tries again, without its cursor, as soon as a probe is answered 200", () => {
    const driver = unreachable().pass(30_000);
    probed(driver, true);
    expect(driver.last("get")).toMatchObject({ cursor: null });
    driver.answer(200, "full");
    driver.hear({ type: "hello", message: hello() });
    expect(driver.sent("IDENTIFY")).toHaveLength(1);
  });

  it("S12 is open again after one more failure", () => {
    const driver = unreachable().pass(30_000);
    probed(driver, true);
    driver.refused(500);
    expect(connectionOf(driver.state)).toMatchObject({ state: "unreachable", failures: 7 });
  });

  it("S12 hears no probe of an earlier breaker", () => {
    const driver = unreachable().pass(30_000);
    const { request } = driver.last("probe");
    driver.step({ type: "retry" }).refused(500);
    const before = driver.state;
    driver.step({ type: "probed", request, ready: true });
    expect(driver.state).toEqual(before);
  });

  it("S11 S12 a session that lived 30 s starts the count anew", () => {
    const driver = liveDriver();
    for (let i = 0; i < 10; i++) {
      driver.now += SESSION_LIMITS.healthy_session_ms;
      driver.lost().pass(250);
      driver.hear({ type: "hello", message: hello() }).resumed();
    }
    expect(driver.at.phase).toBe("live");
  });
});

describe("retry", () => {
  it("S12 tries at once while waiting: with RESUME, where that goes", () => {
    const driver = liveDriver().lost();
    driver.take();
    driver.step({ type: "retry" });
    expect(driver.take()).toMatchObject([{ type: "close" }, { type: "open" }]);
    expect(driver.state.retry_at_ms).toBe(driver.now);
  });

  it("S12 tries at once while unreachable, and drops the probe in flight", () => {
    const driver = unreachable().pass(30_000);
    driver.take();
    driver.step({ type: "retry" });
    expect(driver.take()).toMatchObject([{ type: "close" }, { type: "get", cursor: null }]);
  });

  it("S12 a network that comes and goes opens the breaker no sooner: its attempts add no failure", () => {
    const driver = liveDriver().lost();
    for (let i = 0; i < 20; i++) {
      driver.step({ type: "retry" }).lost();
      expect(connectionOf(driver.state)).toMatchObject({ state: "reconnecting", attempt: 1 });
      expect(driver.state.retry_at_ms - driver.now).toBeLessThanOrEqual(500);
    }
    // With RESUME each time: nothing is given up.
    expect(driver.all("get")).toEqual([]);
    // Attempts at their own time count as ever.
    for (let i = 2; i < SESSION_LIMITS.breaker_failures_count; i++) driver.again().lost();
    expect(driver.state).toMatchObject({ at: { phase: "waiting" }, failures: 5 });
    driver.again().lost();
    expect(driver.state).toMatchObject({ at: { phase: "unreachable" }, failures: 6 });
  });

  it("S11 S12 a session that somebody's attempt began counts as any other when it ends", () => {
    const driver = liveDriver().lost();
    driver.step({ type: "retry" }).hear({ type: "hello", message: hello() });
    driver.resumed().lost();
    expect(driver.state.failures).toBe(2);
  });

  it("S15 changes nothing while there is nothing to retry", () => {
    const driver = liveDriver();
    const before = driver.state;
    driver.step({ type: "retry" });
    expect(driver.state).toBe(before);
    expect(driver.effects).toEqual([]);
  });
});
