import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  start: { label: "Start", title: "Start of the bar, event time", width: 104, align: "start", mono: true },
  open: {
    label: "Open",
    title: "Price of the first trade by event time",
    width: 100,
    align: "end",
    mono: true,
  },
  high: { label: "High", title: "Highest price", width: 100, align: "end", mono: true },
  low: { label: "Low", title: "Lowest price", width: 100, align: "end", mono: true },
  close: {
    label: "Close",
    title: "Price of the last trade by event time",
    width: 100,
    align: "end",
    mono: true,
  },
  volume: { label: "Volume", title: "Sum of the sizes, in the base", width: 108, align: "end", mono: true },
  vwap: { label: "VWAP", title: "Notional over volume", width: 100, align: "end", mono: true },
  trades: { label: "Trades", title: "Trades in it", width: 64, align: "end", mono: true },
  late: { label: "Late", title: "Trades that came after it was final", width: 56, align: "end", mono: true },
  final: {
    label: "State",
    title: "Whether event time has passed its end by the allowed lateness",
    width: 76,
    align: "start",
    marks: {
      final: { tone: "muted", glyph: "■" },
      open: { tone: "info", glyph: "◌" },
    },
  },
} satisfies Columns<ColumnsOf["market.bars"]>;
