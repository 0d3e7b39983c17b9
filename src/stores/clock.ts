/** The page's clocks. The one for ages and countdowns ticks once a second; a browser slows it in a hidden page. */
import { create } from "zustand";
import { forwardClock } from "../../protocol/forward-clock.ts";

/** Unix time in ms as the worker has it, for what both ends measure together. */
export const workerTime = forwardClock(
  () => Date.now(),
  () => performance.now(),
);

export const useClock = create<{ now: number }>(() => ({ now: Date.now() }));

/** Starts it; `onTick` is what else the page does at each tick. Returns the stop. */
export function startClock(onTick: () => void): () => void {
  const timer = setInterval(() => {
    useClock.setState({ now: Date.now() });
    onTick();
  }, 1000);
  return () => clearInterval(timer);
}
