/** What ends a live session by the clock, and by how much its client sends. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { Reconnect } from "../../../protocol/stream/messages.ts";
import type { Now } from "../../clock.ts";
import { SERVER_LIMITS } from "../../limits.ts";
import type { Effect, EventOf } from "./events.ts";
import { isAhead } from "./positions.ts";
import { review } from "./rungs.ts";
import type { LiveState, NewState, Position, SessionState } from "./state.ts";
import { close, type Step, send, stay, terminate } from "./step.ts";

export function onCheck(state: LiveState, event: EventOf<"check">, now: Now): Step {
  const silence = now.ms - state.heartbeat_ms;
  if (silence > LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals) {
    return close(state, "session_timed_out", `no HEARTBEAT in ${Math.floor(silence)} ms`);
  }
  if (event.buffered_bytes > 0 && now.ms - state.drained_ms > LIMITS.drain_timeout_ms)
    return terminate(state);
  if (isAhead(state, event.world.log, now)) {
    return comeAgain(state, "behind", `the head is ${event.world.log.headSeq}`);
  }
  const drained_ms = event.buffered_bytes === 0 ? now.ms : state.drained_ms;
  const positions = new Map<string, Position>();
  const effects: Effect[] = [];
  for (const [channel, position] of state.positions) {
    const told = review(channel, position, event.room_bytes, now.ms);
    positions.set(channel, told.position);
    effects.push(...told.effects);
  }
  return stay({ ...state, drained_ms, positions }, effects);
}

export function onShutdown(state: NewState | LiveState): Step {
  return comeAgain(state, "draining", "the server stops");
}

/** One message of the client's less to come; null where it has sent too many. */
export function spend(state: SessionState, now: Now): SessionState | null {
  if (state.phase !== "live") return state;
  const { client_messages_per_s, client_burst_count } = SERVER_LIMITS;
  const { left, refilled_ms } = state.allowance;
  const earned = ((now.ms - refilled_ms) * client_messages_per_s) / 1000;
  const rest = Math.min(left + earned, client_burst_count) - 1;
  return rest < 0 ? null : { ...state, allowance: { left: rest, refilled_ms: now.ms } };
}

function comeAgain(state: NewState | LiveState, reason: Reconnect["reason"], detail: string): Step {
  const told = send({ op: "RECONNECT", reason, after_ms: LIMITS.reconnect_after_ms });
  return close(state, "restart", detail, told);
}
