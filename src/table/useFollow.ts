import { useCallback, useEffect, useRef, useState } from "react";
import { useStream } from "../stream/context.ts";

/** How long a table holds still after the last movement over its rows. */
const HOLD_MS = 5000;

export interface Follow {
  /** The newest rows come in at the top. */
  following: boolean;
  /** The user acts in the rows: they hold still, so that nothing moves under the pointer or the cursor. */
  hold(): void;
  /** The user has left the rows. */
  release(): void;
}

/**
 * A table follows while it stands at its top and nobody is acting in it. A pointer that only rests there must not
 * freeze the table for hours, so a hold ends by itself.
 */
export function useFollow(view: string, atTop: boolean): Follow {
  const calls = useStream();
  const [held, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const following = atTop && !held;

  useEffect(() => {
    void calls.setFollow(view, following);
  }, [calls, view, following]);

  const release = useCallback(() => {
    clearTimeout(timer.current);
    setHeld(false);
  }, []);
  const hold = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(release, HOLD_MS);
    setHeld(true);
  }, [release]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return { following, hold, release };
}
