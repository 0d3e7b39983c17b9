import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  chain: words("Chain", "Its name, where it is known; the id on hover", 100),
  collector: {
    ...words(
      "Collector",
      "What the collector of this chain says of itself; silent: nothing for three block times",
      116,
    ),
    marks: {
      connected: { tone: "good", glyph: "●" },
      backfilling: { tone: "info", glyph: "↧" },
      silent: { tone: "bad", glyph: "∅" },
      reconnecting: { tone: "warn", glyph: "↻" },
      stopped: { tone: "bad", glyph: "■" },
    },
  },
  head: figure("Head", "Newest block", 88),
  block_time: code("Block time", "Time of the newest block", 104),
  block_every: figure("Block every", "Expected from one block to the next, learnt from the heads", 88),
  base_fee: figure("Base gwei", "Base fee per gas, in gwei", 96),
  gas_price: figure("Gas gwei", "What a transaction pays per gas, base fee and usual tip, in gwei", 96),
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
  seen: code("Last event", "When its last event was, event time", 104),
} satisfies Columns<ColumnsOf["chain.main"]>;
