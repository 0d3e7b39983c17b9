/**
 * One stream-v2 session, pure: `step(state, event, now)` gives the next state and what to do, as data. Sockets, timers
 * and the sharing of frames are the shells' (`socket.ts`, `hub.ts`).
 *
 *     open --> new --IDENTIFY, RESUME--> live --> closed
 *               |                                   ^
 *               +----- anything else ---------------+
 *
 * A session is a cursor and a credit a channel, never a queue: what a client cannot take now is coalesced by the channel
 * itself. Every phase says what it does with every event; a case that is forgotten does not compile.
 */
import type { Now } from "../../clock.ts";
import { onControl, paid } from "./allowance.ts";
import { onBatch, onCredit, onDrained, onStarved } from "./credit.ts";
import { EVENT_TYPES, type EventOf, type EventType, type SessionEvent } from "./events.ts";
import { onEarly, onIdentify, onResume, onTwice, onUnidentifiedCheck } from "./handshake.ts";
import { onHeartbeat, onOutOfReach, onResync, onSubscribe, onUnsubscribe } from "./positions.ts";
import type { In, Phase, SessionState } from "./state.ts";
import { ignore, onGone, onRefused, type Step, terminate } from "./step.ts";
import { onCheck, onShutdown } from "./timeouts.ts";

type Handler<P extends Phase, E extends EventType> = (state: In<P>, event: EventOf<E>, now: Now) => Step;
type Table = { readonly [P in Phase]: { readonly [E in EventType]: Handler<P, E> } };

/** One handler for several events. The keys of what it gives are exactly `events`, so that none is forgotten. */
function each<const E extends EventType, H>(events: readonly E[], handler: H): { [K in E]: H } {
  return Object.fromEntries(events.map((event) => [event, handler])) as { [K in E]: H };
}

export const TABLE: Table = {
  new: {
    IDENTIFY: onIdentify,
    RESUME: onResume,
    ...each(["CREDIT", "RESYNC", "SUBSCRIBE", "UNSUBSCRIBE", "HEARTBEAT"], onEarly),
    control: paid(onControl),
    refused: onRefused,
    ...each(["batch", "starved", "out_of_reach", "drained"], ignore),
    check: onUnidentifiedCheck,
    overflow: terminate,
    shutdown: onShutdown,
    gone: onGone,
  },
  live: {
    ...each(["IDENTIFY", "RESUME"], onTwice),
    CREDIT: paid(onCredit),
    RESYNC: paid(onResync),
    SUBSCRIBE: paid(onSubscribe),
    UNSUBSCRIBE: paid(onUnsubscribe),
    HEARTBEAT: paid(onHeartbeat),
    control: paid(onControl),
    refused: onRefused,
    batch: onBatch,
    starved: onStarved,
    out_of_reach: onOutOfReach,
    drained: onDrained,
    check: onCheck,
    overflow: terminate,
    shutdown: onShutdown,
    gone: onGone,
  },
  closed: each(EVENT_TYPES, ignore),
};

export function step(state: SessionState, event: SessionEvent, now: Now): Step {
  const handler = TABLE[state.phase][event.type] as Handler<Phase, EventType>;
  return handler(state, event, now);
}
