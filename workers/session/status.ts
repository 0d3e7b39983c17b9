/** What the page shows of where the stream stands. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Connection } from "../api.ts";
import type { In, Session } from "./state.ts";
import { channelsOf } from "./step.ts";

export function connectionOf(state: Session): Connection {
  const { at, failures, reason } = state;
  switch (at.phase) {
    case "live":
      return liveConnectionOf(state as In<"live">);
    case "resuming":
    case "asleep":
      return { state: at.phase };
    case "unreachable":
      return { state: "unreachable", failures, probe_at_unix_ms: at.probe_at_ms, reason };
    case "failed":
      return { state: "failed", reason };
    case "idle":
    case "bootstrapping":
    case "opening":
    case "identifying":
    case "waiting":
      if (reason === "") return { state: "connecting" };
      return {
        state: "reconnecting",
        attempt: Math.max(1, failures),
        retry_at_unix_ms: state.retry_at_ms,
        reason,
      };
  }
}

function liveConnectionOf(state: In<"live">): Connection {
  const paused: ChannelName[] = [];
  const diverged: ChannelName[] = [];
  for (const { name, channel } of channelsOf(state)) {
    // Of one that is new nothing was shown that could be behind.
    if (channel.flow.kind === "paused" && channel.flow.fault !== "new") paused.push(name);
    if (channel.flow.kind === "diverged") diverged.push(name);
  }
  if (diverged.length > 0) return { state: "diverged", channels: diverged };
  if (paused.length > 0) return { state: "resyncing", channels: paused };
  return { state: "live" };
}
