/** The way in by HTTP: whole windows, or what is new since the oldest cursor held; then the socket. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import type { Snapshot } from "../../protocol/stream/messages.ts";
import { lose } from "./endings.ts";
import type { Effect, EventOf } from "./events.ts";
import { open } from "./handshake.ts";
import { withLoss, withoutPlaces } from "./losses.ts";
import type { In, Session } from "./state.ts";
import { count, cursorsOf, go, oldest, type Step, stay, takeId } from "./step.ts";

export function onStart(state: Session): Step {
  return bootstrap({ ...state, failures: 0, reason: "", hurried: false });
}

export function bootstrap(state: Session): Step {
  const { id: request, state: next } = takeId(state);
  const { subscriptions: channels, epoch } = state;
  const cursors = cursorsOf(state);
  const goesOn = !state.void && Object.keys(cursors).length === channels.length;
  const cursor = goesOn ? `${epoch}:${oldest(cursors)}` : null;
  return go(next, { phase: "bootstrapping", request, channels }, [
    { type: "get", request, channels, cursor },
  ]);
}

/** Loads what was asked for and is still wanted. What was subscribed meanwhile follows when the session is live. */
export function onBootstrapped(
  state: In<"bootstrapping">,
  { snapshot }: EventOf<"snapshot">,
  now: number,
): Step {
  const { epoch, snapshot_seq } = snapshot;
  const channels = state.at.channels.filter((name) => state.subscriptions.includes(name));
  const fault = faultOf(state, channels, snapshot);
  if (fault !== null) return lose(state, now, fault, { fresh: true });
  const seqs: ByChannel<number> = {};
  const effects: Effect[] = [];
  let losses = epoch === state.epoch ? state.losses : withoutPlaces(state.losses);
  for (const channel of channels) {
    const window = snapshot.channels[channel]!;
    const held = epoch === state.epoch ? state.seqs[channel] : undefined;
    seqs[channel] = snapshot_seq;
    effects.push({ type: "load", channel, snapshot: window });
    if (window.mode === "delta" || held === undefined || held >= snapshot_seq) continue;
    const range = { channel, from_seq: held, to_seq: snapshot_seq, at_unix_ms: now };
    losses = withLoss(losses, { ...range, kind: "out_of_reach", count: 1 });
  }
  const loaded: Session = {
    ...state,
    epoch,
    seqs,
    losses,
    void: false,
    faults: {},
    token: null,
    token_ttl_ms: snapshot.resume_token_ttl_ms,
    event_unix_ms: snapshot.watermark.event_time_unix_ms,
  };
  const opened = open(loaded, now, null);
  return { state: opened.state, effects: [...effects, ...opened.effects] };
}

/** Why a bootstrap cannot be built on; null when it can. */
function faultOf(state: Session, channels: readonly ChannelName[], snapshot: Snapshot): string | null {
  for (const name of channels) {
    const channel = snapshot.channels[name];
    if (channel === undefined) return `the snapshot lacks ${name}`;
    if (channel.mode === "full") continue;
    if (state.void || snapshot.epoch !== state.epoch) return "the snapshot continues another epoch";
    if (snapshot.snapshot_seq < (state.seqs[name] ?? 0)) return "the snapshot is older than what is held";
  }
  return null;
}

/** A cursor that is refused in its own epoch is above the head of a replica that is behind: it stays good. */
export function onBootstrapFailed(
  state: In<"bootstrapping">,
  { status, epoch, reason, retry_after_ms }: EventOf<"snapshot_failed">,
  now: number,
): Step {
  return lose(state, now, reason, {
    fresh: status === 409 && epoch !== state.epoch,
    after_ms: retry_after_ms,
  });
}

/** The digest of a bootstrapped window: what is wrong is repaired once the session is live. */
export function onBootstrapVerified(state: Session, { channel, ok }: EventOf<"verified">): Step {
  if (ok) return stay(state);
  return stay({ ...count(state, "mismatches"), faults: { ...state.faults, [channel]: "mismatch" } });
}
