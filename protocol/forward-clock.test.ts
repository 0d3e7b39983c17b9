import { expect, it } from "vitest";
import { forwardClock } from "./forward-clock.ts";

const HOUR_MS = 3_600_000;

function machine() {
  const time = { wall: 1_700_000_000_000, steady: 5 };
  const pass = (wall_ms: number, steady_ms: number) => {
    time.wall += wall_ms;
    time.steady += steady_ms;
  };
  const clock = () =>
    forwardClock(
      () => time.wall,
      () => time.steady,
    );
  return { time, pass, clock };
}

it("is the wall clock's time, also after the machine slept and the steady clock stood still", () => {
  const { time, pass, clock } = machine();
  const [page, worker] = [clock(), clock()];
  expect(page()).toBe(time.wall);
  pass(HOUR_MS, 0);
  expect(page()).toBe(time.wall);
  pass(20.5, 20.5);
  expect([page(), worker()]).toEqual([time.wall, time.wall]);
});

it("goes on at its own pace where the wall clock is set back", () => {
  const { time, pass, clock } = machine();
  const now = clock();
  const before = now();
  pass(-HOUR_MS, 10);
  expect(now()).toBe(before + 10);
  pass(10, 10);
  expect(now()).toBe(before + 20);
  pass(2 * HOUR_MS, 10);
  expect(now()).toBe(time.wall);
});
