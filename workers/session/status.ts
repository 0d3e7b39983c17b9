/** What the page shows of where the stream stands. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Connection } from "../api.ts";
import type { Session } from "./state.ts";
import { channelsOf, isLive } from "./step.ts";

export function connectionOf(state: Session): Connection {
  if (state.at.phase === "failed") return { state: "failed", reason: state.reason };
  if (!isLive(state)) {
    const { attempt, retry_at_ms, reason } = state;
    if (attempt === 0) return { state: "connecting" };
    return { state: "reconnecting", attempt, retry_at_unix_ms: retry_at_ms, reason };
  }
  const paused: ChannelName[] = [];
  const diverged: ChannelName[] = [];
  for (const { name, channel } of channelsOf(state)) {
    if (channel.flow.kind === "paused") paused.push(name);
    if (channel.flow.kind === "diverged") diverged.push(name);
  }
  if (diverged.length > 0) return { state: "diverged", channels: diverged };
  if (paused.length > 0) return { state: "resyncing", channels: paused };
  return { state: "live" };
}
