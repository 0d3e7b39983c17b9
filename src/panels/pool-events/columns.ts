import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  seen: {
    label: "Seen",
    title: "When the event was seen, event time",
    width: 104,
    align: "start",
    mono: true,
  },
  kind: {
    label: "Kind",
    title: "What the pool did",
    width: 64,
    align: "start",
    marks: {
      swap: { tone: "plain", glyph: "⇄" },
      mint: { tone: "good", glyph: "+" },
      burn: { tone: "warn", glyph: "−" },
      sync: { tone: "muted", glyph: "=" },
    },
  },
  pair: { label: "Pair", title: "Base / quote", width: 112, align: "start" },
  amount_in: {
    label: "In",
    title: "What went into the pool",
    width: 148,
    align: "end",
    mono: true,
  },
  amount_out: {
    label: "Out",
    title: "What came out of the pool",
    width: 148,
    align: "end",
    mono: true,
  },
  price: { label: "Price", title: "Quote per base", width: 108, align: "end", mono: true },
  value_usd: {
    label: "Value $",
    title: "Value in US dollars, where it is known",
    width: 92,
    align: "end",
    mono: true,
  },
  venue: {
    label: "Venue",
    title: "The exchange that the pool belongs to",
    width: 92,
    align: "start",
  },
  block: { label: "Block", title: "Block number", width: 88, align: "end", mono: true },
  depth: { label: "Depth", title: "Blocks on top of its own", width: 84, align: "end" },
  tx: { label: "Tx", title: "Transaction hash", width: 96, align: "start", mono: true },
  status: {
    label: "Status",
    title: "Whether the chain still holds it",
    width: 88,
    align: "start",
    marks: {
      seen: { tone: "muted", glyph: "○" },
      reorged: { tone: "bad", glyph: "✕" },
    },
  },
  pool: { label: "Pool", title: "Address of the pool", width: 96, align: "start", mono: true },
  chain: { label: "Chain", title: "The chain of the pool", width: 96, align: "start" },
} satisfies Columns<ColumnsOf["pool.main"]>;
