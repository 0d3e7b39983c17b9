/** How the pill names the stream's state. Pure: (status, clock) -> words and a tone. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Connection, StreamStatus } from "../../workers/api.ts";
import { channelTitle } from "../channels.ts";
import { age, sentence } from "../format.ts";
import { staleMs } from "../stores/freshness.ts";
import { TEXT } from "../text.ts";

/** What the pill, the title and the favicon can be. "stale" is ours: an open connection that went silent. */
export type PillState = Connection["state"] | "stale";

export function pillState(status: StreamStatus | null, now: number): PillState {
  if (status === null) return "connecting";
  const { state } = status.connection;
  return state === "live" && staleMs(status, now) !== null ? "stale" : state;
}

/** The pill's words. */
export function pillText(status: StreamStatus | null, now: number): string {
  const state = pillState(status, now);
  if (state === "stale") return TEXT.connection.staleFor(age(staleMs(status, now) ?? 0));
  const connection = status?.connection;
  switch (connection?.state) {
    case "reconnecting":
      return countdown(connection.retry_at_unix_ms - now, TEXT.connection.reconnectingIn, state);
    case "unreachable":
      return countdown(connection.probe_at_unix_ms - now, TEXT.connection.probingIn, state);
    default:
      return stateName(state);
  }
}

function countdown(left_ms: number, say: (seconds: number) => string, state: PillState): string {
  return left_ms > 0 ? say(Math.ceil(left_ms / 1000)) : stateName(state);
}

/** The state without its figures: for the title and for a screen reader, which must not hear a countdown. */
export function stateName(state: PillState): string {
  return TEXT.connection[state];
}

/** One sentence: what is the case, and why. It changes with the state, not with the clock. */
export function explain(status: StreamStatus | null, now: number): string {
  const text = TEXT.connection.explain;
  if (pillState(status, now) === "stale") return text.stale;
  const connection: Connection = status?.connection ?? { state: "connecting" };
  switch (connection.state) {
    case "live":
      return explainLive(status);
    case "connecting":
    case "resuming":
    case "asleep":
      return text[connection.state];
    case "resyncing":
    case "diverged":
      return text[connection.state](titles(connection.channels));
    case "reconnecting":
      return text.reconnecting(connection.attempt, said(connection.reason));
    case "unreachable":
      return text.unreachable(connection.failures, said(connection.reason));
    case "failed":
      return text.failed(said(connection.reason));
  }
}

/** A reason as a sentence; the protocol's own words have one here. */
function said(reason: string): string {
  const reasons: Readonly<Record<string, string>> = TEXT.connection.reasons;
  return sentence(reasons[reason] ?? reason);
}

function explainLive(status: StreamStatus | null): string {
  const channels = status?.channels ?? {};
  const degraded = (Object.keys(channels) as ChannelName[]).filter(
    (name) => (channels[name]?.rung ?? "full") !== "full",
  );
  const text = TEXT.connection.explain;
  return degraded.length === 0 ? text.live : text.degraded(titles(degraded));
}

function titles(channels: readonly ChannelName[]): string {
  return channels.map(channelTitle).join(", ");
}

/** What only the user can do about the state; null where there is nothing. */
export function remedy(state: PillState): "retry" | "reload" | null {
  if (state === "unreachable") return "retry";
  return state === "failed" ? "reload" : null;
}

/** States in which what is on screen is what the server holds, or is on its way there by itself. */
export function isLive(state: PillState): boolean {
  return state === "live" || state === "resyncing";
}
