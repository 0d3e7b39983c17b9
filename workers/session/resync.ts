/** Mini-resync: a channel that cannot go on is paused alone, one GET serves all that are, and RESYNC says where it is. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { DeltaBatch } from "../../protocol/stream/messages.ts";
import { topUp } from "./credit.ts";
import type { Effect, EventOf } from "./events.ts";
import { backoff, lose } from "./loss.ts";
import type { Flow, In } from "./state.ts";
import { channelsOf, count, inChannel, inLive, type Step, stay, thenLive } from "./step.ts";

interface Pause {
  need?: "delta" | "full";
  required?: boolean;
  batch?: DeltaBatch;
}

/** Pauses the channel, or adds to why it is paused. The GET is `requestResync`'s. */
export function pause(state: In<"live">, name: ChannelName, why: Pause): In<"live"> {
  const channel = state.at.channels[name];
  if (channel === undefined) return state;
  const { flow } = channel;
  const was = flow.kind === "paused" ? flow : { need: "delta" as const, required: false, buffer: [] };
  const keep = why.batch !== undefined && was.buffer.length < state.at.max_credit;
  const paused: Flow = {
    kind: "paused",
    need: why.need === "full" ? "full" : was.need,
    required: why.required === true || was.required,
    buffer: keep ? [...was.buffer, why.batch!] : was.buffer,
  };
  return inChannel(state, name, { flow: paused });
}

/** Sends the GET for what is paused, unless one is in flight or backs off. */
export function requestResync(state: In<"live">, now: number): Step {
  if (state.at.resync !== null || now < state.at.resync_at_ms) return stay(state);
  const channels: ChannelName[] = [];
  let full = false;
  for (const { name, channel } of channelsOf(state)) {
    if (channel.flow.kind !== "paused") continue;
    channels.push(name);
    full ||= channel.flow.need === "full";
  }
  if (channels.length === 0) return stay(state);
  const request = state.next_id;
  const lastGood = Math.min(...channels.map((name) => state.seqs[name] ?? 0));
  const cursor = full ? null : `${state.epoch}:${lastGood}`;
  const next = inLive(count(state, "resyncs"), { resync: { request, channels } });
  return stay({ ...next, next_id: request + 1 }, [{ type: "get", request, channels, cursor }]);
}

export function onResyncFailed(state: In<"live">, event: EventOf<"snapshot_failed">, now: number): Step {
  if (event.status === 409) return lose(state, now, event.reason, { fresh: true });
  return stay(retryLater(state, now, event.retry_after_ms));
}

function retryLater(state: In<"live">, now: number, after_ms: number): In<"live"> {
  const { resync_attempt } = state.at;
  const wait = backoff(state, resync_attempt);
  return inLive(wait.state, {
    resync: null,
    resync_attempt: resync_attempt + 1,
    resync_at_ms: now + Math.max(after_ms, wait.delay_ms),
  });
}

export function onResynced(state: In<"live">, event: EventOf<"snapshot">, now: number): Step {
  const { snapshot } = event;
  if (snapshot.epoch !== state.epoch) {
    return lose(state, now, "the server's epoch changed", { fresh: true });
  }
  const effects: Effect[] = [];
  const channel_seq: Partial<Record<ChannelName, number>> = {};
  let next = inLive(state, { resync: null, resync_attempt: 0, resync_at_ms: now });
  for (const name of state.at.resync?.channels ?? []) {
    const channel = state.at.channels[name];
    if (channel === undefined || channel.flow.kind !== "paused") continue;
    const window = snapshot.channels[name];
    const useless =
      window === undefined ||
      snapshot.snapshot_seq < state.seqs[name]! ||
      (channel.flow.need === "full" && window.mode === "delta");
    if (useless) {
      next = retryLater(next, now, 0);
      continue;
    }
    effects.push({ type: "load", channel: name, snapshot: window });
    const joined = join(snapshot.snapshot_seq, channel.flow.buffer);
    for (const batch of joined.batches) effects.push({ type: "apply", channel: name, batch });
    const behind = joined.seq < channel.sent_seq;
    if (behind || channel.flow.required) channel_seq[name] = joined.seq;
    next = inChannel({ ...next, seqs: { ...next.seqs, [name]: joined.seq } }, name, {
      flow: { kind: "flowing" },
      sent_seq: behind ? joined.seq : channel.sent_seq,
      unpainted: channel.unpainted + joined.batches.length,
      at_head: joined.batches.at(-1)?.watermark.digest !== null,
      refetched_ms: channel.flow.need === "full" ? now : channel.refetched_ms,
    });
  }
  if (Object.keys(channel_seq).length > 0) {
    effects.push({ type: "send", message: { op: "RESYNC", channel_seq } });
  }
  return thenLive(thenLive(stay(next, effects), topUp), (after) => requestResync(after, now));
}

/** What of the buffer goes on from `seq`, in order; the rest is doubled or leaves a hole. */
function join(seq: number, buffer: readonly DeltaBatch[]): { seq: number; batches: DeltaBatch[] } {
  const batches: DeltaBatch[] = [];
  for (const batch of buffer.toSorted((a, b) => a.prev_seq - b.prev_seq || a.seq - b.seq)) {
    if (batch.seq <= seq) continue;
    if (batch.prev_seq > seq) break;
    batches.push(batch);
    seq = batch.seq;
  }
  return { seq, batches };
}
