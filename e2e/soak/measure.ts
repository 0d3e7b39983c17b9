/** Runs a soak on an open page: readings at an interval, and the longest task of the main thread meanwhile. */
import type { Page } from "@playwright/test";
import type { MemoryProbe } from "./heap.ts";
import type { SoakSample } from "./verdict.ts";

const MS_PER_HOUR = 3_600_000;

export interface SoakOptions {
  samples: number;
  interval_ms: number;
  /** How many times the nominal rate the stream runs at. */
  speed: number;
  onSample?(sample: SoakSample): void;
}

/** Reads page and workers so many times. Begin when every window is full: what fills is no leak. */
export async function soak(page: Page, probe: MemoryProbe, options: SoakOptions): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  const start = performance.now();
  while (samples.length < options.samples) {
    const at_h = ((performance.now() - start) * options.speed) / MS_PER_HOUR;
    const sample = { at_h, ...(await probe.read()) };
    samples.push(sample);
    options.onSample?.(sample);
    await page.waitForTimeout(options.interval_ms);
  }
  return samples;
}

declare global {
  interface Window {
    /** The longest task since it was last set to 0, ms. */
    longestTaskMs: number;
  }
}

/** Counts long tasks from the page's first moment; call before it is opened. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.longestTaskMs = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        window.longestTaskMs = Math.max(window.longestTaskMs, duration);
      }
    }).observe({ type: "longtask", buffered: true });
  });
}
