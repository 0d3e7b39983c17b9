/** From nothing to live: bootstrap and handshake, and the ways in which they end. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { CLOSE, LIMITS } from "../../protocol/stream/limits.ts";
import type { Snapshot } from "../../protocol/stream/messages.ts";
import { topUp } from "./credit.ts";
import type { Effect, EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { fail, lose } from "./loss.ts";
import { requestResync } from "./resync.ts";
import type { In, Live, LiveChannel, Session } from "./state.ts";
import { count, draw, go, type Step, stay, thenLive } from "./step.ts";

/** GETs what is new since the oldest cursor held, or whole windows where there is none. */
export function bootstrap(state: Session): Step {
  const request = state.next_id;
  const seqs = state.subscriptions.map((name) => state.seqs[name] ?? 0);
  const cursor = state.epoch === null ? null : `${state.epoch}:${Math.min(...seqs)}`;
  return go({ ...state, next_id: request + 1 }, { phase: "bootstrapping", request }, [
    { type: "get", request, channels: state.subscriptions, cursor },
  ]);
}

export function onStop(state: Session): Step {
  return go(state, { phase: "idle" }, [{ type: "close" }]);
}

export function onBootstrapped(state: In<"bootstrapping">, event: EventOf<"snapshot">, now: number): Step {
  const { snapshot } = event;
  const fault = faultOf(state, snapshot);
  if (fault !== null) return lose(state, now, fault, { fresh: true });
  const connection = state.next_id;
  const seqs: Partial<Record<ChannelName, number>> = {};
  const effects: Effect[] = [];
  for (const channel of state.subscriptions) {
    seqs[channel] = snapshot.snapshot_seq;
    effects.push({ type: "load", channel, snapshot: snapshot.channels[channel]! });
  }
  effects.push({ type: "open", connection });
  const { event_time_unix_ms: event_unix_ms } = snapshot.watermark;
  return go(
    { ...state, next_id: connection + 1, epoch: snapshot.epoch, seqs, suspects: [], event_unix_ms },
    { phase: "opening", connection, deadline_ms: now + SESSION_LIMITS.handshake_timeout_ms },
    effects,
  );
}

/** Why a bootstrap cannot be built on; null when it can. */
function faultOf(state: Session, snapshot: Snapshot): string | null {
  for (const name of state.subscriptions) {
    const channel = snapshot.channels[name];
    if (channel === undefined) return `the snapshot lacks ${name}`;
    if (channel.mode === "full") continue;
    if (snapshot.epoch !== state.epoch) return "the snapshot continues another epoch";
    if (snapshot.snapshot_seq < (state.seqs[name] ?? 0)) return "the snapshot is older than what is held";
  }
  return null;
}

export function onBootstrapFailed(
  state: In<"bootstrapping">,
  event: EventOf<"snapshot_failed">,
  now: number,
): Step {
  return lose(state, now, event.reason, { fresh: event.status === 409, after_ms: event.retry_after_ms });
}

/** The digest of a bootstrapped window: what is wrong is repaired once the session is live. */
export function onBootstrapVerified(state: Session, event: EventOf<"verified">): Step {
  if (event.ok) return stay(state);
  return stay({ ...count(state, "mismatches"), suspects: [...state.suspects, event.channel] });
}

export function onHello(state: In<"opening">, event: EventOf<"hello">, now: number): Step {
  const { message } = event;
  if (message.protocol !== LIMITS.protocol || !message.encodings.includes("json")) {
    return fail(state, `the server speaks protocol ${message.protocol}: reload the page`);
  }
  if (message.epoch !== state.epoch) {
    return lose(state, now, "the server's epoch changed", { fresh: true });
  }
  const snapshot_seq = Math.min(...state.subscriptions.map((name) => state.seqs[name] ?? 0));
  return go(
    state,
    {
      phase: "identifying",
      connection: event.connection,
      deadline_ms: now + SESSION_LIMITS.handshake_timeout_ms,
      heartbeat_interval_ms: message.heartbeat_interval_ms,
      max_credit: message.limits.max_credit,
    },
    [
      {
        type: "send",
        message: {
          op: "IDENTIFY",
          protocol: LIMITS.protocol,
          snapshot_seq,
          epoch: message.epoch,
          subscriptions: [...state.subscriptions],
          client: "mempulse-web",
        },
      },
    ],
  );
}

export function onIdentified(state: In<"identifying">, event: EventOf<"snapshot_ack">, now: number): Step {
  const { connection, heartbeat_interval_ms, max_credit } = state.at;
  const channels: Partial<Record<ChannelName, LiveChannel>> = {};
  for (const name of state.subscriptions) {
    const sent_seq = event.message.channel_seq[name];
    if (sent_seq === undefined) return lose(state, now, `the server did not subscribe ${name}`);
    channels[name] = {
      flow: state.suspects.includes(name)
        ? { kind: "paused", need: "full", required: false, buffer: [] }
        : { kind: "flowing" },
      rung: "full",
      sent_seq,
      credit: 0,
      granted: 0,
      unpainted: 0,
      painting: 0,
      allowance: SESSION_LIMITS.credit_count,
      at_head: true,
      refetched_ms: null,
    };
  }
  const jitter = draw(state);
  const at: Live = {
    phase: "live",
    connection,
    since_ms: now,
    heartbeat_interval_ms,
    max_credit,
    channels,
    resync: null,
    resync_attempt: 0,
    resync_at_ms: now,
    heartbeat_at_ms: now + jitter.value * heartbeat_interval_ms,
    unanswered_ms: null,
    trickle_at_ms: now + SESSION_LIMITS.trickle_ms,
    slow: false,
  };
  const live = go({ ...jitter.state, suspects: [] }, at);
  return thenLive(thenLive(live, topUp), (next) => requestResync(next, now));
}

export function onHandshakeTick(state: In<"opening" | "identifying">, _: EventOf<"tick">, now: number): Step {
  if (now < state.at.deadline_ms) return stay(state);
  const missing = state.at.phase === "opening" ? "HELLO" : "SNAPSHOT_ACK";
  return lose(state, now, `no ${missing} in ${SESSION_LIMITS.handshake_timeout_ms} ms`);
}

export function onWaitingTick(state: In<"waiting">, _: EventOf<"tick">, now: number): Step {
  return now < state.retry_at_ms ? stay(state) : bootstrap(state);
}

export function onClosed(state: Session, event: EventOf<"closed">, now: number): Step {
  const known = Object.values(CLOSE).find((close) => close.code === event.code);
  const reason = event.reason || known?.text || `the connection closed (${event.code})`;
  if (known?.retry === "reload") return fail(state, `${reason}: reload the page`);
  if (known?.retry === "never") return fail(state, reason);
  return lose(state, now, reason, { fresh: known?.retry === "bootstrap" });
}

export function onMalformed(state: Session, event: EventOf<"malformed">, now: number): Step {
  return lose(count(state, "protocol_errors"), now, event.reason);
}

export function onInvalidSession(state: Session, event: EventOf<"invalid_session">, now: number): Step {
  return lose(state, now, event.reason, { fresh: true });
}

export function onReconnect(state: Session, event: EventOf<"reconnect">, now: number): Step {
  return lose(state, now, event.reason, { after_ms: event.after_ms });
}
