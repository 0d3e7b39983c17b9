import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  chain: {
    label: "Chain",
    title: "Its name, where it is known; the id on hover",
    width: 100,
    align: "start",
  },
  collector: {
    label: "Collector",
    title: "What the collector of this chain says of itself; silent: nothing for three block times",
    width: 116,
    align: "start",
    marks: {
      connected: { tone: "good", glyph: "●" },
      backfilling: { tone: "info", glyph: "↧" },
      silent: { tone: "bad", glyph: "∅" },
      reconnecting: { tone: "warn", glyph: "↻" },
      stopped: { tone: "bad", glyph: "■" },
    },
  },
  head: { label: "Head", title: "Newest block", width: 88, align: "end", mono: true },
  block_time: {
    label: "Block time",
    title: "Time of the newest block",
    width: 104,
    align: "start",
    mono: true,
  },
  block_every: {
    label: "Block every",
    title: "Expected from one block to the next, learnt from the heads",
    width: 88,
    align: "end",
    mono: true,
  },
  base_fee: {
    label: "Base gwei",
    title: "Base fee per gas, in gwei",
    width: 96,
    align: "end",
    mono: true,
  },
  gas_price: {
    label: "Gas gwei",
    title: "What a transaction pays per gas, base fee and usual tip, in gwei",
    width: 96,
    align: "end",
    mono: true,
  },
  gas_used: { label: "Gas used", title: "Share of the block's gas that was used", width: 80, align: "end" },
  tx_rate: { label: "Tx/s", title: "Transactions first seen per second, over 60 s", width: 64, align: "end" },
  swap_rate: { label: "Swaps/s", title: "Swaps per second, over 60 s", width: 72, align: "end" },
  reorgs: { label: "Reorgs", title: "Reorganisations since the log began", width: 72, align: "end" },
  reorg_depth: {
    label: "Last reorg",
    title: "Blocks that the newest reorganisation took back",
    width: 80,
    align: "end",
  },
  seen: {
    label: "Last event",
    title: "When its last event was, event time",
    width: 104,
    align: "start",
    mono: true,
  },
} satisfies Columns<ColumnsOf["chain.main"]>;
