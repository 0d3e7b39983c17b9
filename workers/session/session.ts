/**
 * The client session as a pure function: `step(state, event, now)` gives the next state and what is to be done. Every
 * phase says what it does with each event, then what it ignores; an event that is in neither list, or in both, does
 * not compile. The phases are drawn in state.ts.
 */
import { onProbed, onRetry, onUnreachableTick, onWaitingTick } from "./again.ts";
import { onBootstrapFailed, onBootstrapped, onBootstrapVerified, onStart } from "./bootstrap.ts";
import { onComposed, onPainted } from "./credit.ts";
import { onClosed, onInvalidSession, onMalformed, onReconnect, onStop, onUnexpected } from "./endings.ts";
import type { Event, EventOf, EventType } from "./events.ts";
import { onHandshakeTick, onHello, onSnapshotAck } from "./handshake.ts";
import { onHeartbeatAck, onLiveTick } from "./heartbeat.ts";
import { onBatch, onNotice, onResyncRequired, onVerified } from "./live.ts";
import { onShed } from "./losses.ts";
import { onAsleepHidden, onHidden, onLiveHidden, unlessAsleep } from "./presence.ts";
import { onResynced, onResyncFailed } from "./resync.ts";
import type { In, Phase, PhaseState, Session } from "./state.ts";
import { type Step, stay } from "./step.ts";
import { onLiveSubscribe, onLiveUnsubscribe, onSubscribe, onUnsubscribe } from "./subscribe.ts";

type Handler<P extends Phase, E extends EventType> = (state: In<P>, event: EventOf<E>, now: number) => Step;
export type Table = { readonly [P in Phase]: { readonly [E in EventType]: Handler<P, E> } };

const ignore = (state: Session): Step => stay(state);

/** What a phase does, and then what it ignores: all the rest, by name. */
function does<D extends Partial<Record<EventType, unknown>>>(handlers: D) {
  return {
    andIgnores<I extends Exclude<EventType, keyof D>>(...types: readonly I[]): D & Record<I, typeof ignore> {
      const ignored = Object.fromEntries(types.map((type) => [type, ignore]));
      return { ...handlers, ...(ignored as Record<I, typeof ignore>) };
    },
  };
}

const FRAMES = [
  "hello",
  "snapshot_ack",
  "batch",
  "resync_required",
  "notice",
  "heartbeat_ack",
  "invalid_session",
  "reconnect",
] as const satisfies EventType[];
/** Only a phase with a connection hears these. */
const SOCKET = ["closed", "malformed", ...FRAMES] as const;
/** Only a phase that asked hears these. */
const WINDOWS = ["snapshot", "snapshot_failed"] as const;
/** Of what the store and the page make of batches; they mean nothing where none come. */
const SCREEN = ["verified", "composed", "painted"] as const;

/** Channels come and go at any time; a session that is not live only keeps in mind which. */
const WISHES = { subscribe: onSubscribe, unsubscribe: onUnsubscribe, shed: onShed };

/** The handshake is in order: these come after it. */
const EARLY = { batch: onUnexpected, resync_required: onUnexpected, heartbeat_ack: onUnexpected };
const ENDINGS = {
  stop: onStop,
  closed: onClosed,
  malformed: onMalformed,
  invalid_session: onInvalidSession,
  reconnect: onReconnect,
};

export const TABLE: Table = {
  idle: does({
    start: onStart,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("stop", "tick", "retry", "probed", ...WINDOWS, ...SOCKET, ...SCREEN),
  bootstrapping: does({
    stop: onStop,
    tick: unlessAsleep(ignore),
    snapshot: onBootstrapped,
    snapshot_failed: onBootstrapFailed,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", "retry", "probed", ...SOCKET, ...SCREEN),
  opening: does({
    hello: onHello,
    snapshot_ack: onUnexpected,
    ...EARLY,
    ...ENDINGS,
    tick: unlessAsleep(onHandshakeTick),
    verified: onBootstrapVerified,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", "retry", "probed", "notice", "composed", "painted", ...WINDOWS),
  identifying: does({
    snapshot_ack: onSnapshotAck,
    ...EARLY,
    ...ENDINGS,
    tick: unlessAsleep(onHandshakeTick),
    verified: onBootstrapVerified,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", "retry", "probed", "hello", "notice", "composed", "painted", ...WINDOWS),
  resuming: does({
    snapshot_ack: onSnapshotAck,
    ...EARLY,
    ...ENDINGS,
    tick: unlessAsleep(onHandshakeTick),
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", "retry", "probed", "hello", "notice", ...WINDOWS, ...SCREEN),
  live: does({
    batch: onBatch,
    resync_required: onResyncRequired,
    notice: onNotice,
    heartbeat_ack: onHeartbeatAck,
    ...ENDINGS,
    tick: unlessAsleep(onLiveTick),
    snapshot: onResynced,
    snapshot_failed: onResyncFailed,
    verified: onVerified,
    composed: onComposed,
    painted: onPainted,
    hidden: onLiveHidden,
    subscribe: onLiveSubscribe,
    unsubscribe: onLiveUnsubscribe,
    shed: onShed,
  }).andIgnores("hello", "snapshot_ack", "start", "retry", "probed"),
  waiting: does({
    stop: onStop,
    tick: unlessAsleep(onWaitingTick),
    retry: onRetry,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", "probed", ...WINDOWS, ...SOCKET, ...SCREEN),
  unreachable: does({
    stop: onStop,
    tick: unlessAsleep(onUnreachableTick),
    probed: onProbed,
    retry: onRetry,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("start", ...WINDOWS, ...SOCKET, ...SCREEN),
  asleep: does({
    stop: onStop,
    hidden: onAsleepHidden,
    ...WISHES,
  }).andIgnores("start", "tick", "retry", "probed", ...WINDOWS, ...SOCKET, ...SCREEN),
  failed: does({
    start: onStart,
    stop: onStop,
    hidden: onHidden,
    ...WISHES,
  }).andIgnores("tick", "retry", "probed", ...WINDOWS, ...SOCKET, ...SCREEN),
};

/** `now`: ms of a clock that only goes forward. Effects are to be done in their order. */
export function step(state: Session, event: Event, now: number): Step {
  if (isStale(state.at, event)) return stay(state);
  const heard = FROM_SERVER.has(event.type) ? { ...state, last_frame_ms: now } : state;
  const handler = TABLE[state.at.phase][event.type] as (state: Session, event: Event, now: number) => Step;
  return handler(heard, event, now);
}

const FROM_SERVER: ReadonlySet<EventType> = new Set<EventType>(FRAMES);

/** An answer to a request or from a connection that is no longer this session's. */
function isStale(at: PhaseState, event: Event): boolean {
  if ("connection" in event) return !("connection" in at) || at.connection !== event.connection;
  return "request" in event && event.request !== requestOf(at);
}

/** The request in flight. */
export function requestOf(at: PhaseState): number | null {
  if (at.phase === "bootstrapping") return at.request;
  if (at.phase === "live") return at.resync?.request ?? null;
  return at.phase === "unreachable" ? at.probe : null;
}
