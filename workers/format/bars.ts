/** Columns of the channels of bars. */
import type { BarEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { type Column, count, decimal, price, time, words } from "./columns.ts";

export const BAR_COLUMNS: Record<ColumnsOf["market.bars"], Column<BarEntity>> = {
  start: time((bar) => bar.start_unix_ms),
  open: price((bar) => bar.open),
  high: price((bar) => bar.high),
  low: price((bar) => bar.low),
  close: price((bar) => bar.close),
  volume: decimal((bar) => bar.volume),
  vwap: price((bar) => bar.vwap),
  trades: count((bar) => bar.trades),
  late: count((bar) => bar.late_trades),
  final: words((bar) => (bar.final ? "final" : "open")),
};

/** What the filter searches. */
export function barTexts({ start_unix_ms, final }: BarEntity): string[] {
  return [new Date(start_unix_ms).toISOString(), final ? "final" : "open"];
}
