/** For tests of the pure session: a log, one message of each op, states to begin from. */
import { parseBarsChannel } from "../../protocol/stream/channels.ts";
import type { ClientMessage, ClientOp, ServerMessage } from "../../protocol/stream/messages.ts";
import type { Now } from "../clock.ts";
import type { BatchOffer, Effect, EventOf, SessionEvent } from "../stream/session/events.ts";
import { open } from "../stream/session/handshake.ts";
import { step } from "../stream/session/session.ts";
import type { LiveState, Log, NewState, Position, SessionState, World } from "../stream/session/state.ts";
import type { Step } from "../stream/session/step.ts";
import { resumeTokens } from "../stream/token.ts";

export const EPOCH = "e-test-0";
export const TOKENS = resumeTokens("the secret of every test of a session");
export const UNIX_MS = 1_700_000_000_000;
export const at = (ms: number): Now => ({ ms, unix_ms: UNIX_MS + ms });

/**
 * The head is 1000. `tx.main` last changed at 990 and remembers back to 100; `pool.main` remembers all; channels of bars are
 * empty.
 */
export function world(overrides: Partial<Log> = {}): World {
  const channels = new Map([
    ["tx.main", { lastSeq: 990, reach: 100 }],
    ["pool.main", { lastSeq: 1000, reach: 0 }],
  ]);
  const channel = (name: string) =>
    channels.get(name) ?? (parseBarsChannel(name) && { lastSeq: 0, reach: 0 });
  return { log: { epoch: EPOCH, headSeq: 1000, channel, ...overrides }, tokens: TOKENS };
}

export function token(claims: { epoch?: string; session_id?: string; expires_ms?: number } = {}): string {
  const { epoch = EPOCH, session_id = "sess_old", expires_ms = 60_000 } = claims;
  return TOKENS.sign({ epoch, session_id, expires_unix_ms: UNIX_MS + expires_ms });
}

export const MESSAGES: { readonly [Op in ClientOp]: Extract<ClientMessage, { op: Op }> } = {
  IDENTIFY: { op: "IDENTIFY", protocol: 2, snapshot_seq: 900, epoch: EPOCH, subscriptions: ["tx.main"] },
  RESUME: {
    op: "RESUME",
    protocol: 2,
    session_id: "sess_old",
    resume_token: token(),
    last_seq: 940,
    channel_seq: { "tx.main": 950 },
    subscriptions: ["tx.main"],
  },
  CREDIT: { op: "CREDIT", channel_credit: { "tx.main": 2 } },
  RESYNC: { op: "RESYNC", channel_seq: { "tx.main": 950 } },
  SUBSCRIBE: { op: "SUBSCRIBE", channel_seq: { "pool.main": 950 } },
  UNSUBSCRIBE: { op: "UNSUBSCRIBE", channels: ["tx.main"] },
  HEARTBEAT: { op: "HEARTBEAT", channel_seq: { "tx.main": 900 } },
};

export function says(
  message: ClientMessage,
  view: World = world(),
  room_bytes = Number.POSITIVE_INFINITY,
): SessionEvent {
  return { type: message.op, message, world: view, room_bytes } as SessionEvent;
}

/** A batch of `tx.main` that reaches the head. */
export function offer(batch: Partial<BatchOffer> = {}, room_bytes = 100_000): EventOf<"batch"> {
  const whole = { channel: "tx.main", prev_seq: 900, seq: 950, complete: true, frame_bytes: 1000 };
  return { type: "batch", batch: { ...whole, ...batch }, room_bytes };
}

export function check(
  socket: { buffered?: number; room?: number; taken?: number } = {},
  view = world(),
): EventOf<"check"> {
  const { buffered = 0, room = Number.POSITIVE_INFINITY, taken = 0 } = socket;
  return { type: "check", world: view, taken_count: taken, buffered_bytes: buffered, room_bytes: room };
}

export const STARVED: SessionEvent = { type: "starved", channel: "tx.main" };
export const LOST: SessionEvent = { type: "out_of_reach", channel: "tx.main", room_bytes: 100_000 };

export const NEW = open("sess_1", EPOCH, at(0)).state as NewState;
export const LIVE = step(NEW, says(MESSAGES.IDENTIFY), at(10)).state as LiveState;
/** With two credits. */
export const FUNDED = step(LIVE, says(MESSAGES.CREDIT), at(20)).state as LiveState;
export const CLOSED: SessionState = { phase: "closed", id: "sess_1" };

/** `state` after `events`, each at its time. */
export function after(state: SessionState, ...events: [event: SessionEvent, ms: number][]): SessionState {
  return events.reduce((reached, [event, ms]) => step(reached, event, at(ms)).state, state);
}

export function positionOf(state: SessionState, channel = "tx.main"): Position {
  const position = state.phase === "live" ? state.positions.get(channel) : undefined;
  if (position === undefined) throw new Error(`the session has no ${channel}`);
  return position;
}

export function sent({ effects }: Pick<Step, "effects">): ServerMessage[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
}

export function counted({ effects }: Pick<Step, "effects">): object[] {
  return effects.flatMap((effect) => (effect.type === "count" ? [effect.counted] : []));
}

/** The reason that a step closes for; null where it does not. */
export function closing({ effects }: Pick<Step, "effects">): Extract<Effect, { type: "close" }> | null {
  return effects.find((effect) => effect.type === "close") ?? null;
}
