import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  symbol: words("Symbol", "Base / quote, or the traded symbol", 108),
  last: figure("Last", "Price of the newest trade", 104),
  change_ratio: { ...figure("Change", "Since the session's first trade", 84), signed: true },
  change: figure("Change, abs.", "Last price less the session's first", 100),
  volume: figure("Volume", "Of the newest bar, in the base", 100),
  trades: figure("Trades", "In the newest bar", 64),
  vwap: figure("VWAP", "Of the newest bar: notional over volume", 104),
  high: figure("High", "Of the newest bar", 104),
  low: figure("Low", "Of the newest bar", 104),
  open: figure("Open", "Of the newest bar", 104),
  last_trade: code("Last trade", "Event time of the newest trade", 104),
  kind: words("Kind", "Trades of a symbol, or swaps of a pair", 72),
  chain: words("Chain", "The chain of a pair", 96),
} satisfies Columns<ColumnsOf["market.main"]>;
