/** Which rows a table asks its worker for: those on screen and around them, and where a fast scroll is heading. */
import { useEffect, useRef } from "react";
import type { ViewRange } from "../../workers/api.ts";
import { useStream } from "../stream/context.ts";

/** Rows asked for beyond each edge of the screen, so that a wheel's scroll finds them here. */
const BEYOND_ROWS = 80;
/** From asking for rows to having them drawn: a tick of the worker's cadence, a commit, a paint. */
const LEAD_MS = 100;
/** However fast the thumb is dragged, so many rows ahead at most. */
const MOST_LEAD_ROWS = 600;

/** `speed` in rows per ms, negative upwards. */
export function askedRange(first: number, page: number, speed: number): ViewRange {
  const lead = Math.min(MOST_LEAD_ROWS, Math.round(Math.abs(speed) * LEAD_MS));
  const above = BEYOND_ROWS + (speed < 0 ? lead : 0);
  const below = BEYOND_ROWS + (speed > 0 ? lead : 0);
  return { start: Math.max(0, first - above), end: first + page + below };
}

/** Tells the worker of every change at once. `first`: topmost row on screen; `page`: rows that fit; 0 before layout. */
export function useAskedRange(view: string, first: number, page: number, scrolling: boolean): void {
  const calls = useStream();
  const before = useRef({ first, at_ms: 0 });
  useEffect(() => {
    if (page === 0) return;
    const at_ms = performance.now();
    const passed_ms = at_ms - before.current.at_ms;
    const speed = scrolling && passed_ms > 0 ? (first - before.current.first) / passed_ms : 0;
    before.current = { first, at_ms };
    void calls.setRange(view, askedRange(first, page, speed));
  }, [calls, view, first, page, scrolling]);
}
