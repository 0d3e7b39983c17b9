/** What handlers return, and the small moves that they are made of. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import type { StreamCounters } from "../api.ts";
import type { Effect } from "./events.ts";
import type { In, LiveChannel, PhaseState, Session } from "./state.ts";

export interface Step {
  state: Session;
  effects: readonly Effect[];
}

export function stay(state: Session, effects: readonly Effect[] = []): Step {
  return { state, effects };
}

export function go(state: Session, at: PhaseState, effects: readonly Effect[] = []): Step {
  return { state: { ...state, at }, effects };
}

/** Does `next` where `step` left off, if the session is live there. */
export function thenLive(step: Step, next: (state: In<"live">) => Step): Step {
  if (!isLive(step.state)) return step;
  const after = next(step.state);
  return { state: after.state, effects: [...step.effects, ...after.effects] };
}

export function isLive(state: Session): state is In<"live"> {
  return state.at.phase === "live";
}

/** A new number for a request or a connection. */
export function takeId<S extends Session>(state: S): { id: number; state: S } {
  return { id: state.next_id, state: { ...state, next_id: state.next_id + 1 } };
}

export function count<S extends Session>(state: S, counter: keyof StreamCounters, by = 1): S {
  return { ...state, counters: { ...state.counters, [counter]: state.counters[counter] + by } };
}

/** A live session with its phase's fields changed. */
export function inLive(state: In<"live">, change: Partial<In<"live">["at"]>): In<"live"> {
  return { ...state, at: { ...state.at, ...change } };
}

export function inChannel(state: In<"live">, name: ChannelName, change: Partial<LiveChannel>): In<"live"> {
  const channel = state.at.channels[name];
  if (channel === undefined) return state;
  return inLive(state, { channels: { ...state.at.channels, [name]: { ...channel, ...change } } });
}

/** The live channels with their names, in the order of the subscriptions. */
export function channelsOf(state: In<"live">): { name: ChannelName; channel: LiveChannel }[] {
  const all: { name: ChannelName; channel: LiveChannel }[] = [];
  for (const name of state.subscriptions) {
    const channel = state.at.channels[name];
    if (channel !== undefined) all.push({ name, channel });
  }
  return all;
}

/** The cursors of the channels that the server is to have subscribed. */
export function cursorsOf(state: Session): ByChannel<number> {
  const cursors: ByChannel<number> = {};
  for (const name of state.subscriptions) {
    const seq = state.seqs[name];
    if (seq !== undefined) cursors[name] = seq;
  }
  return cursors;
}

/** The oldest of cursors; 0 for none. */
export function oldest(cursors: ByChannel<number>): number {
  const seqs = Object.values(cursors);
  return seqs.length === 0 ? 0 : Math.min(...seqs);
}

/** A number in [0, 1) from the session's own generator (mulberry32), so that a run is repeated by its seed. */
export function draw<S extends Session>(state: S): { value: number; state: S } {
  const random = (state.random + 0x6d2b79f5) >>> 0;
  let t = Math.imul(random ^ (random >>> 15), random | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return { value: ((t ^ (t >>> 14)) >>> 0) / 2 ** 32, state: { ...state, random } };
}
