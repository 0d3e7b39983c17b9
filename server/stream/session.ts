/**
 * One stream-v2 session, pure: `step(state, event, now)` gives the next state and what to do, as data. Sockets, timers
 * and the sharing of frames are the shells' (`socket.ts`, `hub.ts`).
 *
 *     open --> new --IDENTIFY--> live --> closed
 *               |                           ^
 *               +--- anything else ---------+
 *
 * A session is a cursor and a credit a channel, never a queue: what a client cannot take now is coalesced by the channel
 * itself. RESUME is no op yet (4001), and `resume_token` is null, so that no client has reason to send one.
 */
import { type CloseReason, LIMITS } from "../../protocol/stream/limits.ts";
import type { ClientMessage, ClientOp, HeartbeatAck, ServerMessage } from "../../protocol/stream/messages.ts";
import type { Now } from "../clock.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type {
  BatchOffer,
  Effect,
  LiveState,
  Log,
  NewState,
  Position,
  SessionEvent,
  SessionState,
  Step,
} from "./session-state.ts";

const NONE: readonly Effect[] = [];

/** The socket is open: HELLO. */
export function open(id: string, log: Log, now: Now): Step {
  const {
    heartbeat_interval_ms,
    max_entities_per_batch,
    max_frame_bytes,
    max_flush_interval_ms,
    max_credit,
  } = LIMITS;
  const hello: ServerMessage = {
    op: "HELLO",
    protocol: LIMITS.protocol,
    encodings: ["json"],
    heartbeat_interval_ms,
    session_id: id,
    server_time_unix_ms: now.unix_ms,
    epoch: log.epoch,
    limits: { max_entities_per_batch, max_frame_bytes, max_flush_interval_ms, max_credit },
  };
  return { state: { phase: "new", id, opened_ms: now.ms }, effects: [{ type: "send", message: hello }] };
}

export function step(state: SessionState, event: SessionEvent, now: Now): Step {
  switch (state.phase) {
    case "new":
      return stepNew(state, event, now);
    case "live":
      return stepLive(state, event, now);
    case "closed":
      return { state, effects: NONE };
  }
}

function stepNew(state: NewState, event: SessionEvent, now: Now): Step {
  switch (event.type) {
    case "message":
      if (event.message.op === "IDENTIFY") return identify(state, event.message, event.log, now);
      return close(state, "not_identified", `${event.message.op} before IDENTIFY`);
    case "refused":
      return close(state, event.reason, event.detail);
    case "check": {
      const late = now.ms - state.opened_ms > LIMITS.identify_timeout_ms;
      return late
        ? close(state, "not_identified", `no IDENTIFY in ${LIMITS.identify_timeout_ms} ms`)
        : { state, effects: NONE };
    }
    case "shutdown":
      return close(state, "restart", "the server stops");
    case "gone":
      return gone(state);
    case "batch":
    case "starved":
    case "out_of_reach":
    case "drained":
      return { state, effects: NONE };
  }
}

function stepLive(state: LiveState, event: SessionEvent, now: Now): Step {
  switch (event.type) {
    case "message": {
      const left = refill(state, now) - 1;
      if (left < 0) {
        return close(state, "rate_limited", `over ${SERVER_LIMITS.client_messages_per_s} messages a second`);
      }
      const spent = { ...state, allowance: { left, refilled_ms: now.ms } };
      return onMessage(spent, event.message, event.log, now);
    }
    case "refused":
      return close(state, event.reason, event.detail);
    case "batch":
      return offerBatch(state, event.batch, event.buffered_bytes);
    case "starved": {
      const position = state.positions.get(event.channel);
      if (position === undefined || position.starved_since_ms !== null) return { state, effects: NONE };
      return {
        state: moved(state, event.channel, { ...position, starved_since_ms: now.ms }),
        effects: [{ type: "count", what: "credit_exhausted" }],
      };
    }
    case "out_of_reach": {
      const position = state.positions.get(event.channel);
      if (position === undefined || position.at === "out_of_reach") return { state, effects: NONE };
      return {
        state: moved(state, event.channel, { ...position, at: "out_of_reach" }),
        effects: [resyncRequired(event.channel)],
      };
    }
    case "drained":
      return { state: { ...state, drained_ms: now.ms }, effects: pumpsAfter(state, event.buffered_bytes) };
    case "check":
      return check(state, event.buffered_bytes, now);
    case "shutdown":
      return close(state, "restart", "the server stops");
    case "gone":
      return gone(state);
  }
}

type Handler<Op extends ClientOp> = (
  state: LiveState,
  message: Extract<ClientMessage, { op: Op }>,
  log: Log,
  now: Now,
) => Step;

