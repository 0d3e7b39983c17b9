/** A status in each state of the connection, for tests. */
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import type { Connection, StreamStatus } from "../../workers/api.ts";

export const NOW = 1_700_000_000_000;

export const CONNECTIONS: { readonly [S in Connection["state"]]: Connection & { state: S } } = {
  connecting: { state: "connecting" },
  live: { state: "live" },
  resuming: { state: "resuming" },
  resyncing: { state: "resyncing", channels: ["tx.main"] },
  diverged: { state: "diverged", channels: ["tx.main"] },
  reconnecting: { state: "reconnecting", attempt: 3, retry_at_unix_ms: NOW, reason: "the socket closed" },
  unreachable: { state: "unreachable", failures: 6, probe_at_unix_ms: NOW, reason: "no answer" },
  asleep: { state: "asleep" },
  failed: { state: "failed", reason: "protocol too old" },
};

/** Its last frame came `NOW`, unless told otherwise; every channel is served whole. */
export function statusIn(
  connection: Connection | Connection["state"],
  changes: Partial<StreamStatus> = {},
): StreamStatus {
  const channel = { count: 1, seq: 1, digest_ok: true, rung: "full", credit: 2 } as const;
  return {
    connection: typeof connection === "string" ? CONNECTIONS[connection] : connection,
    server: "http://127.0.0.1:1",
    epoch: "e-1",
    seq: 1,
    event_unix_ms: NOW,
    last_frame_unix_ms: NOW,
    rows_per_s: 1,
    channels: Object.fromEntries(CHANNEL_NAMES.map((name) => [name, channel])),
    ...changes,
  };
}
