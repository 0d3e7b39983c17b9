/** Bars of one symbol as a table: the figures behind the chart, exact. */
import { type BarsChannel, BARS as CHANNELS_OF_BARS } from "../../../protocol/stream/channels.ts";
import { utc } from "../../format.ts";
import type { Described, Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const BARS: Described<"market.bars"> = {
  title: CHANNELS_OF_BARS.title,
  headline: ({ start_unix_ms }) => utc(start_unix_ms),
  fields,
};

/** What the table needs; its head and its placeholders are the chart's. */
export function barsTable(
  channel: BarsChannel,
): Pick<Panel<"market.bars">, "channel" | "columns" | "defaultSort"> {
  return { channel, columns, defaultSort: { column: "start", direction: "desc" } };
}
