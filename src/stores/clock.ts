/** The page's one clock for ages and countdowns: a whole second's ticks, stopped while nobody can see them. */
import { create } from "zustand";

export const useClock = create<{ now: number }>(() => ({ now: Date.now() }));

/** Starts it; `onTick` runs once a second, also for what else the page samples. Returns the stop. */
export function startClock(onTick: () => void): () => void {
  const timer = setInterval(() => {
    if (document.hidden) return;
    useClock.setState({ now: Date.now() });
    onTick();
  }, 1000);
  return () => clearInterval(timer);
}
