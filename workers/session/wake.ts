/** When the session wants its next tick. */
import { SESSION_LIMITS } from "./limits.ts";
import type { In, Session } from "./state.ts";
import { channelsOf, isLive } from "./step.ts";

/** The earliest time (ms, the clock of `step`) at which a tick has something to do; Infinity for none. */
export function wakeAt(state: Session): number {
  if (isLive(state)) return liveWakeAt(state);
  switch (state.at.phase) {
    case "waiting":
      return state.retry_at_ms;
    case "opening":
    case "identifying":
      return state.at.deadline_ms;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** When an unanswered HEARTBEAT and silence together mean that the peer is dead. */
export function deadAt(state: In<"live">): number {
  const { unanswered_ms, heartbeat_interval_ms } = state.at;
  if (unanswered_ms === null) return Number.POSITIVE_INFINITY;
  const heard = Math.max(unanswered_ms, state.last_frame_ms ?? 0);
  return heard + heartbeat_interval_ms * SESSION_LIMITS.dead_after_intervals;
}

function liveWakeAt(state: In<"live">): number {
  const { at, hidden } = state;
  let wake = Math.min(at.heartbeat_at_ms, deadAt(state));
  for (const { channel } of channelsOf(state)) {
    const { flow } = channel;
    if (flow.kind === "diverged") wake = Math.min(wake, flow.until_ms);
    if (flow.kind === "paused" && at.resync === null) wake = Math.min(wake, at.resync_at_ms);
    if (flow.kind !== "paused" && hidden && channel.credit < 1) wake = Math.min(wake, at.trickle_at_ms);
  }
  return wake;
}
