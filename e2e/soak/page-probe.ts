/** What the page itself observes for a soak: its long tasks, and how long a row's details take to be on the screen. */
import type { Page } from "@playwright/test";

export interface LongTasks {
  /** Tasks over 50 ms. */
  count: number;
  longest_ms: number;
}

/** `found`: all of it is painted; `gone`: so is the answer that it is not held; `missed`: the click met no row. */
export interface Opened {
  outcome: "found" | "gone" | "missed" | "never";
  /** From the click, as the browser took it, to after the paint. */
  ms: number;
}

interface Probe extends LongTasks {
  /** Tasks that began before are not counted (performance.now()). */
  from_ms: number;
  opened: Promise<Opened>;
  forget(): void;
  expectOpening(): void;
  whenOpen(clicked_ms: number, deadline_ms: number, resolve: (opened: Opened) => void): void;
}

declare global {
  interface Window {
    soak: Probe;
  }
}

const OPENING_DEADLINE_MS = 10_000;

/** Call before the page is opened. (Only methods in it: a named function would refer to the compiler's own helper.) */
export async function installPageProbe(page: Page): Promise<void> {
  await page.addInitScript((deadline_ms) => {
    window.soak = {
      count: 0,
      longest_ms: 0,
      from_ms: 0,
      opened: Promise.resolve({ outcome: "never", ms: 0 }),

      forget() {
        this.count = 0;
        this.longest_ms = 0;
        this.from_ms = performance.now();
      },

      expectOpening() {
        this.opened = new Promise((resolve) => {
          setTimeout(() => resolve({ outcome: "never", ms: 0 }), 2 * deadline_ms);
          document.addEventListener(
            "click",
            ({ target, timeStamp }) => {
              const row = target instanceof Element ? target.closest("[role=row][data-id]") : null;
              if (row === null) resolve({ outcome: "missed", ms: 0 });
              else this.whenOpen(timeStamp, timeStamp + deadline_ms, resolve);
            },
            { capture: true, once: true },
          );
        });
      },

      whenOpen(clicked_ms, end_ms, resolve) {
        requestAnimationFrame(() => {
          const answered = document.querySelector("#details section:not([aria-busy])") !== null;
          if (!answered && performance.now() < end_ms) return this.whenOpen(clicked_ms, end_ms, resolve);
          const found = document.querySelector('#details [aria-label="Life cycle"]') !== null;
          const outcome = !answered ? "never" : found ? "found" : "gone";
          // A message posted before the paint is handled after it.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve({ outcome, ms: performance.now() - clicked_ms });
          port2.postMessage(null);
        });
      },
    };

    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        if (startTime < window.soak.from_ms) continue;
        window.soak.count++;
        window.soak.longest_ms = Math.max(window.soak.longest_ms, duration);
      }
    }).observe({ type: "longtask", buffered: true });
  }, OPENING_DEADLINE_MS);
}

/** Where in a table the click goes: the fourth row below the header. */
const CLICK = { x: 80, y: 4.5 * 24 };

/** Clicks a row of `panel` as a user does, waits until its details are painted, and closes them again. */
export async function openDetails(page: Page, panel: string): Promise<Opened> {
  const box = await page.locator(`[data-panel="${panel}"] [role=grid]`).boundingBox();
  if (box === null) return { outcome: "missed", ms: 0 };
  await page.evaluate(() => window.soak.expectOpening());
  await page.mouse.click(box.x + CLICK.x, box.y + CLICK.y);
  const opened = await page.evaluate(() => window.soak.opened);
  await page.keyboard.press("Escape");
  // Rows hold still under the pointer: off the tables with it.
  await page.mouse.move(1, 1);
  return opened;
}
