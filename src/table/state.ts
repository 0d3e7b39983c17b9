/** What a table shows in place of rows. */
import type { StreamStatus, ViewFrame } from "../../workers/api.ts";

export type TableState = "rows" | "loading" | "empty" | "no-match" | "disconnected";

export function tableState(
  status: StreamStatus | null,
  frame: Pick<ViewFrame, "total" | "held"> | undefined,
): TableState {
  if (frame !== undefined && frame.total > 0) return "rows";
  if (frame !== undefined && frame.held > 0) return "no-match";
  switch (status?.connection.state) {
    case "reconnecting":
    case "unreachable":
    case "failed":
      return "disconnected";
    case "live":
    case "resyncing":
    case "diverged":
      return frame === undefined ? "loading" : "empty";
    case "connecting":
    case "resuming":
    case "asleep":
    case undefined:
      return "loading";
  }
}
