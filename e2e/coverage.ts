/** Watches a table frame by frame: do its rows cover the box, and do they say something? */
import type { Locator } from "@playwright/test";

export interface Coverage {
  frames: number;
  /** Pixels scrolled, up and down added. */
  distance: number;
  /** Frames in which some part of the box had no row. */
  uncovered: number;
  /** Frames in which a row within the box had no text. */
  unread: number;
  /** How long, at most, such a row stood still before its text came. */
  longestWait_ms: number;
}

declare global {
  interface Window {
    coverage: Coverage;
  }
}

/** Begins to watch `grid`; it goes on until the page closes. */
export async function watchCoverage(grid: Locator): Promise<void> {
  await grid.evaluate((element) => {
    window.coverage = { frames: 0, distance: 0, uncovered: 0, unread: 0, longestWait_ms: 0 };
    const header = element.querySelector("[role=columnheader]") as HTMLElement;
    let lastTop = element.scrollTop;
    let movedAt = performance.now();

    const look = (now: number) => {
      const found = window.coverage;
      found.frames++;
      if (element.scrollTop !== lastTop) movedAt = now;
      found.distance += Math.abs(element.scrollTop - lastTop);
      lastTop = element.scrollTop;
      const bottom = element.getBoundingClientRect().top + element.clientHeight;
      let reached = header.getBoundingClientRect().bottom;
      let unread = false;
      const rows = [...element.querySelectorAll<HTMLElement>("[role=rowgroup] [role=row]")];
      const boxes = rows.map((row) => ({ row, box: row.getBoundingClientRect() }));
      for (const { row, box } of boxes.toSorted((a, b) => a.box.top - b.box.top)) {
        if (box.bottom <= reached || box.top >= bottom) continue;
        if (box.top > reached + 1) break;
        reached = box.bottom;
        if ((row.textContent ?? "").trim() === "") unread = true;
      }
      if (reached < bottom - 1) found.uncovered++;
      if (unread) {
        found.unread++;
        found.longestWait_ms = Math.max(found.longestWait_ms, now - movedAt);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** What was seen since it was last asked. */
export function coverageSince(grid: Locator): Promise<Coverage> {
  return grid.evaluate(() => {
    const seen = window.coverage;
    window.coverage = { frames: 0, distance: 0, uncovered: 0, unread: 0, longestWait_ms: 0 };
    return seen;
  });
}
