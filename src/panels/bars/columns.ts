import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  start: code("Start", "Start of the bar, event time", 104),
  open: figure("Open", "Price of the first trade by event time", 100),
  high: figure("High", "Highest price", 100),
  low: figure("Low", "Lowest price", 100),
  close: figure("Close", "Price of the last trade by event time", 100),
  volume: figure("Volume", "Sum of the sizes, in the base", 108),
  vwap: figure("VWAP", "Notional over volume", 100),
  trades: figure("Trades", "Trades in it", 64),
  late: figure("Late", "Trades that came after it was final", 56),
  final: {
    ...words("State", "Whether event time has passed its end by the allowed lateness", 76),
    marks: {
      final: { tone: "muted", glyph: "■" },
      open: { tone: "info", glyph: "◌" },
    },
  },
} satisfies Columns<ColumnsOf["market.bars"]>;
