/** What a table shows in place of rows, and whether the rows it shows are fresh. */
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { StreamStatus, ViewFrame } from "../../workers/api.ts";

/** Silence on an open connection, heartbeats included, after which it is not called live. */
export const STALE_AFTER_MS = LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals;

export type TableState = "rows" | "loading" | "empty" | "no-match" | "disconnected";

export function tableState(status: StreamStatus | null, frame: ViewFrame | undefined): TableState {
  if (frame !== undefined && frame.total > 0) return "rows";
  if (frame !== undefined && frame.held > 0) return "no-match";
  switch (status?.connection.state) {
    case "reconnecting":
    case "failed":
      return "disconnected";
    case "live":
    case "resyncing":
    case "diverged":
      return frame === undefined ? "loading" : "empty";
    case "connecting":
    case undefined:
      return "loading";
  }
}

/** Age in ms of what is on screen, once it is not fresh any more; null while it is. */
export function staleMs(status: StreamStatus | null, now: number): number | null {
  const last = status?.last_frame_unix_ms ?? null;
  if (status === null || last === null) return null;
  const silent = Math.max(0, now - last);
  switch (status.connection.state) {
    case "connecting":
    case "reconnecting":
    case "failed":
      return silent;
    case "live":
    case "resyncing":
    case "diverged":
      return silent > STALE_AFTER_MS ? silent : null;
  }
}
