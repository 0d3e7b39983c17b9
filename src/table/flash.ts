/**
 * Marks a row that changed, for a moment. A plain background that goes on and off again, not an animation: a dozen
 * fading rows a second keep the compositor drawing all day, and every other paint waiting for it.
 */
const SHOWN_MS = 600;
/** Marks are taken back together, so often. */
const SWEEP_MS = 200;

const until = new Map<HTMLElement, number>();
let timer: ReturnType<typeof setTimeout> | null = null;

/** Sets `data-changed` on the row for 600 to 800 ms; again from now where it stands already. */
export function flash(row: HTMLElement): void {
  row.dataset["changed"] = "";
  until.delete(row);
  until.set(row, performance.now() + SHOWN_MS);
  timer ??= setTimeout(sweep, SWEEP_MS);
}

/** Takes the mark back at once. */
export function endFlash(row: HTMLElement): void {
  if (until.delete(row)) delete row.dataset["changed"];
}

function sweep(): void {
  const now = performance.now();
  for (const [row, end] of until) {
    if (end > now) break;
    endFlash(row);
  }
  timer = until.size === 0 ? null : setTimeout(sweep, SWEEP_MS);
}
