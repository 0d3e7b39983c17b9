/** Where the session stands in each channel, as its client sets it and is told of it. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { HeartbeatAck } from "../../../protocol/stream/messages.ts";
import type { Now } from "../../clock.ts";
import type { Effect, EventOf } from "./events.ts";
import { freshToken } from "./resume.ts";
import { announce, type Told } from "./rungs.ts";
import type { LiveState, Log, Position, World } from "./state.ts";
import { close, count, inChannel, type Step, send, stay, unknownChannel } from "./step.ts";

type Cursor = readonly [channel: string, cursor: number];
type Placing = EventOf<"SUBSCRIBE" | "RESYNC">;

const FRESH: Omit<Position, "cursor" | "placed_ms"> = {
  credit: 0,
  at: "head",
  starved: false,
  waiting_since_ms: null,
  late_ms: null,
  rung: "full",
};

export function onSubscribe(state: LiveState, event: EventOf<"SUBSCRIBE">, now: Now): Step {
  return fault(state, event) ?? place(state, Object.entries(event.message.channel_seq), event, now);
}

export function onResync(state: LiveState, event: EventOf<"RESYNC">, now: Now): Step {
  const refused = fault(state, event);
  if (refused !== null) return refused;
  // A channel that it lacks was unsubscribed while the RESYNC was on its way.
  const cursors = Object.entries(event.message.channel_seq).filter(([name]) => state.positions.has(name));
  // One that was out of reach is counted as that already.
  const isGap = cursors.some(([name]) => state.positions.get(name)?.at !== "out_of_reach");
  const placed = place(state, cursors, event, now);
  return isGap ? stay(placed.state, [count({ what: "gap" }), ...placed.effects]) : placed;
}

export function onUnsubscribe(state: LiveState, { message, world }: EventOf<"UNSUBSCRIBE">): Step {
  const unknown = unknownChannel(world.log, message.channels);
  if (unknown !== null) return close(state, "bad_message", `UNSUBSCRIBE /channels: ${unknown}`);
  const positions = new Map(state.positions);
  const left = message.channels.filter((channel) => positions.delete(channel));
  return stay(
    { ...state, positions },
    left.map((channel) => ({ type: "leave", channel })),
  );
}

export function onHeartbeat(state: LiveState, { message, world }: EventOf<"HEARTBEAT">, now: Now): Step {
  const unknown = unknownChannel(world.log, Object.keys(message.channel_seq));
  if (unknown !== null) return close(state, "bad_message", `HEARTBEAT /channel_seq: ${unknown}`);
  const ack = send({
    op: "HEARTBEAT_ACK",
    server_time_unix_ms: now.unix_ms,
    resume_token: freshToken(state.id, world, now),
    ...(message.n === undefined ? {} : { n: message.n }),
    channels: balances(state, world.log),
  });
  return stay({ ...state, heartbeat_ms: now.ms }, [ack]);
}

/**
 * Sets cursors, of channels that are new to the session (without credit) and of those that it has (their credit stays). More
 * channels than a session may have close it.
 */
export function place(
  state: LiveState,
  cursors: readonly Cursor[],
  { world, room_bytes }: { readonly world: World; readonly room_bytes: number },
  now: Now,
): Step {
  const positions = new Map(state.positions);
  const effects: Effect[] = [];
  for (const [channel, cursor] of cursors) {
    if (!positions.has(channel)) effects.push({ type: "join", channel });
    const held = positions.get(channel) ?? FRESH;
    const late_ms = held.at === "out_of_reach" ? now.ms : held.late_ms;
    const placed: Position = {
      ...held,
      cursor,
      placed_ms: now.ms,
      at: "head",
      waiting_since_ms: null,
      late_ms,
    };
    if (cursor >= (world.log.channel(channel)?.reach ?? 0)) {
      positions.set(channel, placed);
      effects.push({ type: "pump", channel });
    } else {
      const lost = loseReach(channel, placed, room_bytes);
      positions.set(channel, lost.position);
      effects.push(...lost.effects);
    }
  }
  if (positions.size > LIMITS.max_channels_count) {
    return close(state, "bad_message", `${positions.size} channels, at most ${LIMITS.max_channels_count}`);
  }
  return stay({ ...state, positions }, effects);
}

export function onOutOfReach(state: LiveState, event: EventOf<"out_of_reach">): Step {
  const position = state.positions.get(event.channel);
  if (position === undefined || position.at === "out_of_reach") return stay(state);
  const lost = loseReach(event.channel, position, event.room_bytes);
  return stay(inChannel(state, event.channel, lost.position), lost.effects);
}

/** A cursor that the head has not reached for so long is of no use here. */
export function isAhead(state: LiveState, log: Log, now: Now): boolean {
  for (const { cursor, placed_ms } of state.positions.values()) {
    if (cursor > log.headSeq && now.ms - placed_ms > LIMITS.ahead_wait_ms) return true;
  }
  return false;
}

function loseReach(channel: string, position: Position, roomBytes: number): Told {
  const lost: Position = { ...position, at: "out_of_reach", waiting_since_ms: null };
  const told = announce(channel, lost, roomBytes);
  const required = send({ op: "DISPATCH", type: "RESYNC_REQUIRED", channel, reason: "out_of_reach" });
  return {
    position: told.position,
    effects: [required, count({ what: "out_of_reach", channel }), ...told.effects],
  };
}

function balances(state: LiveState, log: Log): HeartbeatAck["channels"] {
  const channels: HeartbeatAck["channels"] = {};
  for (const [channel, { cursor, credit, at }] of state.positions) {
    const { lastSeq = 0, reach = 0 } = log.channel(channel) ?? {};
    const row = { seq: cursor, head: Math.max(cursor, lastSeq), credit };
    channels[channel] = at === "out_of_reach" ? { ...row, reach } : row;
  }
  return channels;
}

function fault(state: LiveState, { message, world }: Placing): Step | null {
  const unknown = unknownChannel(world.log, Object.keys(message.channel_seq));
  return unknown === null ? null : close(state, "bad_message", `${message.op} /channel_seq: ${unknown}`);
}
