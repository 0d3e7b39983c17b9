/** From an open socket to live: HELLO, then IDENTIFY after a bootstrap or RESUME after a loss, then SNAPSHOT_ACK. */
import type { ByChannel, ChannelName } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { topUp } from "./credit.ts";
import { fail, lose } from "./endings.ts";
import type { Effect, EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import { requestResync } from "./resync.ts";
import {
  type Fault,
  freshChannel,
  type In,
  type Live,
  type LiveChannel,
  type Session,
  type Token,
} from "./state.ts";
import { cursorsOf, draw, go, oldest, type Step, stay, takeId, thenLive } from "./step.ts";

/** Opens the socket. `resume` null: to identify. */
export function open(state: Session, now: number, resume: Token | null): Step {
  const { id: connection, state: next } = takeId(state);
  const deadline_ms = now + SESSION_LIMITS.handshake_timeout_ms;
  return go(next, { phase: "opening", connection, deadline_ms, resume }, [{ type: "open", connection }]);
}

/** The token where it lets the session go on now. */
export function goodToken(state: Session, now: number): Token | null {
  const { token } = state;
  return token !== null && !state.void && now < token.good_until_ms ? token : null;
}

export function onHello(state: In<"opening">, { message }: EventOf<"hello">, now: number): Step {
  const { protocol, encodings, epoch, heartbeat_interval_ms, limits } = message;
  if (protocol !== LIMITS.protocol || !encodings.includes("json")) {
    return fail(state, `the server speaks protocol ${protocol}: reload the page`);
  }
  if (epoch !== state.epoch) return lose(state, now, "the server's epoch changed", { fresh: true });
  const { connection, resume } = state.at;
  const deadline_ms = now + SESSION_LIMITS.handshake_timeout_ms;
  const { max_credit } = limits;
  const phase = resume === null ? "identifying" : "resuming";
  return go(state, { phase, connection, deadline_ms, heartbeat_interval_ms, max_credit }, [
    resume === null ? identify(state, epoch) : resumeWith(state, resume),
  ]);
}

function identify(state: Session, epoch: string): Effect {
  const cursors = cursorsOf(state);
  return {
    type: "send",
    message: {
      op: "IDENTIFY",
      protocol: LIMITS.protocol,
      snapshot_seq: oldest(cursors),
      epoch,
      subscriptions: Object.keys(cursors),
      client: "mempulse-web",
    },
  };
}

function resumeWith(state: Session, { text, session_id }: Token): Effect {
  const channel_seq = cursorsOf(state);
  return {
    type: "send",
    message: {
      op: "RESUME",
      protocol: LIMITS.protocol,
      session_id,
      resume_token: text,
      last_seq: oldest(channel_seq),
      channel_seq,
      subscriptions: Object.keys(channel_seq),
    },
  };
}

/** Live: each channel goes on from its cursor, but for those that are to be repaired or fetched first. */
export function onSnapshotAck(
  state: In<"identifying" | "resuming">,
  { message }: EventOf<"snapshot_ack">,
  now: number,
): Step {
  const { connection, heartbeat_interval_ms, max_credit } = state.at;
  const { session_id, resume_token, channel_seq } = message;
  const channels: ByChannel<LiveChannel> = {};
  for (const name of state.subscriptions) {
    const seq = state.seqs[name];
    const sent_seq = channel_seq[name];
    if (seq !== undefined && sent_seq === undefined) {
      return lose(state, now, `the server did not subscribe ${name}`);
    }
    const fault: Fault | undefined = seq === undefined ? "new" : state.faults[name];
    channels[name] = freshChannel(
      fault === undefined ? { kind: "flowing" } : { kind: "paused", fault, buffer: [] },
      sent_seq ?? 0,
    );
  }
  const left = Object.keys(channel_seq).filter((name) => channels[name as ChannelName] === undefined);
  const jitter = draw(state);
  const at: Live = {
    phase: "live",
    connection,
    session_id,
    since_ms: now,
    heartbeat_interval_ms,
    max_credit,
    channels,
    resync: null,
    resync_attempt: 0,
    resync_at_ms: now,
    heartbeat_at_ms: now + jitter.value * heartbeat_interval_ms,
    heartbeat_n: 0,
    unanswered_ms: null,
    trickle_at_ms: now + SESSION_LIMITS.trickle_ms,
    slow: false,
  };
  const token = stamp(state, session_id, resume_token, now);
  const live = go({ ...jitter.state, token, faults: {}, hurried: false }, at, unsubscribe(left));
  return thenLive(thenLive(live, topUp), (next) => requestResync(next, now));
}

/** A fresh token with its time by our clock. */
export function stamp(state: Session, session_id: string, text: string, now: number): Token {
  const good_until_ms = now + state.token_ttl_ms - SESSION_LIMITS.token_margin_ms;
  return { text, session_id, good_until_ms };
}

/** UNSUBSCRIBE, where there is something that the server has and nobody wants. */
export function unsubscribe(channels: string[]): Effect[] {
  return channels.length === 0 ? [] : [{ type: "send", message: { op: "UNSUBSCRIBE", channels } }];
}

export function onHandshakeTick(
  state: In<"opening" | "identifying" | "resuming">,
  _: EventOf<"tick">,
  now: number,
): Step {
  if (now < state.at.deadline_ms) return stay(state);
  const missing = state.at.phase === "opening" ? "HELLO" : "SNAPSHOT_ACK";
  return lose(state, now, `no ${missing} in ${SESSION_LIMITS.handshake_timeout_ms} ms`);
}
