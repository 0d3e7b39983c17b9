/** Mini-resync: a channel that cannot go on is paused alone, one GET serves all that are, and RESYNC says where it is. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import type { ChannelSnapshot, DeltaBatch, Snapshot } from "../../protocol/stream/messages.ts";
import type { LossReport } from "../api.ts";
import { topUp } from "./credit.ts";
import { askedWait, backoff, lose } from "./endings.ts";
import type { Effect, EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { withBatch, withLoss } from "./losses.ts";
import type { Fault, In } from "./state.ts";
import { channelsOf, count, inChannel, inLive, oldest, type Step, stay, takeId, thenLive } from "./step.ts";

/** The graver last. */
const GRAVITY: readonly Fault[] = ["gap", "mismatch", "out_of_reach", "new"];
/** Faults that what is held cannot be continued from. */
const WHOLE: ReadonlySet<Fault> = new Set<Fault>(["mismatch", "out_of_reach", "new"]);

/** Pauses the channel; one that is paused keeps the graver fault. The GET is `requestResync`'s. */
export function pause(state: In<"live">, name: ChannelName, fault: Fault): In<"live"> {
  const flow = state.at.channels[name]?.flow;
  if (flow?.kind !== "paused") return inChannel(state, name, { flow: { kind: "paused", fault, buffer: [] } });
  if (GRAVITY.indexOf(flow.fault) >= GRAVITY.indexOf(fault)) return state;
  return inChannel(state, name, { flow: { ...flow, fault } });
}

/** Keeps a batch that came while its channel is paused: no more of them than credits are ever outstanding. */
export function buffer(state: In<"live">, name: ChannelName, batch: DeltaBatch): In<"live"> {
  const flow = state.at.channels[name]?.flow;
  if (flow?.kind !== "paused" || flow.buffer.length >= SESSION_LIMITS.backlog_credit_count) return state;
  return inChannel(state, name, { flow: { ...flow, buffer: [...flow.buffer, batch] } });
}

/** Sends the GET for what is paused, unless one is in flight or backs off. */
export function requestResync(state: In<"live">, now: number): Step {
  if (state.at.resync !== null || now < state.at.resync_at_ms) return stay(state);
  const channels: ChannelName[] = [];
  const cursors: ByChannel<number> = {};
  let whole = false;
  let isRepair = false;
  for (const { name, channel } of channelsOf(state)) {
    if (channel.flow.kind !== "paused") continue;
    channels.push(name);
    cursors[name] = state.seqs[name] ?? 0;
    whole ||= WHOLE.has(channel.flow.fault);
    isRepair ||= channel.flow.fault !== "new";
  }
  if (channels.length === 0) return stay(state);
  const { id: request, state: next } = takeId(isRepair ? count(state, "resyncs") : state);
  const cursor = whole ? null : `${state.epoch}:${oldest(cursors)}`;
  return stay(inLive(next, { resync: { request, channels } }), [{ type: "get", request, channels, cursor }]);
}

/** A cursor that is refused in its own epoch is above the head of a replica that is behind: it is asked again later. */
export function onResyncFailed(state: In<"live">, event: EventOf<"snapshot_failed">, now: number): Step {
  const { status, epoch, reason, retry_after_ms } = event;
  if (status === 409 && epoch !== state.epoch) return lose(state, now, reason, { fresh: true });
  return stay(retryLater(state, now, retry_after_ms));
}

function retryLater(state: In<"live">, now: number, after_ms: number): In<"live"> {
  const { resync_attempt } = state.at;
  const wait = backoff(state, resync_attempt);
  return inLive(wait.state, {
    resync: null,
    resync_attempt: resync_attempt + 1,
    resync_at_ms: now + Math.max(askedWait(after_ms), wait.delay_ms),
  });
}

export function onResynced(state: In<"live">, { snapshot }: EventOf<"snapshot">, now: number): Step {
  if (snapshot.epoch !== state.epoch) return lose(state, now, "the server's epoch changed", { fresh: true });
  const asked = state.at.resync?.channels ?? [];
  let next = inLive(state, { resync: null });
  let repaired = true;
  const effects: Effect[] = [];
  const resynced: ByChannel<number> = {};
  const subscribed: ByChannel<number> = {};
  for (const { name, channel } of channelsOf(state)) {
    const { flow } = channel;
    if (flow.kind !== "paused" || !asked.includes(name)) continue;
    const window = windowFor(state, name, flow.fault, snapshot);
    if (window === null) {
      repaired = false;
      continue;
    }
    const { seq, batches } = join(snapshot.snapshot_seq, flow.buffer);
    effects.push({ type: "load", channel: name, snapshot: window });
    for (const batch of batches) effects.push({ type: "apply", channel: name, batch });
    const behind = seq < channel.sent_seq;
    if (flow.fault === "new") subscribed[name] = seq;
    else if (behind || flow.fault === "out_of_reach") resynced[name] = seq;
    let losses = withRepair(next, name, flow.fault, snapshot.snapshot_seq, now);
    for (const batch of batches) losses = withBatch(losses, name, batch, now);
    next = inChannel({ ...next, seqs: { ...next.seqs, [name]: seq }, losses }, name, {
      flow: { kind: "flowing" },
      sent_seq: behind ? seq : channel.sent_seq,
      cursor_told: channel.cursor_told || name in resynced || name in subscribed,
      unpainted: channel.unpainted + batches.length,
      at_head: batches.at(-1)?.watermark.digest !== null,
      refetched_ms: flow.fault === "mismatch" ? now : channel.refetched_ms,
    });
  }
  next = repaired ? inLive(next, { resync_attempt: 0, resync_at_ms: now }) : retryLater(next, now, 0);
  effects.push(...tell("RESYNC", resynced), ...tell("SUBSCRIBE", subscribed));
  return thenLive(thenLive(stay(next, effects), topUp), (after) => requestResync(after, now));
}

/** The snapshot's window, where it repairs the fault: not older than what is held, and whole where it must be. */
function windowFor(
  state: In<"live">,
  name: ChannelName,
  fault: Fault,
  { channels, snapshot_seq }: Snapshot,
): ChannelSnapshot | null {
  const window = channels[name];
  if (window === undefined || snapshot_seq < (state.seqs[name] ?? 0)) return null;
  return window.mode === "delta" && WHOLE.has(fault) ? null : window;
}

/** A repair shows what was lost: a frame on the way, or all that was out of reach. */
function withRepair(
  { losses, seqs }: In<"live">,
  channel: ChannelName,
  kind: Fault,
  to_seq: number,
  at_unix_ms: number,
): LossReport {
  if (kind === "new" || kind === "mismatch") return losses;
  const from_seq = seqs[channel] ?? 0;
  return withLoss(losses, { channel, kind, from_seq, to_seq, count: to_seq > from_seq ? 1 : 0, at_unix_ms });
}

export function tell(op: "RESYNC" | "SUBSCRIBE", channel_seq: ByChannel<number>): Effect[] {
  return Object.keys(channel_seq).length === 0 ? [] : [{ type: "send", message: { op, channel_seq } }];
}

/** What of the buffer goes on from `seq`, in order; the rest is doubled or leaves a hole. */
function join(seq: number, buffered: readonly DeltaBatch[]): { seq: number; batches: DeltaBatch[] } {
  const batches: DeltaBatch[] = [];
  for (const batch of buffered.toSorted((a, b) => a.prev_seq - b.prev_seq || a.seq - b.seq)) {
    if (batch.seq <= seq) continue;
    if (batch.prev_seq > seq) break;
    batches.push(batch);
    seq = batch.seq;
  }
  return { seq, batches };
}
