/** When the session wants its next tick. */
import { SESSION_LIMITS } from "./limits.ts";
import type { In, Session } from "./state.ts";
import { channelsOf } from "./step.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** The earliest time (ms, the clock of `step`) at which a tick has something to do; Infinity for none. */
export function wakeAt(state: Session): number {
  return Math.min(sleepAt(state), phaseWakeAt(state));
}

/** When a session that nobody sees closes. */
export function sleepAt({ at, hidden_since_ms }: Session): number {
  const rests = at.phase === "idle" || at.phase === "asleep" || at.phase === "failed";
  return rests || hidden_since_ms === null ? NEVER : hidden_since_ms + SESSION_LIMITS.asleep_after_ms;
}

function phaseWakeAt(state: Session): number {
  const { at } = state;
  switch (at.phase) {
    case "live":
      return liveWakeAt(state as In<"live">);
    case "waiting":
      return state.retry_at_ms;
    case "opening":
    case "identifying":
    case "resuming":
      return at.deadline_ms;
    case "unreachable":
      return at.probe === null ? at.probe_at_ms : NEVER;
    case "idle":
    case "bootstrapping":
    case "asleep":
    case "failed":
      return NEVER;
  }
}

/** When an unanswered HEARTBEAT and silence together mean that the peer is dead. */
export function deadAt(state: In<"live">): number {
  const { unanswered_ms, heartbeat_interval_ms } = state.at;
  if (unanswered_ms === null) return NEVER;
  const heard = Math.max(unanswered_ms, state.last_frame_ms ?? 0);
  return heard + heartbeat_interval_ms * SESSION_LIMITS.dead_after_intervals;
}

function liveWakeAt(state: In<"live">): number {
  const { at, hidden_since_ms } = state;
  let wake = Math.min(at.heartbeat_at_ms, deadAt(state));
  for (const { channel } of channelsOf(state)) {
    const { flow } = channel;
    if (flow.kind === "diverged") wake = Math.min(wake, flow.until_ms);
    if (flow.kind === "paused" && at.resync === null) wake = Math.min(wake, at.resync_at_ms);
    const trickles = hidden_since_ms !== null && flow.kind !== "paused" && channel.credit < 1;
    if (trickles) wake = Math.min(wake, at.trickle_at_ms);
  }
  return wake;
}
