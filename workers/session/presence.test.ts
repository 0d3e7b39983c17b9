import { expect, it } from "vitest";
import { Driver, liveDriver } from "../testing/driver.ts";
import { EPOCH } from "../testing/messages.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { connectionOf } from "./status.ts";

const { asleep_after_ms } = SESSION_LIMITS;

/** A live session that nobody sees; the server answers its HEARTBEATs. */
function hiddenFor(span_ms: number): Driver {
  const driver = liveDriver().step({ type: "hidden", hidden: true });
  const end = driver.now + span_ms;
  while (driver.now < end) {
    driver.pass(Math.min(1000, end - driver.now));
    if (driver.state.at.phase === "live" && driver.sent("HEARTBEAT").length > 0) {
      driver.take();
      driver.heartbeatAck({}, "token-2");
    }
  }
  return driver;
}

it("S13 closes after 5 minutes unseen, not before, and bootstraps from its cursor when seen again", () => {
  expect(hiddenFor(asleep_after_ms - 1).state.at.phase).toBe("live");
  const driver = hiddenFor(asleep_after_ms);
  expect(driver.take().at(-1)).toEqual({ type: "close" });
  expect(connectionOf(driver.state)).toEqual({ state: "asleep" });
  // Nothing wakes it but the page.
  driver.pass(3_600_000).step({ type: "retry" }).step({ type: "hidden", hidden: true });
  expect(driver.take()).toEqual([]);
  driver.step({ type: "hidden", hidden: false });
  expect(driver.take()).toMatchObject([{ type: "get", cursor: `${EPOCH}:100` }]);
  expect(connectionOf(driver.state)).toEqual({ state: "connecting" });
});

it("S13 counts the time that it is unseen in one piece", () => {
  const driver = hiddenFor(asleep_after_ms - 1);
  driver.step({ type: "hidden", hidden: false }).step({ type: "hidden", hidden: true });
  driver.pass(asleep_after_ms - 1);
  expect(driver.state.at.phase).not.toBe("asleep");
  driver.pass(1);
  expect(driver.state.at.phase).toBe("asleep");
});

it("S13 bootstraps at once when it was frozen past its time", () => {
  const driver = liveDriver().step({ type: "hidden", hidden: true });
  driver.now += asleep_after_ms;
  driver.take();
  driver.step({ type: "hidden", hidden: false });
  expect(driver.take()).toMatchObject([{ type: "close" }, { type: "get", cursor: `${EPOCH}:100` }]);
});

it("S13 sleeps also while it waits, probes or bootstraps", () => {
  const bootstrapping = new Driver().step({ type: "start" });
  const waiting = liveDriver().lost();
  for (const driver of [bootstrapping, waiting]) {
    driver.step({ type: "hidden", hidden: true }).pass(asleep_after_ms);
    expect(driver.state.at.phase).toBe("asleep");
    expect(driver.effects.at(-1)).toEqual({ type: "close" });
  }
  const failed = liveDriver().lost(4010);
  failed.step({ type: "hidden", hidden: true }).pass(asleep_after_ms);
  expect(failed.state.at.phase).toBe("failed");
});

it("S13 stays asleep through a stop and starts when it is told to", () => {
  const driver = hiddenFor(asleep_after_ms);
  driver.step({ type: "stop" }).step({ type: "hidden", hidden: false });
  expect(driver.state.at.phase).toBe("idle");
});
