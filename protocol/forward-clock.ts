/**
 * Milliseconds since the Unix epoch that never go back: of a steady clock, which many systems stop while the machine sleeps,
 * put forward wherever the wall clock, which may be set back, has got ahead of it. Page and worker each make one, and so
 * agree on the time.
 */
export function forwardClock(wall: () => number, steady: () => number): () => number {
  let offset_ms = Number.NEGATIVE_INFINITY;
  return () => {
    const at_ms = steady();
    offset_ms = Math.max(offset_ms, wall() - at_ms);
    return at_ms + offset_ms;
  };
}
