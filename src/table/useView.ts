import { useLayoutEffect } from "react";
import type { ViewFrame, ViewSpec } from "../../workers/api.ts";
import { expectView, forgetView, useViews } from "../stores/views.ts";
import { useStream } from "../stream/context.ts";

/** Keeps the view open in the worker as `spec` (memoised by the caller) says, and gives its last frame. */
export function useView(view: string, spec: ViewSpec): ViewFrame | undefined {
  const calls = useStream();
  // In the layout phase, so that the view is open before a table inside says which of its rows it shows.
  useLayoutEffect(() => {
    expectView(view);
    void calls.openView(view, spec);
  }, [calls, view, spec]);
  // In that phase too, so that one that takes the view's place opens it after this has closed it.
  useLayoutEffect(
    () => () => {
      void calls.closeView(view);
      forgetView(view);
    },
    [calls, view],
  );
  return useViews((views) => views[view] ?? undefined);
}
