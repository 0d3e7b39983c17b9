/**
 * Credit: one is one batch of that channel. The client grants by what it has painted, so a page that cannot keep up is
 * sent less, coalesced, and never queues. The parts of a cut change set are not painted but the whole is, so a part's
 * credit is granted when it is applied.
 */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import { PACE_LIMITS } from "../limits.ts";
import type { Effect, EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import type { In, LiveChannel } from "./state.ts";
import { channelsOf, inChannel, inLive, type Step, stay } from "./step.ts";

/** The batch reached the head: it waits for the paint. */
export function onWhole(state: In<"live">, name: ChannelName): In<"live"> {
  const { unpainted } = state.at.channels[name]!;
  return inChannel(state, name, { unpainted: unpainted + 1, at_head: true });
}

/** More of the change set is to come: a backlog shows, and more may be outstanding. */
export function onPart(state: In<"live">, name: ChannelName): In<"live"> {
  const { allowance } = state.at.channels[name]!;
  const { backlog_credit_count } = SESSION_LIMITS;
  return inChannel(state, name, { at_head: false, allowance: Math.min(backlog_credit_count, allowance * 2) });
}

/** Grants anew after a part, half of the allowance at a time, so that a backlog does not cost a message a part. */
export function refill(state: In<"live">, name: ChannelName): Step {
  if (state.hidden_since_ms !== null) return stay(state);
  return grant(state, (channel, each) => {
    const wanted = missing(state, channel);
    return each === name && wanted >= channel.allowance / 2 ? wanted : 0;
  });
}

/** Grants what every flowing channel may have beyond what is outstanding or unpainted. Hidden: see `trickle`. */
export function topUp(state: In<"live">): Step {
  return state.hidden_since_ms !== null ? stay(state) : grant(state, (channel) => missing(state, channel));
}

/** A hidden tab paints nothing: one credit a channel now and then keeps its window near the head. */
export function trickle(state: In<"live">, now: number): Step {
  if (state.hidden_since_ms === null || now < state.at.trickle_at_ms) return stay(state);
  const next = inLive(state, { trickle_at_ms: now + SESSION_LIMITS.trickle_ms });
  return grant(next, ({ credit }) => 1 - credit);
}

function missing(
  state: In<"live">,
  { credit, unpainted, painting, allowance, at_head }: LiveChannel,
): number {
  const { slow, max_credit } = state.at;
  const most = slow && at_head ? 1 : Math.min(max_credit, allowance);
  return most - credit - unpainted - painting;
}

function grant(state: In<"live">, wish: (channel: LiveChannel, name: ChannelName) => number): Step {
  const channel_credit: ByChannel<number> = {};
  const channels = { ...state.at.channels };
  for (const { name, channel } of channelsOf(state)) {
    const more = channel.flow.kind === "paused" ? 0 : wish(channel, name);
    if (more <= 0) continue;
    channel_credit[name] = more;
    channels[name] = { ...channel, credit: channel.credit + more, granted: channel.granted + more };
  }
  if (Object.keys(channel_credit).length === 0) return stay(state);
  const effects: Effect[] = [{ type: "send", message: { op: "CREDIT", channel_credit } }];
  return stay(inLive(state, { channels }), effects);
}

export function onComposed(state: In<"live">): Step {
  return stay(
    eachChannel(state, (channel) => ({
      ...channel,
      unpainted: 0,
      painting: channel.painting + channel.unpainted,
    })),
  );
}

/** What was painted is granted anew; at the head the allowance halves, to what cheap frames have. */
export function onPainted(state: In<"live">, event: EventOf<"painted">): Step {
  const { credit_count } = SESSION_LIMITS;
  const painted = eachChannel(state, (channel) => ({
    ...channel,
    painting: 0,
    allowance: channel.at_head ? Math.max(credit_count, channel.allowance / 2) : channel.allowance,
  }));
  const slow =
    event.commit_ms === null ? state.at.slow : event.commit_ms > event.cadence_ms * PACE_LIMITS.commit_share;
  return topUp(inLive(painted, { slow }));
}

function eachChannel(state: In<"live">, change: (channel: LiveChannel) => LiveChannel): In<"live"> {
  const channels = { ...state.at.channels };
  for (const { name, channel } of channelsOf(state)) channels[name] = change(channel);
  return inLive(state, { channels });
}
