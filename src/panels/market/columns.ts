import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  symbol: { label: "Symbol", title: "Base / quote, or the traded symbol", width: 108, align: "start" },
  last: { label: "Last", title: "Price of the newest trade", width: 104, align: "end", mono: true },
  change_ratio: {
    label: "Change",
    title: "Since the session's first trade",
    width: 84,
    align: "end",
    mono: true,
    signed: true,
  },
  change: {
    label: "Change, abs.",
    title: "Last price less the session's first",
    width: 100,
    align: "end",
    mono: true,
  },
  volume: { label: "Volume", title: "Of the newest bar, in the base", width: 100, align: "end", mono: true },
  trades: { label: "Trades", title: "In the newest bar", width: 64, align: "end", mono: true },
  vwap: {
    label: "VWAP",
    title: "Of the newest bar: notional over volume",
    width: 104,
    align: "end",
    mono: true,
  },
  high: { label: "High", title: "Of the newest bar", width: 104, align: "end", mono: true },
  low: { label: "Low", title: "Of the newest bar", width: 104, align: "end", mono: true },
  open: { label: "Open", title: "Of the newest bar", width: 104, align: "end", mono: true },
  last_trade: {
    label: "Last trade",
    title: "Event time of the newest trade",
    width: 104,
    align: "start",
    mono: true,
  },
  kind: { label: "Kind", title: "Trades of a symbol, or swaps of a pair", width: 72, align: "start" },
  chain: { label: "Chain", title: "The chain of a pair", width: 96, align: "start" },
} satisfies Columns<ColumnsOf["market.main"]>;
