import { expect, it } from "vitest";
import { Clock } from "../testing/clock.ts";
import type { Environment } from "./environment.ts";
import { Pump } from "./pump.ts";

/** A pump whose frames are noted with their times; `null` frames have nothing to show. */
function start({ rate_hz = 50, hidden = false } = {}) {
  const clock = new Clock(0);
  const env = { now: () => clock.now, after: (ms: number, call: () => void) => clock.after(ms, call) };
  const sent: number[] = [];
  const painted: (number | null)[] = [];
  const page = { hasSomething: true };
  const pump = new Pump(env as unknown as Environment, rate_hz, hidden, {
    compose(now) {
      if (!page.hasSomething) return null;
      sent.push(now);
      return sent.length;
    },
    painted: (commit_ms) => painted.push(commit_ms),
  });
  const ack = (commit_ms = 1) => pump.acknowledge({ frame: sent.length, commit_ms, painted_ms: clock.now });
  return { clock, pump, sent, painted, page, ack };
}

it("sends the first frame at once and the next at the cadence", async () => {
  const { clock, pump, sent, ack } = start();
  pump.request(0);
  await clock.run(1);
  ack();
  pump.request(clock.now);
  await clock.run(18);
  expect(sent).toEqual([0]);
  await clock.run(1);
  expect(sent).toEqual([0, 20]);
});

it("has one frame outstanding, however much is asked for", async () => {
  const { clock, pump, sent, ack } = start();
  for (let i = 0; i < 100; i++) {
    pump.request(clock.now);
    await clock.run(10);
  }
  expect(sent).toEqual([0]);
  ack();
  await clock.run(0);
  expect(sent).toEqual([0, 1000]);
  expect(pump.dropRatio).toBeGreaterThan(0.9);
});

it("takes no acknowledgement but of the outstanding frame", async () => {
  const { clock, pump, sent, painted } = start();
  pump.request(0);
  await clock.run(100);
  pump.acknowledge({ frame: 9, commit_ms: 1, painted_ms: 0 });
  pump.request(clock.now);
  await clock.run(100);
  expect(sent).toEqual([0]);
  expect(painted).toEqual([]);
});

it("sends nothing that nobody asked for", async () => {
  const { clock, pump, sent, ack } = start();
  pump.request(0);
  await clock.run(1);
  ack();
  await clock.run(10_000);
  expect(sent).toEqual([0]);
  expect(pump.dropRatio).toBe(0);
});

it("says painted at once where there is nothing to paint", async () => {
  const { clock, pump, painted, page } = start();
  page.hasSomething = false;
  pump.request(0);
  await clock.run(1);
  expect(painted).toEqual([null]);
});

it("slows down where commits are slow, to four frames a second at least, and recovers", async () => {
  const { clock, pump, ack } = start();
  const frames = async (count: number, commit_ms: number) => {
    for (let i = 0; i < count; i++) {
      pump.request(clock.now);
      await clock.run(pump.cadence_ms);
      ack(commit_ms);
    }
  };
  await frames(20, 5);
  expect(pump.cadence_ms).toBe(20);
  await frames(30, 30);
  expect(pump.cadence_ms).toBeCloseTo(60, 0);
  await frames(30, 4000);
  expect(pump.cadence_ms).toBe(250);
  await frames(60, 2);
  expect(pump.cadence_ms).toBe(20);
});

it("holds frames while hidden and sends what was asked for when shown", async () => {
  const { clock, pump, sent } = start({ hidden: true });
  pump.request(0);
  await clock.run(1000);
  expect(sent).toEqual([]);
  pump.setHidden(false);
  await clock.run(0);
  expect(sent).toEqual([1000]);
});

it("sends nothing after stop", async () => {
  const { clock, pump, sent } = start();
  pump.request(10);
  pump.stop();
  await clock.run(1000);
  expect(sent).toEqual([]);
});

it("answers the user at the base rate though slow commits have stretched the cadence", async () => {
  const { clock, pump, sent, ack } = start();
  for (let frame = 0; frame < 20; frame++) {
    pump.request(clock.now);
    await clock.run(250);
    ack(200);
  }
  expect(pump.cadence_ms).toBe(250);
  pump.request(clock.now);
  await clock.run(0);
  ack(200);
  const count = sent.length;
  pump.request(clock.now);
  await clock.run(100);
  expect(sent.length).toBe(count);
  pump.answer();
  await clock.run(0);
  expect(sent.length).toBe(count + 1);
});
