import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  chain: { label: "Chain", title: "Chain id", width: 80, align: "start" },
  head: { label: "Head", title: "Newest block", width: 88, align: "end", mono: true },
  block_time: {
    label: "Block time",
    title: "Time of the newest block",
    width: 104,
    align: "start",
    mono: true,
  },
  base_fee: {
    label: "Base gwei",
    title: "Base fee per gas, in gwei",
    width: 96,
    align: "end",
    mono: true,
  },
  gas_used: { label: "Gas used", title: "Share of the block's gas that was used", width: 80, align: "end" },
  tx_rate: { label: "Tx/s", title: "Transactions first seen per second, over 60 s", width: 64, align: "end" },
  swap_rate: { label: "Swaps/s", title: "Swaps per second, over 60 s", width: 72, align: "end" },
  reorgs: { label: "Reorgs", title: "Reorganisations since the log began", width: 72, align: "end" },
  collector: {
    label: "Collector",
    title: "What the collector of this chain says of itself",
    width: 116,
    align: "start",
    marks: {
      connected: { tone: "good", glyph: "●" },
      backfilling: { tone: "info", glyph: "↧" },
      silent: { tone: "warn", glyph: "…" },
      reconnecting: { tone: "warn", glyph: "↻" },
      stopped: { tone: "bad", glyph: "■" },
    },
  },
  seen: {
    label: "Last event",
    title: "When its last event was, event time",
    width: 104,
    align: "start",
    mono: true,
  },
} satisfies Columns<ColumnsOf["chain.main"]>;
