/** From the open socket to a live session: HELLO, then IDENTIFY or RESUME. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { InvalidSession } from "../../../protocol/stream/messages.ts";
import type { Now } from "../../clock.ts";
import { fullAllowance } from "./allowance.ts";
import type { EventOf, EventType } from "./events.ts";
import { place } from "./positions.ts";
import { freshToken, tokenFault } from "./resume.ts";
import type { LiveState, NewState, World } from "./state.ts";
import { close, count, type Step, send, stay, unknownChannel } from "./step.ts";

/** The socket is open: HELLO. */
export function open(id: string, epoch: string, now: Now): Step {
  const {
    protocol,
    heartbeat_interval_ms,
    max_entities_per_batch,
    max_frame_bytes,
    max_flush_interval_ms,
    max_credit,
  } = LIMITS;
  const hello = send({
    op: "HELLO",
    protocol,
    encodings: ["json"],
    heartbeat_interval_ms,
    session_id: id,
    server_time_unix_ms: now.unix_ms,
    epoch,
    limits: { max_entities_per_batch, max_frame_bytes, max_flush_interval_ms, max_credit },
  });
  return stay({ phase: "new", id, opened_ms: now.ms, allowance: fullAllowance(now) }, [hello]);
}

export function onIdentify(state: NewState, event: EventOf<"IDENTIFY">, now: Now): Step {
  const { message, world } = event;
  if (message.protocol !== LIMITS.protocol) return tooOld(state, message.protocol);
  if (message.epoch !== world.log.epoch) return invalid(state, "epoch_changed", world);
  const unknown = unknownChannel(world.log, message.subscriptions);
  if (unknown !== null) return close(state, "bad_message", `IDENTIFY /subscriptions: ${unknown}`);
  const cursors = message.subscriptions.map((name) => [name, message.snapshot_seq] as const);
  return begin({ ...state, resumed: false }, cursors, event, now);
}

export function onResume(state: NewState, event: EventOf<"RESUME">, now: Now): Step {
  const { message, world } = event;
  if (message.protocol !== LIMITS.protocol) return tooOld(state, message.protocol);
  const fault = tokenFault(event, now);
  if (fault !== null) {
    const refused = invalid(state, fault, world);
    return stay(refused.state, [count({ what: "resume_refused", reason: fault }), ...refused.effects]);
  }
  const { channel_seq, last_seq, subscriptions } = message;
  const unknown = unknownChannel(world.log, subscriptions);
  if (unknown !== null) return close(state, "bad_message", `RESUME /subscriptions: ${unknown}`);
  const stray = unknownChannel(world.log, Object.keys(channel_seq));
  if (stray !== null) return close(state, "bad_message", `RESUME /channel_seq: ${stray}`);
  const cursors = subscriptions.map((name) => [name, channel_seq[name] ?? last_seq] as const);
  const begun = begin({ ...state, id: message.session_id, resumed: true }, cursors, event, now);
  return stay(begun.state, [count({ what: "resumed" }), ...begun.effects]);
}

export function onEarly(state: NewState, { type }: { type: EventType }): Step {
  return close(state, "not_identified", `${type} before IDENTIFY or RESUME`);
}

export function onTwice(state: LiveState, { type }: { type: EventType }): Step {
  return close(state, "already_identified", `${type} in a session that has begun`);
}

export function onUnidentifiedCheck(state: NewState, _event: EventOf<"check">, now: Now): Step {
  if (now.ms - state.opened_ms <= LIMITS.identify_timeout_ms) return stay(state);
  return close(state, "not_identified", `no IDENTIFY or RESUME in ${LIMITS.identify_timeout_ms} ms`);
}

function begin(
  { id, allowance, resumed }: NewState & { readonly resumed: boolean },
  cursors: readonly (readonly [channel: string, cursor: number])[],
  { world, room_bytes }: EventOf<"IDENTIFY" | "RESUME">,
  now: Now,
): Step {
  const live: LiveState = {
    phase: "live",
    id,
    heartbeat_ms: now.ms,
    drained_ms: now.ms,
    taken_count: 0,
    allowance,
    blocked: false,
    positions: new Map(),
  };
  const ack = send({
    op: "DISPATCH",
    type: "SNAPSHOT_ACK",
    session_id: id,
    resume_token: freshToken(id, world, now),
    resumed,
    channel_seq: Object.fromEntries(cursors),
  });
  const placed = place(live, cursors, { world, room_bytes }, now);
  return stay(placed.state, [ack, ...placed.effects]);
}

function invalid(state: NewState, reason: InvalidSession["reason"], { log }: World): Step {
  const told = send({ op: "INVALID_SESSION", reason });
  return reason === "epoch_changed"
    ? close(state, "invalid_session", `the epoch is ${log.epoch}`, told)
    : close(state, "bad_token", reason, told);
}

function tooOld(state: NewState, protocol: number): Step {
  return close(state, "protocol_too_old", `protocol ${protocol}, here ${LIMITS.protocol}`);
}
