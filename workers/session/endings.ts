/** How a connection ends, and what follows: wait, with backoff, and come again; probe, after too many; or not at all. */
import type { ByChannel } from "../../protocol/stream/channels.ts";
import { CLOSE } from "../../protocol/stream/limits.ts";
import type { EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import type { Fault, Session } from "./state.ts";
import { channelsOf, count, draw, go, isLive, type Step } from "./step.ts";

interface Loss {
  /** Cursor and token are void: whole windows come next. */
  fresh?: boolean;
  /** The server asked not to come sooner. */
  after_ms?: number;
  /** It counts towards backoff and breaker, unless the attempt was hurried. */
  failure?: boolean;
}

/** Ends what there is and waits for the next attempt, or for a probe. */
export function lose(
  state: Session,
  now: number,
  reason: string,
  { fresh = false, after_ms = 0, failure = true }: Loss = {},
): Step {
  const healthy = isLive(state) && now - state.at.since_ms >= SESSION_LIMITS.healthy_session_ms;
  const before = healthy ? 0 : state.failures;
  const counts = failure && !state.hurried;
  const failures = counts ? before + 1 : before;
  const ended = {
    ...(isLive(state) ? count(state, "disconnects") : state),
    failures,
    reason,
    hurried: false,
  };
  if (counts && failures >= SESSION_LIMITS.breaker_failures_count) return openBreaker(ended, now);
  const wait = backoff(fresh ? dropCursor(ended) : { ...ended, faults: faultsOf(state) }, before);
  const retry_at_ms = now + askedWait(after_ms) + wait.delay_ms;
  return go({ ...wait.state, retry_at_ms }, { phase: "waiting" }, [{ type: "close" }]);
}

/** What is waited where the server asks for `after_ms`. */
export function askedWait(after_ms: number): number {
  return Math.min(after_ms, SESSION_LIMITS.asked_wait_most_ms);
}

/** Ends for good: trying again would come to the same. */
export function fail(state: Session, reason: string): Step {
  return go({ ...state, reason }, { phase: "failed" }, [{ type: "close" }]);
}

function openBreaker(state: Session, now: number): Step {
  const next = nextProbe(dropCursor(state), now);
  return go(next.state, { phase: "unreachable", probe: null, probe_at_ms: next.probe_at_ms }, [
    { type: "close" },
  ]);
}

/** When an open breaker probes next. */
export function nextProbe(state: Session, now: number): { probe_at_ms: number; state: Session } {
  const { probe_least_ms, probe_most_ms } = SESSION_LIMITS;
  const jitter = draw(state);
  const delay_ms = probe_least_ms + jitter.value * (probe_most_ms - probe_least_ms);
  return { probe_at_ms: now + delay_ms, state: jitter.state };
}

function dropCursor(state: Session): Session {
  return { ...state, void: true, token: null, faults: {} };
}

/** What the next connection has to repair. A gap is not of it: the server goes on from what was applied. */
function faultsOf(state: Session): Session["faults"] {
  if (!isLive(state)) return state.faults;
  const faults: ByChannel<Fault> = {};
  for (const { name, channel } of channelsOf(state)) {
    const { flow } = channel;
    if (flow.kind === "diverged") faults[name] = "mismatch";
    if (flow.kind === "paused" && flow.fault !== "gap") faults[name] = flow.fault;
  }
  return faults;
}

/** Exponential with full jitter. */
export function backoff<S extends Session>(state: S, attempt: number): { delay_ms: number; state: S } {
  const most = Math.min(SESSION_LIMITS.backoff_most_ms, SESSION_LIMITS.backoff_first_ms * 2 ** attempt);
  const jitter = draw(state);
  return { delay_ms: jitter.value * most, state: jitter.state };
}

export function onStop(state: Session): Step {
  return go(state, { phase: "idle" }, [{ type: "close" }]);
}

/** As the table of close codes has it; a code that is not in it comes again with backoff. */
export function onClosed(state: Session, event: EventOf<"closed">, now: number): Step {
  const known = Object.values(CLOSE).find((close) => close.code === event.code);
  const reason = event.reason || known?.text || `the connection closed (${event.code})`;
  switch (known?.retry) {
    case "reload":
      return fail(state, `${reason}: reload the page`);
    case "never":
      return fail(state, reason);
    case "bootstrap":
      return lose(state, now, reason, { fresh: true });
    case "resume":
      return lose(state, now, reason, { failure: !isLive(state) });
    default:
      return lose(state, now, reason);
  }
}

export function onMalformed(state: Session, event: EventOf<"malformed">, now: number): Step {
  return lose(count(state, "protocol_errors"), now, event.reason);
}

/** A frame before its time, from a server that does not keep the order of the handshake. */
export function onUnexpected(state: Session, event: { type: string }, now: number): Step {
  return lose(count(state, "protocol_errors"), now, `unexpected ${event.type}`);
}

export function onInvalidSession(state: Session, event: EventOf<"invalid_session">, now: number): Step {
  return lose(state, now, event.reason, { fresh: true });
}

export function onReconnect(state: Session, { reason, after_ms }: EventOf<"reconnect">, now: number): Step {
  return lose(state, now, reason, { after_ms, failure: reason !== "draining" });
}
