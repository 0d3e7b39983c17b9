/** Hands each frame of a series to the chart that draws it: a chart is drawn by what changed, not rendered anew. */
import type { SeriesFrame } from "../../workers/api.ts";

type Listener = (frame: SeriesFrame) => void;

const listeners = new Map<string, Listener>();

/** From now on the series' frames go to `listener`, the one of its name before to nobody. Returns the stop. */
export function listenToSeries(series: string, listener: Listener): () => void {
  listeners.set(series, listener);
  return () => {
    if (listeners.get(series) === listener) listeners.delete(series);
  };
}

/** A frame that was on its way when its series closed is dropped. */
export function applySeries(frames: readonly SeriesFrame[]): void {
  for (const frame of frames) listeners.get(frame.series)?.(frame);
}
