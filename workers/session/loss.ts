/** What follows a loss: wait, with backoff, and come again; or not at all. */
import { SESSION_LIMITS } from "./limits.ts";
import type { Session } from "./state.ts";
import { count, draw, go, isLive, type Step } from "./step.ts";

/**
 * Ends what there is and waits for the next attempt. `fresh`: the cursor is void, whole windows come next.
 * `after_ms`: the server asked not to come sooner.
 */
export function lose(
  state: Session,
  now: number,
  reason: string,
  { fresh = false, after_ms = 0 }: { fresh?: boolean; after_ms?: number } = {},
): Step {
  const healthy = isLive(state) && now - state.at.since_ms >= SESSION_LIMITS.healthy_session_ms;
  const attempt = healthy ? 0 : state.attempt;
  const wait = backoff(isLive(state) ? count(state, "disconnects") : state, attempt);
  return go(
    {
      ...wait.state,
      attempt: attempt + 1,
      reason,
      retry_at_ms: now + after_ms + wait.delay_ms,
      epoch: fresh ? null : state.epoch,
    },
    { phase: "waiting" },
    [{ type: "close" }],
  );
}

/** Ends for good: trying again would come to the same. */
export function fail(state: Session, reason: string): Step {
  return go({ ...state, reason }, { phase: "failed" }, [{ type: "close" }]);
}

/** Exponential with full jitter. */
export function backoff<S extends Session>(state: S, attempt: number): { delay_ms: number; state: S } {
  const most = Math.min(SESSION_LIMITS.backoff_most_ms, SESSION_LIMITS.backoff_first_ms * 2 ** attempt);
  const jitter = draw(state);
  return { delay_ms: jitter.value * most, state: jitter.state };
}
