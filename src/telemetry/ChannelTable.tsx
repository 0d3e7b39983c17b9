import { CHANNEL_KINDS } from "../../protocol/stream/channels.ts";
import { kindTitle } from "../channels.ts";
import { TEXT } from "../text.ts";
import styles from "./ChannelTable.module.css";
import { channelFigures } from "./figures.ts";
import { Term } from "./Term.tsx";
import type { Telemetry } from "./useTelemetry.ts";

const PLACES = [...CHANNEL_KINDS, "all"] as const;

/** Every channel's balances and losses, a channel a row. */
export function ChannelTable({ telemetry }: { telemetry: Telemetry }) {
  const rows = PLACES.map((place) => ({ place, figures: channelFigures(place, telemetry) }));
  return (
    <table className={styles.table}>
      <caption className="sr-only">{TEXT.telemetry.channels}</caption>
      <thead>
        <tr>
          <th scope="col">{TEXT.telemetry.channel}</th>
          {rows[0]?.figures.map(({ term }) => (
            <th key={term} scope="col">
              <Term name={term} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ place, figures }) => (
          <tr key={place} data-channel={place}>
            <th scope="row">{place === "all" ? TEXT.telemetry.all : kindTitle(place)}</th>
            {figures.map(({ term, text, title, tone }) => (
              <td key={term} data-figure={term} data-tone={tone} title={title}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
