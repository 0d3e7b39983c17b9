/** How the pill names the stream's state. Pure: (status, clock) -> words and a tone. */
import type { Connection, StreamStatus } from "../../workers/api.ts";
import { age, sentence } from "../format.ts";
import { staleMs } from "../table/state.ts";
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
  const connection = status?.connection;
  if (connection?.state === "reconnecting") {
    const left = Math.ceil((connection.retry_at_unix_ms - now) / 1000);
    return left > 0 ? TEXT.connection.reconnecting(left) : TEXT.connection.retrying;
  }
  return state === "stale" ? TEXT.connection.stale(age(staleMs(status, now) ?? 0)) : stateName(state);
}

/** The state without its figures: for the title and for a screen reader, which must not hear a countdown. */
export function stateName(state: PillState): string {
  switch (state) {
    case "reconnecting":
      return TEXT.connection.retrying;
    case "stale":
      return TEXT.connection.stale("").trim();
    default:
      return TEXT.connection[state];
  }
}

/** One sentence: what is the case, and why. */
export function explain(status: StreamStatus | null, now: number): string {
  const text = TEXT.connection.explain;
  if (pillState(status, now) === "stale") return text.stale;
  const connection: Connection = status?.connection ?? { state: "connecting" };
  switch (connection.state) {
    case "connecting":
    case "live":
      return text[connection.state];
    case "resyncing":
    case "diverged":
      return text[connection.state](connection.channels.join(", "));
    case "reconnecting":
      return text.reconnecting(connection.attempt, sentence(connection.reason));
    case "failed":
      return text.failed(sentence(connection.reason));
  }
}

/** States in which what is on screen is what the server holds, or is on its way there by itself. */
export function isLive(state: PillState): boolean {
  return state === "live" || state === "resyncing";
}