/** What a live session does with each op. */
const ON_MESSAGE: { readonly [Op in ClientOp]: Handler<Op> } = {
  IDENTIFY: (state) => close(state, "already_identified", "IDENTIFY was answered before"),
  RESUME: (state) => close(state, "already_identified", "RESUME after IDENTIFY"),

  CREDIT(state, message, log) {
    const grants = Object.entries(message.channel_credit);
    const unknown = unknownChannel(log, grants);
    if (unknown !== null) return close(state, "bad_message", `CREDIT /channel_credit: ${unknown}`);
    const positions = new Map(state.positions);
    const effects: Effect[] = [];
    for (const [channel, grant] of grants) {
      const position = positions.get(channel);
      if (position === undefined || grant === 0) continue; // Unsubscribed on its way here.
      const credit = Math.min(position.credit + grant, LIMITS.max_credit);
      positions.set(channel, { ...position, credit, starved_since_ms: null });
      effects.push({ type: "pump", channel });
    }
    return { state: { ...state, positions }, effects };
  },

  SUBSCRIBE: (state, message, log) => place(state, message, log, "subscribe"),

  RESYNC(state, message, log) {
    const placed = place(state, message, log, "resync");
    return { state: placed.state, effects: [{ type: "count", what: "gap" }, ...placed.effects] };
  },

  UNSUBSCRIBE(state, message, log) {
    const unknown = unknownChannel(
      log,
      message.channels.map((name) => [name, 0]),
    );
    if (unknown !== null) return close(state, "bad_message", `UNSUBSCRIBE /channels: ${unknown}`);
    const positions = new Map(state.positions);
    for (const channel of message.channels) positions.delete(channel);
    return { state: { ...state, positions }, effects: NONE };
  },

  HEARTBEAT(state, message, log, now) {
    const unknown = unknownChannel(log, Object.entries(message.channel_seq));
    if (unknown !== null) return close(state, "bad_message", `HEARTBEAT /channel_seq: ${unknown}`);
    const channels: HeartbeatAck["channels"] = {};
    for (const [channel, { cursor, credit, at }] of state.positions) {
      const { lastSeq = 0, reach = 0 } = log.channels.get(channel) ?? {};
      const row = { seq: cursor, head: Math.max(cursor, lastSeq), credit };
      channels[channel] = at === "out_of_reach" ? { ...row, reach } : row;
    }
    const ack: ServerMessage = {
      op: "HEARTBEAT_ACK",
      server_time_unix_ms: now.unix_ms,
      resume_token: "",
      channels,
    };
    return { state: { ...state, heartbeat_ms: now.ms }, effects: [{ type: "send", message: ack }] };
  },
};

function onMessage(state: LiveState, message: ClientMessage, log: Log, now: Now): Step {
  const handler = ON_MESSAGE[message.op] as Handler<typeof message.op>;
  return handler(state, message, log, now);
}

function identify(
  state: NewState,
  message: Extract<ClientMessage, { op: "IDENTIFY" }>,
  log: Log,
  now: Now,
): Step {
  if (message.protocol !== LIMITS.protocol) {
    return close(state, "protocol_too_old", `protocol ${message.protocol}, here ${LIMITS.protocol}`);
  }
  // A seq above the head belongs to another log too: this one never gave it.
  if (message.epoch !== log.epoch || message.snapshot_seq > log.headSeq) {
    const invalid: Effect = { type: "send", message: { op: "INVALID_SESSION", reason: "epoch_changed" } };
    const closing = close(state, "invalid_session", `the epoch is ${log.epoch}`);
    return { state: closing.state, effects: [invalid, ...closing.effects] };
  }
  const unknown = unknownChannel(
    log,
    message.subscriptions.map((name) => [name, 0]),
  );
  if (unknown !== null) return close(state, "bad_message", `IDENTIFY /subscriptions: ${unknown}`);
  const channel_seq = Object.fromEntries(message.subscriptions.map((name) => [name, message.snapshot_seq]));
  const live: LiveState = {
    phase: "live",
    id: state.id,
    heartbeat_ms: now.ms,
    drained_ms: now.ms,
    allowance: { left: SERVER_LIMITS.client_burst_count, refilled_ms: now.ms },
    positions: new Map(),
  };
  const ack: ServerMessage = {
    op: "DISPATCH",
    type: "SNAPSHOT_ACK",
    session_id: state.id,
    resume_token: "",
    resumed: false,
    channel_seq,
  };
  const placed = place(live, { op: "SUBSCRIBE", channel_seq }, log, "subscribe");
  return { state: placed.state, effects: [{ type: "send", message: ack }, ...placed.effects] };
}

