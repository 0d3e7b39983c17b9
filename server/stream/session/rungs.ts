/**
 * How well a channel serves its client: every change as it comes, coalesced ones, or none until RESYNC. The client is told
 * when that changes, at most once a check and never into a socket that already has its share to carry.
 */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { Rung } from "../../../protocol/stream/messages.ts";
import type { Effect } from "./events.ts";
import type { Position } from "./state.ts";
import { count, send } from "./step.ts";

const DETAIL: Record<Rung, string> = {
  full: "it keeps up: every change is sent",
  coalesced: "changes wait for credit or for the socket; newer values take their place",
  out_of_reach: "what changed since its cursor is no longer known: GET the channel, then RESYNC",
};

export interface Told {
  readonly position: Position;
  readonly effects: readonly Effect[];
}

/** Changes have waited longer than one that keeps up lets them. */
export function isLate({ waiting_since_ms }: Position, nowMs: number): boolean {
  return waiting_since_ms !== null && nowMs - waiting_since_ms >= LIMITS.degraded_after_ms;
}

/** A look at the clock: it is late, or it has kept up for long enough. */
export function review(channel: string, position: Position, roomBytes: number, nowMs: number): Told {
  return announce(channel, { ...position, late_ms: lateness(position, nowMs) }, roomBytes);
}

/** Tells the client the rung if it was told another, and there is room. */
export function announce(channel: string, position: Position, roomBytes: number): Told {
  const rung = rungOf(position);
  if (rung === position.rung || roomBytes <= 0) return { position, effects: [] };
  const code = rung === "full" ? "restored" : "degraded";
  const notice = send({ op: "DISPATCH", type: "NOTICE", code, channel, rung, detail: DETAIL[rung] });
  return {
    position: { ...position, rung },
    effects: rung === "full" ? [notice] : [notice, count({ what: "degraded", channel, rung })],
  };
}

function lateness(position: Position, nowMs: number): number | null {
  if (isLate(position, nowMs)) return nowMs;
  const keptUp = position.late_ms !== null && nowMs - position.late_ms >= LIMITS.restored_after_ms;
  return keptUp ? null : position.late_ms;
}

function rungOf({ at, late_ms }: Position): Rung {
  if (at === "out_of_reach") return "out_of_reach";
  return late_ms === null ? "full" : "coalesced";
}
