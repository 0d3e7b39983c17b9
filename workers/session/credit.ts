/**
 * Credit: one is one batch of that channel. The client grants by what it has painted, so a page that cannot keep up is
 * sent less, coalesced, and never queues.
 */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Effect, EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import type { In, LiveChannel } from "./state.ts";
import { channelsOf, inLive, type Step, stay } from "./step.ts";

type Wish = (channel: LiveChannel) => number;

/** Grants what every flowing channel may have beyond what is outstanding or unpainted. Hidden: see `trickle`. */
export function topUp(state: In<"live">): Step {
  if (state.hidden) return stay(state);
  const { slow, max_credit } = state.at;
  return grant(state, ({ credit, unpainted, painting, allowance }) => {
    const most = slow ? 1 : Math.min(max_credit, allowance);
    return most - credit - unpainted - painting;
  });
}

/** A hidden tab paints nothing: one credit a channel now and then keeps its window near the head. */
export function trickle(state: In<"live">, now: number): Step {
  if (!state.hidden || now < state.at.trickle_at_ms) return stay(state);
  const next = inLive(state, { trickle_at_ms: now + SESSION_LIMITS.trickle_ms });
  return grant(next, ({ credit }) => 1 - credit);
}

function grant(state: In<"live">, wish: Wish): Step {
  const channel_credit: Partial<Record<ChannelName, number>> = {};
  const channels = { ...state.at.channels };
  for (const { name, channel } of channelsOf(state)) {
    const more = channel.flow.kind === "paused" ? 0 : wish(channel);
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

/** The allowance doubles while batches do not reach the head and halves once they do. */
export function onPainted(state: In<"live">, event: EventOf<"painted">): Step {
  const { credit_count, backlog_credit_count } = SESSION_LIMITS;
  const painted = eachChannel(state, (channel) => ({
    ...channel,
    painting: 0,
    allowance: channel.at_head
      ? Math.max(credit_count, channel.allowance / 2)
      : Math.min(backlog_credit_count, channel.allowance * 2),
  }));
  const slow = event.commit_ms === null ? state.at.slow : event.commit_ms > event.cadence_ms / 2;
  return topUp(inLive(painted, { slow }));
}

function eachChannel(state: In<"live">, change: (channel: LiveChannel) => LiveChannel): In<"live"> {
  const channels = { ...state.at.channels };
  for (const { name, channel } of channelsOf(state)) channels[name] = change(channel);
  return inLive(state, { channels });
}
