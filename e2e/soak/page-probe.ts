/** What the page itself observes for a soak: its long tasks, and how long a row's details take to be on the screen. */
import type { Page } from "@playwright/test";
import { DETAIL_LIMITS } from "../../workers/limits.ts";

export interface LongTasks {
  /** Tasks over 50 ms. */
  count: number;
  longest_ms: number;
}

/** `found`: all of it is painted; `gone`: so is the answer that it is not held; `missed`: the click met no fresh row. */
export interface Opened {
  outcome: "found" | "gone" | "missed" | "never";
  /** From the click, as the browser took it, to after the paint. */
  ms: number;
}

interface Probe extends LongTasks {
  /** Tasks that began before are not counted (performance.now()). */
  from_ms: number;
  opened: Promise<Opened>;
  /** When each transaction was last opened (performance.now()): of those, the page may still hold the answer. */
  asked: Map<string, number>;
  forget(): void;
  /** Hash of the row's transaction where it has one that was not opened of late. */
  freshHash(row: Element): string | null;
  /** Where the first such row of the grid is in full view, px from the top of the window; null: nowhere. */
  freshRow(grid: Element): number | null;
  expectOpening(): void;
  whenOpen(clicked_ms: number, deadline_ms: number, resolve: (opened: Opened) => void): void;
}

declare global {
  interface Window {
    soak: Probe;
  }
}

const OPENING_DEADLINE_MS = 10_000;
/** From a click, until the page is sure to ask the server again. */
const HELD_MS = OPENING_DEADLINE_MS + DETAIL_LIMITS.ttl_ms;

/** Call before the page is opened. (Only methods in it: a named function would refer to the compiler's own helper.) */
export async function installPageProbe(page: Page): Promise<void> {
  await page.addInitScript(
    ([deadline_ms, held_ms]) => {
      window.soak = {
        count: 0,
        longest_ms: 0,
        from_ms: 0,
        opened: Promise.resolve({ outcome: "never", ms: 0 }),

        asked: new Map(),

        forget() {
          this.count = 0;
          this.longest_ms = 0;
          this.from_ms = performance.now();
        },

        freshHash(row) {
          for (const [hash, at_ms] of this.asked) {
            if (performance.now() > at_ms + held_ms) this.asked.delete(hash);
          }
          const titles = Array.from(row.querySelectorAll("[role=gridcell]"), (cell) =>
            cell.getAttribute("title"),
          );
          const hash = titles.find((title) => title?.length === 66 && title.startsWith("0x")) ?? null;
          return hash === null || this.asked.has(hash) ? null : hash;
        },

        freshRow(grid) {
          const header = grid.querySelector("[role=columnheader]")?.getBoundingClientRect().bottom ?? 0;
          const end = grid.getBoundingClientRect().bottom;
          for (const row of grid.querySelectorAll("[role=row][data-id]")) {
            const { top, bottom } = row.getBoundingClientRect();
            if (top >= header && bottom <= end && this.freshHash(row) !== null) return (top + bottom) / 2;
          }
          return null;
        },

        expectOpening() {
          this.opened = new Promise((resolve) => {
            setTimeout(() => resolve({ outcome: "never", ms: 0 }), 2 * deadline_ms);
            document.addEventListener(
              "click",
              ({ target, timeStamp }) => {
                const row = target instanceof Element ? target.closest("[role=row][data-id]") : null;
                const hash = row && this.freshHash(row);
                if (hash === null) return resolve({ outcome: "missed", ms: 0 });
                this.asked.set(hash, timeStamp);
                this.whenOpen(timeStamp, timeStamp + deadline_ms, resolve);
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
    },
    [OPENING_DEADLINE_MS, HELD_MS] as const,
  );
}

/** Where in a table the pointer rests before it clicks: the fourth row below the header. */
const REST = { x: 80, y: 4.5 * 24 };

/**
 * Clicks a row of `panel` as a user does, waits until its details are painted, and closes them again. The row is one
 * whose details the page has to ask for.
 */
export async function openDetails(page: Page, panel: string): Promise<Opened> {
  const grid = page.locator(`[data-panel="${panel}"] [role=grid]`);
  const box = await grid.boundingBox();
  if (box === null) return { outcome: "missed", ms: 0 };
  const x = box.x + REST.x;
  await page.mouse.move(x, box.y + REST.y);
  const y = await grid.evaluate((element) => window.soak.freshRow(element));
  let opened: Opened = { outcome: "missed", ms: 0 };
  if (y !== null) {
    await page.evaluate(() => window.soak.expectOpening());
    await page.mouse.click(x, y);
    opened = await page.evaluate(() => window.soak.opened);
    await page.keyboard.press("Escape");
  }
  // Rows hold still under the pointer: off the tables with it.
  await page.mouse.move(1, 1);
  return opened;
}
