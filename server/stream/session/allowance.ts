/** How much a client may send: each frame is paid from an allowance that time refills. */
import type { Now } from "../../clock.ts";
import { SERVER_LIMITS } from "../../limits.ts";
import type { EventOf } from "./events.ts";
import type { Allowance, LiveState, NewState } from "./state.ts";
import { close, type Step, stay } from "./step.ts";

export function fullAllowance(now: Now): Allowance {
  return { left: SERVER_LIMITS.client_burst_count, refilled_ms: now.ms };
}

/** A handler of the client's frames, which are paid for before they are handled. */
export function paid<S extends NewState | LiveState, E>(
  handler: (state: S, event: E, now: Now) => Step,
): (state: S, event: E, now: Now) => Step {
  return (state, event, now) => {
    const { client_messages_per_s, client_burst_count } = SERVER_LIMITS;
    const { left, refilled_ms } = state.allowance;
    const earned = ((now.ms - refilled_ms) * client_messages_per_s) / 1000;
    const rest = Math.min(left + earned, client_burst_count) - 1;
    if (rest < 0) return close(state, "rate_limited", `over ${client_messages_per_s} frames a second`);
    return handler({ ...state, allowance: { left: rest, refilled_ms: now.ms } }, event, now);
  };
}

/** A ping is answered while the socket has room, so that one who pings and does not read fills nothing. */
export function onControl(state: NewState | LiveState, { frame, room_bytes }: EventOf<"control">): Step {
  return stay(state, frame === "ping" && room_bytes > 0 ? [{ type: "pong" }] : []);
}
