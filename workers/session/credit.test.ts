import { expect, it } from "vitest";
import { type Driver, liveDriver } from "../testing/driver.ts";
import { SESSION_LIMITS } from "./limits.ts";

const paint = (driver: Driver, commit_ms: number | null = 1) => {
  driver.take();
  driver.step({ type: "composed" });
  driver.step({ type: "painted", commit_ms, cadence_ms: 33 });
  return driver.sent("CREDIT").map(({ channel_credit }) => channel_credit);
};

it("C7 grants a batch's credit when it was painted, not when it came", () => {
  const driver = liveDriver();
  driver.batch("tx.main", 100, 110);
  driver.step({ type: "composed" });
  driver.batch("tx.main", 110, 120);
  expect(driver.sent("CREDIT")).toEqual([]);
  driver.step({ type: "painted", commit_ms: 1, cadence_ms: 33 });
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
  expect(paint(driver)).toEqual([{ "tx.main": 1 }]);
});

it("C7 grants one where commits take over half of the cadence", () => {
  const driver = liveDriver();
  driver.batch("tx.main", 100, 110);
  expect(paint(driver, 20)).toEqual([]);
  driver.batch("tx.main", 110, 120);
  expect(paint(driver, 20)).toEqual([{ "tx.main": 1 }]);
  expect(paint(driver, 10)).toEqual([{ "tx.main": 1 }]);
});

it("C4 C7 grants a part's credit when it is applied, more while a backlog shows, to a bound", () => {
  const driver = liveDriver();
  let seq = 100;
  const outstanding: number[] = [];
  for (let i = 0; i < 40; i++) {
    driver.batch("tx.main", seq, (seq += 10), [], null);
    outstanding.push(driver.at.channels["tx.main"]!.credit);
  }
  expect(outstanding.slice(0, 3)).toEqual([4, 8, 16]);
  expect(Math.max(...outstanding)).toBe(SESSION_LIMITS.backlog_credit_count);
  expect(Math.min(...outstanding)).toBeGreaterThan(0);
  // Not a message a part.
  expect(driver.sent("CREDIT").length).toBeLessThanOrEqual(3 + 40 / 8);
});

it("C7 allows less again at the head, and one where commits are slow, but not between parts", () => {
  const driver = liveDriver();
  let seq = 100;
  for (let i = 0; i < 8; i++) driver.batch("tx.main", seq, (seq += 10), [], null);
  for (let i = 0; i < 30; i++) {
    driver.batch("tx.main", seq, (seq += 10));
    paint(driver);
  }
  expect(driver.at.channels["tx.main"]!.credit).toBe(SESSION_LIMITS.credit_count);
  for (let i = 0; i < 3; i++) {
    driver.batch("tx.main", seq, (seq += 10));
    paint(driver, 20);
  }
  expect(driver.at.channels["tx.main"]!.credit).toBe(1);
  driver.batch("tx.main", seq, (seq += 10), [], null);
  expect(driver.at.channels["tx.main"]!.credit).toBe(4);
});

it("O6 grants none while paused", () => {
  const driver = liveDriver();
  driver.batch("tx.main", 105, 110);
  expect(paint(driver)).toEqual([]);
  expect(driver.at.channels["tx.main"]!.credit).toBe(1);
});

it("C8 trickles while hidden, and flows again when shown", () => {
  const driver = liveDriver();
  driver.step({ type: "hidden", hidden: true });
  driver.batch("tx.main", 100, 110);
  driver.batch("tx.main", 110, 120);
  expect(driver.sent("CREDIT")).toEqual([]);
  driver.pass(SESSION_LIMITS.trickle_ms);
  expect(driver.sent("CREDIT")).toEqual([{ op: "CREDIT", channel_credit: { "tx.main": 1 } }]);
  driver.batch("tx.main", 120, 130);
  driver.pass(SESSION_LIMITS.trickle_ms - 1);
  expect(driver.sent("CREDIT")).toHaveLength(1);
  driver.pass(1);
  expect(driver.sent("CREDIT")).toHaveLength(2);
  driver.step({ type: "hidden", hidden: false });
  expect(paint(driver)).toEqual([{ "tx.main": 1 }]);
});
