/** What ends a live session by the clock, and when the server stops. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { Reconnect } from "../../../protocol/stream/messages.ts";
import type { Now } from "../../clock.ts";
import type { Effect, EventOf } from "./events.ts";
import { isAhead } from "./positions.ts";
import { review } from "./rungs.ts";
import type { LiveState, NewState, Position } from "./state.ts";
import { close, type Step, send, stay, terminate } from "./step.ts";

export function onCheck(state: LiveState, event: EventOf<"check">, now: Now): Step {
  const silence = now.ms - state.heartbeat_ms;
  if (silence > LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals) {
    return close(state, "session_timed_out", `no HEARTBEAT in ${Math.floor(silence)} ms`);
  }
  const { taken_count, buffered_bytes } = event;
  const drained_ms = buffered_bytes === 0 || taken_count > state.taken_count ? now.ms : state.drained_ms;
  if (now.ms - drained_ms > LIMITS.drain_timeout_ms) return terminate(state);
  if (isAhead(state, event.world.log, now)) {
    return comeAgain(state, "behind", `the head is ${event.world.log.headSeq}`);
  }
  const positions = new Map<string, Position>();
  const effects: Effect[] = [];
  for (const [channel, position] of state.positions) {
    const told = review(channel, position, event.room_bytes, now.ms);
    positions.set(channel, told.position);
    effects.push(...told.effects);
  }
  return stay({ ...state, drained_ms, taken_count, positions }, effects);
}

export function onShutdown(state: NewState | LiveState): Step {
  return comeAgain(state, "draining", "the server stops");
}

function comeAgain(state: NewState | LiveState, reason: Reconnect["reason"], detail: string): Step {
  const told = send({ op: "RECONNECT", reason, after_ms: LIMITS.reconnect_after_ms });
  return close(state, "restart", detail, told);
}
