import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  seen: code("Seen", "When the event was seen, event time", 104),
  kind: {
    ...words("Kind", "What the pool did", 64),
    marks: {
      swap: { tone: "plain", glyph: "⇄" },
      mint: { tone: "good", glyph: "+" },
      burn: { tone: "warn", glyph: "−" },
      sync: { tone: "muted", glyph: "=" },
    },
  },
  pair: words("Pair", "Base / quote", 112),
  amount_in: figure("In", "What went into the pool", 148),
  amount_out: figure("Out", "What came out of the pool", 148),
  price: figure("Price", "Quote per base", 108),
  value_usd: figure("Value $", "Value in US dollars, where it is known", 92),
  venue: words("Venue", "The exchange that the pool belongs to", 92),
  block: figure("Block", "Block number", 88),
  depth: { label: "Depth", title: "Blocks on top of its own", width: 84, align: "end" },
  tx: code("Tx", "Transaction hash", 96),
  status: {
    ...words("Status", "Whether the chain still holds it", 88),
    marks: {
      seen: { tone: "muted", glyph: "○" },
      reorged: { tone: "bad", glyph: "✕" },
    },
  },
  pool: code("Pool", "Address of the pool", 96),
  chain: words("Chain", "The chain of the pool", 96),
} satisfies Columns<ColumnsOf["pool.main"]>;
