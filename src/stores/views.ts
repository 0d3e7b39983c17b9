/** The last frame of each open view: the rows that its table may draw. */
import { create } from "zustand";
import type { ViewFrame } from "../../workers/api.ts";

/** By view name. A view that is not here has had no frame yet. */
type ViewsState = Readonly<Record<string, ViewFrame>>;

export const useViews = create<ViewsState>(() => ({}));

/** Only the views in `frames` change identity, so only their tables render. */
export function applyViews(frames: readonly ViewFrame[]): void {
  if (frames.length === 0) return;
  useViews.setState(Object.fromEntries(frames.map((frame) => [frame.view, frame])));
}

/** Forgets a closed view, so that a view opened again under its name does not start with old rows. */
export function forgetView(view: string): void {
  const { [view]: _gone, ...rest } = useViews.getState();
  useViews.setState(rest, true);
}
