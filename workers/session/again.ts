/** Coming again: after the backoff, when a probe finds the server ready, or when somebody asks for it. */
import { bootstrap } from "./bootstrap.ts";
import { nextProbe } from "./endings.ts";
import type { EventOf } from "./events.ts";
import { goodToken, open } from "./handshake.ts";
import type { In, Session } from "./state.ts";
import { go, type Step, stay, takeId } from "./step.ts";

/** With RESUME while a token is good, else by HTTP. */
function comeAgain(state: Session, now: number): Step {
  const token = goodToken(state, now);
  return token === null ? bootstrap(state) : open(state, now, token);
}

export function onWaitingTick(state: In<"waiting">, _: EventOf<"tick">, now: number): Step {
  return now < state.retry_at_ms ? stay(state) : comeAgain(state, now);
}

export function onUnreachableTick(state: In<"unreachable">, _: EventOf<"tick">, now: number): Step {
  const { probe, probe_at_ms } = state.at;
  if (probe !== null || now < probe_at_ms) return stay(state);
  const { id: request, state: next } = takeId(state);
  return go(next, { ...state.at, probe: request }, [{ type: "probe", request }]);
}

export function onProbed(state: In<"unreachable">, { ready }: EventOf<"probed">, now: number): Step {
  if (ready) return comeAgain({ ...state, retry_at_ms: now }, now);
  const next = nextProbe(state, now);
  return go(next.state, { phase: "unreachable", probe: null, probe_at_ms: next.probe_at_ms });
}

export function onRetry(state: In<"waiting" | "unreachable">, _: EventOf<"retry">, now: number): Step {
  // Else a network that comes and goes would open the breaker in seconds, by its own calls.
  const hurried = state.at.phase === "waiting";
  const again = comeAgain({ ...state, retry_at_ms: now, hurried }, now);
  // A probe may be in flight.
  return { state: again.state, effects: [{ type: "close" }, ...again.effects] };
}
