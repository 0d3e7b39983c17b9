/** The pulse of a live session: HEARTBEAT with what was applied, its ACK compared, and all that is due by the clock. */
import type { ByChannel } from "../../protocol/stream/channels.ts";
import type { HeartbeatAck } from "../../protocol/stream/messages.ts";
import { topUp, trickle } from "./credit.ts";
import { lose } from "./endings.ts";
import type { EventOf } from "./events.ts";
import { stamp, unsubscribe } from "./handshake.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { find } from "./live.ts";
import { pause, requestResync, tell } from "./resync.ts";
import { freshChannel, type In, type LiveChannel } from "./state.ts";
import { channelsOf, count, cursorsOf, inChannel, inLive, type Step, stay, thenLive } from "./step.ts";
import { deadAt, wakeAt } from "./wake.ts";

export function onLiveTick(state: In<"live">, _: EventOf<"tick">, now: number): Step {
  const due = now - wakeAt(state) > SESSION_LIMITS.frozen_ms ? afterFreeze(state, now) : state;
  if (now >= deadAt(due)) return lose(due, now, "the server went silent");
  const pulsed = now >= due.at.heartbeat_at_ms ? heartbeat(due, now) : stay(due);
  const retried = thenLive(pulsed, (next) => requestResync(retryDiverged(next, now), now));
  return thenLive(retried, (next) => trickle(next, now));
}

/** A tab that slept cannot blame the server for the silence: the clock starts anew, and a HEARTBEAT asks. */
function afterFreeze(state: In<"live">, now: number): In<"live"> {
  const unanswered_ms = state.at.unanswered_ms === null ? null : now;
  return inLive(state, { unanswered_ms, heartbeat_at_ms: now });
}

function heartbeat(state: In<"live">, now: number): Step {
  const channels: ByChannel<LiveChannel> = {};
  for (const { name, channel } of channelsOf(state)) {
    channels[name] = { ...channel, granted: 0, cursor_told: false };
  }
  const n = state.at.heartbeat_n + 1;
  const next = inLive(state, {
    channels,
    heartbeat_at_ms: now + state.at.heartbeat_interval_ms,
    heartbeat_n: n,
    unanswered_ms: state.at.unanswered_ms ?? now,
  });
  return stay(next, [{ type: "send", message: { op: "HEARTBEAT", channel_seq: cursorsOf(state), n } }]);
}

function retryDiverged(state: In<"live">, now: number): In<"live"> {
  let next = state;
  for (const { name, channel } of channelsOf(state)) {
    if (channel.flow.kind === "diverged" && now >= channel.flow.until_ms) {
      next = pause(next, name, "mismatch");
    }
  }
  return next;
}

/**
 * The server's word on each channel, as of its place among the frames. What it sent above what was applied was lost on
 * the way; credit that it lacks was spent on frames that never came, or granted in a message that never went: granted
 * anew, so that no lost frame can strangle a channel. Where the client has told its cursor since the HEARTBEAT, the
 * answer may be older than that, and the next one counts; so it does where this is the answer to an earlier HEARTBEAT, since
 * when credit was granted that is not known any more.
 */
export function onHeartbeatAck(state: In<"live">, { message }: EventOf<"heartbeat_ack">, now: number): Step {
  const token = stamp(state, state.at.session_id, message.resume_token, now);
  if (message.n !== undefined && message.n !== state.at.heartbeat_n) return stay({ ...state, token });
  let next: In<"live"> = inLive({ ...state, token }, { unanswered_ms: null });
  for (const [key, server] of Object.entries(message.channels)) {
    const found = find(next, key);
    if (found === null) continue;
    const { name, channel, cursor } = found;
    if (channel.cursor_told) continue;
    const credit = Math.min(state.at.max_credit, server.credit + channel.granted);
    const sent_seq = Math.max(channel.sent_seq, server.seq);
    next = count(next, "frames_lost", Math.max(0, channel.credit - credit));
    next = inChannel(next, name, { credit, sent_seq });
    if (server.reach !== undefined) next = pause(next, name, "out_of_reach");
    else if (server.seq > cursor && channel.flow.kind !== "paused") {
      next = pause(count(next, "gaps"), name, "gap");
    }
  }
  const agreed = subscribeAnew(next, message);
  return thenLive(thenLive(agreed, topUp), (after) => requestResync(after, now));
}

/** SUBSCRIBE was lost, or UNSUBSCRIBE was or is on its way: either may be said twice. */
function subscribeAnew(state: In<"live">, { channels }: HeartbeatAck): Step {
  const channel_seq: ByChannel<number> = {};
  let next = state;
  for (const { name, channel } of channelsOf(state)) {
    const cursor = state.seqs[name];
    if (cursor === undefined || channel.cursor_told || channels[name] !== undefined) continue;
    channel_seq[name] = cursor;
    next = inChannel(next, name, {
      ...freshChannel(channel.flow, cursor),
      cursor_told: true,
      refetched_ms: channel.refetched_ms,
    });
  }
  const effects = unsubscribe(Object.keys(channels).filter((name) => find(state, name) === null));
  return stay(next, [...effects, ...tell("SUBSCRIBE", channel_seq)]);
}
