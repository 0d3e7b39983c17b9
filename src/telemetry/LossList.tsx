import type { Loss } from "../../workers/api.ts";
import { channelTitle } from "../channels.ts";
import { count, utc } from "../format.ts";
import { TEXT } from "../text.ts";
import styles from "./LossList.module.css";
import { lossKeys } from "./loss-keys.ts";
import { Term } from "./Term.tsx";

/** The last losses with their place, newest first. */
export function LossList({ recent }: { recent: readonly Loss[] }) {
  const text = TEXT.telemetry.loss;
  const keys = lossKeys(recent);
  if (recent.length === 0) return <p className={styles.none}>{text.none}</p>;
  return (
    <div className={styles.scroller} role="region" aria-label={text.label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {text.columns.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {recent
            .toReversed()
            .map(({ channel, kind, hop, from_seq, to_seq, count: lost, at_unix_ms }, at) => (
              <tr key={keys[recent.length - 1 - at]}>
                <td title={utc(at_unix_ms)}>{utc(at_unix_ms).slice(11, 19)}</td>
                <td>{channelTitle(channel)}</td>
                <td>
                  <Term name={kind} />
                </td>
                <td>{text.hop[hop]}</td>
                <td title={text.range(count(from_seq), count(to_seq))}>
                  {count(from_seq)}–{count(to_seq)}
                </td>
                <td>{count(lost)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
