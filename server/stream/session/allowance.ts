/** How much a client may send: each frame is paid from an allowance that time refills. */
import type { Now } from "../../clock.ts";
import { SERVER_LIMITS } from "../../limits.ts";
import type { EventOf, SessionEvent } from "./events.ts";
import type { Allowance, LiveState, NewState, SessionState } from "./state.ts";
import { type Step, stay } from "./step.ts";

export function fullAllowance(now: Now): Allowance {
  return { left: SERVER_LIMITS.client_burst_count, refilled_ms: now.ms };
}

/** The state after `event` was paid for; null where the client has sent too much. */
export function pay(state: SessionState, event: SessionEvent, now: Now): SessionState | null {
  const isFrame = "message" in event || event.type === "control";
  if (!isFrame || state.phase === "closed") return state;
  const { client_messages_per_s, client_burst_count } = SERVER_LIMITS;
  const { left, refilled_ms } = state.allowance;
  const earned = ((now.ms - refilled_ms) * client_messages_per_s) / 1000;
  const rest = Math.min(left + earned, client_burst_count) - 1;
  return rest < 0 ? null : { ...state, allowance: { left: rest, refilled_ms: now.ms } };
}

/** A ping is answered while the socket has room, so that one who pings and does not read fills nothing. */
export function onControl(state: NewState | LiveState, { frame, room_bytes }: EventOf<"control">): Step {
  return stay(state, frame === "ping" && room_bytes > 0 ? [{ type: "pong" }] : []);
}
