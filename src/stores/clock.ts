/** The page's one clock for ages and countdowns. It ticks once a second; a browser slows it in a hidden page. */
import { create } from "zustand";

export const useClock = create<{ now: number }>(() => ({ now: Date.now() }));

/** Starts it; `onTick` is what else the page does at each tick. Returns the stop. */
export function startClock(onTick: () => void): () => void {
  const timer = setInterval(() => {
    useClock.setState({ now: Date.now() });
    onTick();
  }, 1000);
  return () => clearInterval(timer);
}
