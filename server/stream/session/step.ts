/** What handlers return, and the small moves that they are made of. */
import type { CloseReason } from "../../../protocol/stream/limits.ts";
import type { ServerMessage } from "../../../protocol/stream/messages.ts";
import type { Counted, Effect, EventOf } from "./events.ts";
import type { LiveState, Log, Position, SessionState } from "./state.ts";

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}

const NONE: readonly Effect[] = [];

export function stay(state: SessionState, effects: readonly Effect[] = NONE): Step {
  return { state, effects };
}

export function send(message: ServerMessage): Effect {
  return { type: "send", message };
}

export function count(counted: Counted): Effect {
  return { type: "count", counted };
}

/** `last`: what the client is told before. */
export function close(state: SessionState, reason: CloseReason, detail: string, ...last: Effect[]): Step {
  return {
    state: { phase: "closed", id: state.id },
    effects: [...last, { type: "close", reason, detail }],
  };
}

export function terminate(state: SessionState): Step {
  return { state: { phase: "closed", id: state.id }, effects: [{ type: "terminate" }] };
}

export function inChannel(state: LiveState, channel: string, position: Position): LiveState {
  return { ...state, positions: new Map(state.positions).set(channel, position) };
}

/** The first of `names` that is no channel, as text for a close reason. */
export function unknownChannel(log: Log, names: readonly string[]): string | null {
  const found = names.find((name) => log.channel(name) === null);
  return found === undefined ? null : `no channel ${JSON.stringify(found.slice(0, 64))}`;
}

export const ignore = (state: SessionState): Step => stay(state);

export function onRefused(state: SessionState, { reason, detail }: EventOf<"refused">): Step {
  return close(state, reason, detail);
}

export function onGone(state: SessionState): Step {
  return stay({ phase: "closed", id: state.id });
}
