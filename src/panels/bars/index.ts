/** Bars of one symbol as a table: the figures behind the chart, exact. */
import { type BarInterval, barsChannel, BARS as KIND } from "../../../protocol/stream/channels.ts";
import { utc } from "../../format.ts";
import { TEXT } from "../../text.ts";
import type { Described, Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const BARS: Described<"market.bars"> = {
  title: KIND.title,
  headline: ({ start_unix_ms }) => utc(start_unix_ms),
  fields,
};

export function barsPanel(symbol: string, interval: BarInterval): Panel<"market.bars"> {
  return {
    ...BARS,
    name: "bars",
    channel: barsChannel(symbol, interval),
    columns,
    defaultSort: { column: "start", direction: "desc" },
    empty: { text: TEXT.chart.empty(symbol, interval), hint: TEXT.chart.emptyHint },
  };
}
