/** Channels that come and go. One that comes is fetched whole, then SUBSCRIBEd; one that goes is forgotten. */
import { isMainChannel } from "../../protocol/stream/channels.ts";
import type { EventOf } from "./events.ts";
import { unsubscribe } from "./handshake.ts";
import { requestResync } from "./resync.ts";
import { freshChannel, type In, type Session } from "./state.ts";
import { go, inLive, type Step, stay } from "./step.ts";

/** Not live: the next bootstrap fetches it, or it is new to the next session. */
export function onSubscribe(state: Session, { channel }: EventOf<"subscribe">): Step {
  return stay(withSubscription(state, channel));
}

export function onLiveSubscribe(state: In<"live">, { channel }: EventOf<"subscribe">, now: number): Step {
  if (state.subscriptions.includes(channel)) return stay(state);
  const channels = {
    ...state.at.channels,
    [channel]: freshChannel({ kind: "paused", fault: "new", buffer: [] }, 0),
  };
  return requestResync(inLive(withSubscription(state, channel), { channels }), now);
}

function withSubscription<S extends Session>(state: S, channel: EventOf<"subscribe">["channel"]): S {
  const { subscriptions } = state;
  return subscriptions.includes(channel) ? state : { ...state, subscriptions: [...subscriptions, channel] };
}

/** The last of the fixed channels stays: a stream of nothing is none. */
export function onUnsubscribe(state: Session, { channel }: EventOf<"unsubscribe">): Step {
  const fixed = state.subscriptions.filter(isMainChannel);
  if (!state.subscriptions.includes(channel) || (fixed.length === 1 && fixed[0] === channel))
    return stay(state);
  const { [channel]: _seq, ...seqs } = state.seqs;
  const { [channel]: _fault, ...faults } = state.faults;
  const subscriptions = state.subscriptions.filter((name) => name !== channel);
  return stay({ ...state, subscriptions, seqs, faults }, [{ type: "clear", channel }]);
}

export function onLiveUnsubscribe(state: In<"live">, event: EventOf<"unsubscribe">): Step {
  const left = onUnsubscribe(state, event);
  if (left.state.subscriptions === state.subscriptions) return left;
  const { [event.channel]: _, ...channels } = state.at.channels;
  const isKnown = state.seqs[event.channel] !== undefined;
  const effects = [...left.effects, ...unsubscribe(isKnown ? [event.channel] : [])];
  return go(left.state, { ...state.at, channels }, effects);
}
