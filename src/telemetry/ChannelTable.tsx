import { CHANNEL_NAMES, CHANNELS } from "../../protocol/stream/channels.ts";
import { TEXT } from "../text.ts";
import styles from "./ChannelTable.module.css";
import { channelFigures, type Figure } from "./figures.ts";
import { Term } from "./Term.tsx";
import type { Telemetry } from "./useTelemetry.ts";

interface ChannelTableProps {
  telemetry: Telemetry;
  /** A channel a column, for a narrow screen, which has no room for the sums; else a channel a row. */
  upright: boolean;
}

/** Every channel's balances and losses. */
export function ChannelTable({ telemetry, upright }: ChannelTableProps) {
  const places = upright ? CHANNEL_NAMES : ([...CHANNEL_NAMES, "all"] as const);
  const titles = places.map((place) => (place === "all" ? TEXT.telemetry.all : CHANNELS[place].title));
  const figures = places.map((place) => channelFigures(place, telemetry));
  const terms = figures[0]?.map(({ term }) => term) ?? [];
  return (
    <table className={styles.table} data-upright={upright || undefined}>
      <caption className="sr-only">{TEXT.telemetry.channels}</caption>
      <thead>
        <tr>
          <th scope="col">{upright ? TEXT.telemetry.figure : TEXT.telemetry.channel}</th>
          {upright
            ? titles.map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))
            : terms.map((term) => (
                <th key={term} scope="col">
                  <Term name={term} />
                </th>
              ))}
        </tr>
      </thead>
      <tbody>
        {upright
          ? terms.map((term, at) => (
              <tr key={term} data-term-row={term}>
                <th scope="row">
                  <Term name={term} />
                </th>
                {figures.map((each, place) => (
                  <FigureCell key={titles[place]} figure={each[at] as Figure} />
                ))}
              </tr>
            ))
          : figures.map((each, place) => (
              <tr key={titles[place]} data-channel={places[place]}>
                <th scope="row">{titles[place]}</th>
                {each.map((figure) => (
                  <FigureCell key={figure.term} figure={figure} />
                ))}
              </tr>
            ))}
      </tbody>
    </table>
  );
}

function FigureCell({ figure: { term, text, title, tone } }: { figure: Figure }) {
  return (
    <td data-figure={term} data-tone={tone} title={title}>
      {text}
    </td>
  );
}
