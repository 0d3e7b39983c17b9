/** Whether anybody sees the page. After minutes unseen the client closes; what is on the screen stays, marked stale. */
import { bootstrap } from "./bootstrap.ts";
import type { EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import type { In, Session } from "./state.ts";
import { go, inLive, type Step, stay } from "./step.ts";
import { sleepAt } from "./wake.ts";

export function onHidden(state: Session, { hidden }: EventOf<"hidden">, now: number): Step {
  const next = { ...state, hidden_since_ms: hidden ? (state.hidden_since_ms ?? now) : null };
  if (hidden || now < sleepAt(state)) return stay(next);
  // It should have closed, but was frozen with its timers.
  const asleep = fallAsleep(next);
  const awake = bootstrap(asleep.state);
  return { state: awake.state, effects: [...asleep.effects, ...awake.effects] };
}

export function onLiveHidden(state: In<"live">, event: EventOf<"hidden">, now: number): Step {
  return onHidden(inLive(state, { trickle_at_ms: now + SESSION_LIMITS.trickle_ms }), event, now);
}

export function onAsleepHidden(state: In<"asleep">, event: EventOf<"hidden">, now: number): Step {
  const { state: next } = onHidden(state, event, now);
  return event.hidden ? stay(next) : bootstrap(next);
}

/** A phase's tick, but for the one that finds it time to sleep. */
export function unlessAsleep<S extends Session>(
  onTick: (state: S, event: EventOf<"tick">, now: number) => Step,
): (state: S, event: EventOf<"tick">, now: number) => Step {
  return (state, event, now) => (now < sleepAt(state) ? onTick(state, event, now) : fallAsleep(state));
}

function fallAsleep(state: Session): Step {
  const rested = { ...state, token: null, failures: 0, reason: "", hurried: false };
  return go(rested, { phase: "asleep" }, [{ type: "close" }]);
}
