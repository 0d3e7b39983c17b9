import { expect, it } from "vitest";
import { Rate, Samples } from "./samples.ts";

it("gives the nearest-rank 95th percentile of the last 512", () => {
  const samples = new Samples();
  expect(samples.p95()).toBeNull();
  samples.add(7);
  expect(samples.p95()).toBe(7);
  for (let value = 1; value <= 512; value++) samples.add(value);
  expect(samples.p95()).toBe(Math.ceil(512 * 0.95));
  for (let i = 0; i < 10_000; i++) samples.add(3);
  expect(samples.size).toBe(512);
  expect(samples.p95()).toBe(3);
  expect(samples.sum()).toBe(3 * 512);
});

it("counts per second over the last 5 s, and forgets what is older", () => {
  const rate = new Rate();
  const t0 = 1_700_000_000_000;
  for (let i = 0; i < 50; i++) rate.add(10, t0 + i * 100);
  expect(rate.perSecond(t0 + 4999)).toBe(100);
  expect(rate.perSecond(t0 + 7499)).toBe(50);
  expect(rate.perSecond(t0 + 60_000)).toBe(0);
  rate.add(5, t0 + 60_000);
  expect(rate.perSecond(t0 + 60_000)).toBe(1);
});
