import type { ChannelName } from "../../protocol/stream/channels.ts";
import { age } from "../format.ts";
import { lapseOf, rowsAge } from "../stores/freshness.ts";
import { useStatusAt } from "../stores/statusAt.ts";
import { TEXT } from "../text.ts";
import styles from "./Freshness.module.css";

/** Says in a panel's head when its rows are not what the server holds now, and how old they are; nothing while they are. */
export function Freshness({ channel }: { channel: ChannelName }) {
  const lapse = useStatusAt((status, now) => lapseOf(channel, status, now));
  const old = useStatusAt((...at) => {
    const ms = rowsAge(channel, ...at);
    return ms === null ? null : age(ms);
  });
  if (lapse === null) return null;
  return (
    <span className={styles.chip} data-lapse={lapse} title={TEXT.table.lapseTitle[lapse]}>
      {TEXT.table.lapse[lapse]}
      {old !== null && ` ${old}`}
    </span>
  );
}
