/** What the client may be sent: credit, the batches that it pays for, and what waits for it or for the socket. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { Now } from "../../clock.ts";
import type { BatchOffer, Effect, EventOf } from "./events.ts";
import { isLate } from "./rungs.ts";
import type { LiveState, Position } from "./state.ts";
import { close, count, inChannel, type Step, stay, unknownChannel } from "./step.ts";

const SEND_BATCH: readonly Effect[] = [{ type: "send_batch" }];

export function onCredit(state: LiveState, { message, world }: EventOf<"CREDIT">): Step {
  const grants = Object.entries(message.channel_credit);
  const unknown = unknownChannel(world.log, Object.keys(message.channel_credit));
  if (unknown !== null) return close(state, "bad_message", `CREDIT /channel_credit: ${unknown}`);
  const positions = new Map(state.positions);
  const effects: Effect[] = [];
  for (const [channel, grant] of grants) {
    const position = positions.get(channel);
    if (position === undefined || grant === 0) continue; // Unsubscribed on its way here.
    const credit = Math.min(position.credit + grant, LIMITS.max_credit);
    positions.set(channel, { ...position, credit, starved: false });
    effects.push({ type: "pump", channel });
  }
  return stay({ ...state, positions }, effects);
}

export function onStarved(state: LiveState, { channel }: EventOf<"starved">, now: Now): Step {
  const position = state.positions.get(channel);
  if (position === undefined) return stay(state);
  // After RESYNC changes may come to wait anew, and no credit has come.
  const starved = inChannel(state, channel, { ...waiting(position, now), starved: true });
  return stay(starved, position.starved ? [] : [count({ what: "credit_exhausted" })]);
}

/** Takes the batch if it joins, credit is left and the socket has room; else the cursor waits. */
export function onBatch(state: LiveState, { batch, room_bytes }: EventOf<"batch">, now: Now): Step {
  const position = state.positions.get(batch.channel);
  if (position === undefined || position.at === "out_of_reach" || position.credit === 0) return stay(state);
  if (position.cursor !== batch.prev_seq) return stay(state);
  if (batch.frame_bytes > room_bytes) {
    const held = inChannel(state, batch.channel, { ...waiting(position, now), at: "behind" });
    return stay({ ...held, blocked: true });
  }
  return stay(inChannel(state, batch.channel, written(position, batch, now)), SEND_BATCH);
}

/** The socket took something: what waited for it goes, once it has room for a frame of any size. */
export function onDrained(state: LiveState, { room_bytes }: EventOf<"drained">): Step {
  if (!state.blocked || room_bytes < LIMITS.max_frame_bytes) return stay(state);
  const pumps: Effect[] = [];
  for (const [channel, { at, credit }] of state.positions) {
    if (at === "behind" && credit > 0) pumps.push({ type: "pump", channel });
  }
  return stay({ ...state, blocked: false }, pumps);
}

/** Every field by name, since this runs for every batch of every session. */
function written(position: Position, batch: BatchOffer, now: Now): Position {
  const credit = position.credit - 1;
  const waits = !batch.complete && (credit === 0 || position.waiting_since_ms !== null);
  return {
    cursor: batch.seq,
    placed_ms: position.placed_ms,
    credit,
    at: batch.complete ? "head" : "behind",
    starved: position.starved,
    waiting_since_ms: waits ? (position.waiting_since_ms ?? now.ms) : null,
    late_ms: batch.complete && isLate(position, now.ms) ? now.ms : position.late_ms,
    rung: position.rung,
  };
}

function waiting(position: Position, now: Now): Position {
  return position.waiting_since_ms === null ? { ...position, waiting_since_ms: now.ms } : position;
}
