/** Frames of a live session: in-order apply, what does not join, and what the digest says. */
import { type ChannelName, isChannelName } from "../../protocol/stream/channels.ts";
import { onPart, onWhole, refill } from "./credit.ts";
import type { EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { withBatch } from "./losses.ts";
import { buffer, pause, requestResync } from "./resync.ts";
import type { In, LiveChannel } from "./state.ts";
import { count, inChannel, type Step, stay, thenLive } from "./step.ts";

/** The channel by a name that came from outside, with its cursor; null for one that is not subscribed (yet). */
export function find(
  state: In<"live">,
  name: string,
): { name: ChannelName; channel: LiveChannel; cursor: number } | null {
  if (!isChannelName(name)) return null;
  const channel = state.at.channels[name];
  const cursor = state.seqs[name];
  return channel === undefined || cursor === undefined ? null : { name, channel, cursor };
}

/** A batch covers (prev_seq, seq]: it is doubled, leaves a gap, or joins what was applied. */
export function onBatch(state: In<"live">, { message }: EventOf<"batch">, now: number): Step {
  const found = find(state, message.channel);
  if (found === null) return stay(state);
  const { name, channel, cursor } = found;
  const next = inChannel(state, name, {
    credit: Math.max(0, channel.credit - 1),
    sent_seq: Math.max(channel.sent_seq, message.seq),
  });
  if (message.seq <= cursor) return stay(count(next, "duplicates"));
  if (channel.flow.kind === "paused") return stay(buffer(next, name, message));
  if (message.prev_seq > cursor) {
    return requestResync(buffer(pause(count(next, "gaps"), name, "gap"), name, message), now);
  }
  const { event_time_unix_ms, digest } = message.watermark;
  const isPart = digest === null;
  const moved = isPart ? onPart(next, name) : onWhole(next, name);
  const done = stay(
    {
      ...moved,
      seqs: { ...state.seqs, [name]: message.seq },
      losses: withBatch(state.losses, name, message, now),
      event_unix_ms: Math.max(state.event_unix_ms, event_time_unix_ms),
    },
    [{ type: "apply", channel: name, batch: message }],
  );
  return isPart ? thenLive(done, (after) => refill(after, name)) : done;
}

export function onNotice(state: In<"live">, { channel, rung }: EventOf<"notice">): Step {
  const found = find(state, channel);
  return stay(found === null ? state : inChannel(state, found.name, { rung }));
}

export function onResyncRequired(
  state: In<"live">,
  { channel }: EventOf<"resync_required">,
  now: number,
): Step {
  const found = find(state, channel);
  if (found === null) return stay(state);
  return requestResync(pause(state, found.name, "out_of_reach"), now);
}

/**
 * A window that is not the server's is fetched whole; if that one is not either, fetching would go on for ever: the
 * channel is shown as diverged until a digest holds again or it is time to try anew.
 */
export function onVerified(state: In<"live">, event: EventOf<"verified">, now: number): Step {
  const found = find(state, event.channel);
  if (found === null) return stay(state);
  const { name, channel } = found;
  if (event.ok) {
    return stay(
      channel.flow.kind === "diverged" ? inChannel(state, name, { flow: { kind: "flowing" } }) : state,
    );
  }
  const next = count(state, "mismatches");
  if (channel.flow.kind === "diverged") return stay(next);
  const { diverged_ms } = SESSION_LIMITS;
  if (channel.refetched_ms !== null && now - channel.refetched_ms < diverged_ms) {
    return stay(inChannel(next, name, { flow: { kind: "diverged", until_ms: now + diverged_ms } }));
  }
  return requestResync(pause(next, name, "mismatch"), now);
}
