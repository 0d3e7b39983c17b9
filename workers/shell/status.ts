/** What every frame tells the page of the stream. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { StreamStatus } from "../api.ts";
import type { Session } from "../session/state.ts";
import { connectionOf } from "../session/status.ts";
import { isLive } from "../session/step.ts";
import type { Stores } from "../store/stores.ts";

/** `digests`: whether the last one compared was the server's. `rows_per_s`: applied over the last 5 s. */
export function statusOf(
  session: Session,
  stores: Stores,
  digests: ReadonlyMap<ChannelName, boolean>,
  server: string,
  rows_per_s: number,
): StreamStatus {
  const channels: StreamStatus["channels"] = {};
  let highest = 0;
  for (const name of session.subscriptions) {
    const seq = session.seqs[name] ?? 0;
    highest = Math.max(highest, seq);
    const live = isLive(session) ? session.at.channels[name] : undefined;
    channels[name] = {
      count: stores[name]?.count ?? 0,
      seq,
      digest_ok: digests.get(name) ?? true,
      rung: live?.rung ?? "full",
      credit: live?.credit ?? 0,
    };
  }
  return {
    connection: connectionOf(session),
    server,
    epoch: session.epoch,
    seq: highest,
    event_unix_ms: session.event_unix_ms,
    last_frame_unix_ms: session.last_frame_ms,
    rows_per_s,
    channels,
  };
}
