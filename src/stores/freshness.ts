/** How fresh the rows on screen are. Pure: (status, clock) -> ages and lapses. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import type { Connection, StreamStatus } from "../../workers/api.ts";

/** Silence on an open connection, heartbeats included, after which it is not called live. */
export const STALE_AFTER_MS = LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals;
/** A repair that takes less than this is over before an eye would follow: its rows do not step back. */
export const REPAIR_SHOWS_AFTER_MS = 1_000;

/** States in which frames come in. In all others what is on screen ages. */
const OPEN: Readonly<Record<Connection["state"], boolean>> = {
  connecting: false,
  live: true,
  resuming: false,
  resyncing: true,
  diverged: true,
  reconnecting: false,
  unreachable: false,
  asleep: false,
  failed: false,
};

/** Age in ms of what is on screen, once it is not fresh any more; null while it is. */
export function staleMs(status: StreamStatus | null, now: number): number | null {
  const last = status?.last_frame_unix_ms ?? null;
  if (status === null || last === null) return null;
  const silent = Math.max(0, now - last);
  return OPEN[status.connection.state] && silent <= STALE_AFTER_MS ? null : silent;
}

/** How a channel's rows differ from what the server holds now. All but the last are of an earlier time. */
export type Lapse = "diverged" | "stale" | "resyncing" | "out_of_reach" | "coalesced";

/** The gravest; null while the rows are the server's. */
export function lapseOf(channel: ChannelName, status: StreamStatus | null, now: number): Lapse | null {
  if (status === null) return null;
  const { connection, channels } = status;
  const named = "channels" in connection && connection.channels.includes(channel);
  if (named && connection.state === "diverged") return "diverged";
  if (staleMs(status, now) !== null) return "stale";
  if (named) return "resyncing";
  const rung = channels[channel]?.rung ?? "full";
  return rung === "full" ? null : rung;
}

/** When each channel was last what the server held (worker's clock): where the age of its rows counts from. */
export type WholeTimes = Readonly<Partial<Record<ChannelName, number>>>;

export function wholeTimes(before: WholeTimes, status: StreamStatus): WholeTimes {
  const { connection, last_frame_unix_ms: last } = status;
  if (last === null || !OPEN[connection.state]) return before;
  const lapsed = (name: ChannelName) => ![null, "coalesced"].includes(lapseOf(name, status, last));
  const names = Object.keys(status.channels) as ChannelName[];
  return Object.fromEntries(names.map((name) => [name, lapsed(name) ? (before[name] ?? last) : last]));
}

/** Age in ms of a channel's rows, by which they are drawn as old ones; null while they are not. */
export function rowsAge(
  channel: ChannelName,
  status: StreamStatus | null,
  now: number,
  whole: WholeTimes,
): number | null {
  const lapse = lapseOf(channel, status, now);
  if (lapse === null || lapse === "coalesced") return null;
  const age = Math.max(0, now - (whole[channel] ?? status?.last_frame_unix_ms ?? now));
  return lapse === "stale" || lapse === "diverged" || age >= REPAIR_SHOWS_AFTER_MS ? age : null;
}
