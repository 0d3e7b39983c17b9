/** The last frame of each open view: the rows that its table may draw. */
import { create } from "zustand";
import type { ViewFrame } from "../../workers/api.ts";

/** By view name. A view that is not here is not open; one that is null has had no frame yet. */
type ViewsState = Readonly<Record<string, ViewFrame | null>>;

export const useViews = create<ViewsState>(() => ({}));

/** From now on the view's frames are taken. One that is open keeps the frame that it has. */
export function expectView(view: string): void {
  const { [view]: frame = null } = useViews.getState();
  useViews.setState({ [view]: frame });
}

/**
 * Only the views in `frames` change identity, so only their tables render. A frame that was on its way when its view
 * closed is dropped.
 */
export function applyViews(frames: readonly ViewFrame[]): void {
  const open = useViews.getState();
  const taken = frames.filter(({ view }) => Object.hasOwn(open, view));
  if (taken.length === 0) return;
  useViews.setState(Object.fromEntries(taken.map((frame) => [frame.view, frame])));
}

/** Forgets a closed view, so that a view opened again under its name does not start with old rows. */
export function forgetView(view: string): void {
  const { [view]: _gone, ...rest } = useViews.getState();
  useViews.setState(rest, true);
}
