/**
 * The client session as a pure function: `step(state, event, now)` gives the next state and what is to be done. Every
 * phase says what it does with every event; a case that is forgotten does not compile.
 */
import * as connect from "./connect.ts";
import { onComposed, onPainted } from "./credit.ts";
import type { Event, EventOf, EventType } from "./events.ts";
import { onHeartbeatAck, onLiveTick } from "./heartbeat.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { onBatch, onNotice, onResyncRequired, onVerified } from "./live.ts";
import { onResynced, onResyncFailed } from "./resync.ts";
import type { In, Phase, PhaseState, Session } from "./state.ts";
import { inLive, type Step, stay } from "./step.ts";

type Handler<P extends Phase, E extends EventType> = (state: In<P>, event: EventOf<E>, now: number) => Step;
export type Table = { readonly [P in Phase]: { readonly [E in EventType]: Handler<P, E> } };

const ignore = (state: Session): Step => stay(state);
const onHidden = (state: Session, event: EventOf<"hidden">): Step => stay({ ...state, hidden: event.hidden });
const onLiveHidden = (state: In<"live">, event: EventOf<"hidden">, now: number): Step =>
  stay({ ...inLive(state, { trickle_at_ms: now + SESSION_LIMITS.trickle_ms }), hidden: event.hidden });
/** A frame before its time, from a server that does not keep the order of the handshake. */
const onUnexpected = (state: Session, event: { type: string; connection: number }, now: number): Step =>
  connect.onMalformed(
    state,
    { type: "malformed", connection: event.connection, reason: `unexpected ${event.type}` },
    now,
  );

export const TABLE: Table = {
  idle: {
    start: connect.bootstrap,
    stop: ignore,
    tick: ignore,
    snapshot: ignore,
    snapshot_failed: ignore,
    closed: ignore,
    malformed: ignore,
    hello: ignore,
    snapshot_ack: ignore,
    batch: ignore,
    resync_required: ignore,
    notice: ignore,
    heartbeat_ack: ignore,
    invalid_session: ignore,
    reconnect: ignore,
    verified: ignore,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: ignore,
  },
  bootstrapping: {
    start: ignore,
    stop: connect.onStop,
    tick: ignore,
    snapshot: connect.onBootstrapped,
    snapshot_failed: connect.onBootstrapFailed,
    closed: ignore,
    malformed: ignore,
    hello: ignore,
    snapshot_ack: ignore,
    batch: ignore,
    resync_required: ignore,
    notice: ignore,
    heartbeat_ack: ignore,
    invalid_session: ignore,
    reconnect: ignore,
    verified: ignore,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: ignore,
  },
  opening: {
    start: ignore,
    stop: connect.onStop,
    tick: connect.onHandshakeTick,
    snapshot: ignore,
    snapshot_failed: ignore,
    closed: connect.onClosed,
    malformed: connect.onMalformed,
    hello: connect.onHello,
    snapshot_ack: onUnexpected,
    batch: onUnexpected,
    resync_required: onUnexpected,
    notice: ignore,
    heartbeat_ack: onUnexpected,
    invalid_session: connect.onInvalidSession,
    reconnect: connect.onReconnect,
    verified: connect.onBootstrapVerified,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: ignore,
  },
  identifying: {
    start: ignore,
    stop: connect.onStop,
    tick: connect.onHandshakeTick,
    snapshot: ignore,
    snapshot_failed: ignore,
    closed: connect.onClosed,
    malformed: connect.onMalformed,
    hello: ignore,
    snapshot_ack: connect.onIdentified,
    batch: onUnexpected,
    resync_required: onUnexpected,
    notice: ignore,
    heartbeat_ack: onUnexpected,
    invalid_session: connect.onInvalidSession,
    reconnect: connect.onReconnect,
    verified: connect.onBootstrapVerified,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: ignore,
  },
  live: {
    start: ignore,
    stop: connect.onStop,
    tick: onLiveTick,
    snapshot: onResynced,
    snapshot_failed: onResyncFailed,
    closed: connect.onClosed,
    malformed: connect.onMalformed,
    hello: ignore,
    snapshot_ack: ignore,
    batch: onBatch,
    resync_required: onResyncRequired,
    notice: onNotice,
    heartbeat_ack: onHeartbeatAck,
    invalid_session: connect.onInvalidSession,
    reconnect: connect.onReconnect,
    verified: onVerified,
    composed: onComposed,
    painted: onPainted,
    hidden: onLiveHidden,
    retry: ignore,
  },
  waiting: {
    start: ignore,
    stop: connect.onStop,
    tick: connect.onWaitingTick,
    snapshot: ignore,
    snapshot_failed: ignore,
    closed: ignore,
    malformed: ignore,
    hello: ignore,
    snapshot_ack: ignore,
    batch: ignore,
    resync_required: ignore,
    notice: ignore,
    heartbeat_ack: ignore,
    invalid_session: ignore,
    reconnect: ignore,
    verified: ignore,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: connect.bootstrap,
  },
  failed: {
    start: connect.bootstrap,
    stop: connect.onStop,
    tick: ignore,
    snapshot: ignore,
    snapshot_failed: ignore,
    closed: ignore,
    malformed: ignore,
    hello: ignore,
    snapshot_ack: ignore,
    batch: ignore,
    resync_required: ignore,
    notice: ignore,
    heartbeat_ack: ignore,
    invalid_session: ignore,
    reconnect: ignore,
    verified: ignore,
    composed: ignore,
    painted: ignore,
    hidden: onHidden,
    retry: ignore,
  },
};

/** `now`: ms of a clock that only goes forward. Effects are to be done in their order. */
export function step(state: Session, event: Event, now: number): Step {
  if (isStale(state.at, event)) return stay(state);
  const heard = FROM_SERVER.has(event.type) ? { ...state, last_frame_ms: now } : state;
  const handler = TABLE[state.at.phase][event.type] as (state: Session, event: Event, now: number) => Step;
  return handler(heard, event, now);
}

const FROM_SERVER: ReadonlySet<EventType> = new Set<EventType>([
  "hello",
  "snapshot_ack",
  "batch",
  "resync_required",
  "notice",
  "heartbeat_ack",
  "invalid_session",
  "reconnect",
]);

/** An answer to a request or from a connection that is no longer this session's. */
function isStale(at: PhaseState, event: Event): boolean {
  if ("connection" in event) return !("connection" in at) || at.connection !== event.connection;
  if (!("request" in event)) return false;
  const wanted =
    at.phase === "live" ? at.resync?.request : at.phase === "bootstrapping" ? at.request : undefined;
  return event.request !== wanted;
}
