import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { StreamStatus } from "../../workers/api.ts";
import { age } from "../format.ts";
import { useStatusAt } from "../stores/statusAt.ts";
import { staleMs } from "../table/state.ts";
import { TEXT } from "../text.ts";
import styles from "./Freshness.module.css";

/** Says in a panel's head when its rows are not what the server holds now; nothing while they are. */
export function Freshness({ channel }: { channel: ChannelName }) {
  const said = useStatusAt((status, now) => say(channel, status, now));
  if (said === null) return null;
  return (
    <span className={styles.chip} data-diverged={said === TEXT.table.diverged || undefined}>
      {said}
    </span>
  );
}

function say(channel: ChannelName, status: StreamStatus | null, now: number): string | null {
  const connection = status?.connection;
  if (connection?.state === "diverged" && connection.channels.includes(channel)) return TEXT.table.diverged;
  const stale = staleMs(status, now);
  if (stale !== null) return TEXT.connection.staleSince(age(stale));
  if (connection?.state === "resyncing" && connection.channels.includes(channel)) return TEXT.table.resyncing;
  return null;
}