/** Sets cursors: of new channels (SUBSCRIBE, credit 0) or of those that it has (RESYNC, credit kept). */
function place(
  state: LiveState,
  message: Extract<ClientMessage, { op: "SUBSCRIBE" | "RESYNC" }>,
  log: Log,
  mode: "subscribe" | "resync",
): Step {
  const seqs = Object.entries(message.channel_seq);
  const fault = unknownChannel(log, seqs) ?? aboveHead(log, seqs);
  if (fault !== null) return close(state, "bad_message", `${message.op} /channel_seq: ${fault}`);
  const positions = new Map(state.positions);
  const effects: Effect[] = [];
  for (const [channel, cursor] of seqs) {
    const held = positions.get(channel);
    if (held === undefined && mode === "resync") continue; // Unsubscribed on its way here.
    const reachable = cursor >= (log.channels.get(channel)?.reach ?? 0);
    positions.set(channel, {
      cursor,
      credit: held?.credit ?? 0,
      at: reachable ? "head" : "out_of_reach",
      starved_since_ms: null,
    });
    effects.push(reachable ? { type: "pump", channel } : resyncRequired(channel));
  }
  return { state: { ...state, positions }, effects };
}

/** Takes the batch if it joins, credit is left and the socket keeps up; else the cursor waits. */
function offerBatch(state: LiveState, batch: BatchOffer, bufferedBytes: number): Step {
  const position = state.positions.get(batch.channel);
  if (position === undefined || position.at === "out_of_reach" || position.credit === 0) {
    return { state, effects: NONE };
  }
  if (position.cursor !== batch.prev_seq) return { state, effects: NONE };
  if (bufferedBytes + batch.frame_bytes > LIMITS.max_buffered_bytes / 2) {
    return { state: moved(state, batch.channel, { ...position, at: "behind" }), effects: NONE };
  }
  const next: Position = {
    cursor: batch.seq,
    credit: position.credit - 1,
    at: batch.complete ? "head" : "behind",
    starved_since_ms: null,
  };
  return { state: moved(state, batch.channel, next), effects: [{ type: "send_batch" }] };
}

/** What waited for the socket, once it has room for a frame of any size. */
function pumpsAfter(state: LiveState, bufferedBytes: number): readonly Effect[] {
  if (bufferedBytes + LIMITS.max_frame_bytes > LIMITS.max_buffered_bytes / 2) return NONE;
  const pumps: Effect[] = [];
  for (const [channel, { at, credit }] of state.positions) {
    if (at === "behind" && credit > 0) pumps.push({ type: "pump", channel });
  }
  return pumps;
}

function check(state: LiveState, bufferedBytes: number, now: Now): Step {
  const silence = now.ms - state.heartbeat_ms;
  if (silence > LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals) {
    return close(state, "session_timed_out", `no HEARTBEAT in ${Math.floor(silence)} ms`);
  }
  if (bufferedBytes === 0) return { state: { ...state, drained_ms: now.ms }, effects: NONE };
  if (now.ms - state.drained_ms > LIMITS.drain_timeout_ms) {
    return { state: { phase: "closed", id: state.id }, effects: [{ type: "terminate" }] };
  }
  return { state, effects: NONE };
}

function refill({ allowance }: LiveState, now: Now): number {
  const earned = ((now.ms - allowance.refilled_ms) * SERVER_LIMITS.client_messages_per_s) / 1000;
  return Math.min(allowance.left + earned, SERVER_LIMITS.client_burst_count);
}

function moved(state: LiveState, channel: string, position: Position): LiveState {
  return { ...state, positions: new Map(state.positions).set(channel, position) };
}

function unknownChannel(log: Log, named: readonly (readonly [string, number])[]): string | null {
  const found = named.find(([name]) => !log.channels.has(name));
  return found === undefined ? null : `no channel ${JSON.stringify(found[0].slice(0, 64))}`;
}

function aboveHead(log: Log, seqs: readonly (readonly [string, number])[]): string | null {
  const found = seqs.find(([, seq]) => seq > log.headSeq);
  return found === undefined ? null : `${found[0]}: seq ${found[1]} is above the head ${log.headSeq}`;
}

function resyncRequired(channel: string): Effect {
  return {
    type: "send",
    message: { op: "DISPATCH", type: "RESYNC_REQUIRED", channel, reason: "out_of_reach" },
  };
}

function close(state: SessionState, reason: CloseReason, detail: string): Step {
  return { state: { phase: "closed", id: state.id }, effects: [{ type: "close", reason, detail }] };
}

function gone(state: SessionState): Step {
  return { state: { phase: "closed", id: state.id }, effects: NONE };
}
