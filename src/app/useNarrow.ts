import { useSyncExternalStore } from "react";

/** The same width as in the style sheets. */
const query = typeof matchMedia === "undefined" ? null : matchMedia("(width < 900px)");

/** Whether the screen has room for one panel only. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query?.matches ?? false);
}

function subscribe(onChange: () => void): () => void {
  query?.addEventListener("change", onChange);
  return () => query?.removeEventListener("change", onChange);
}
