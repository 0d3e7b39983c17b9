import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  seen: code("Seen", "When it was first seen, event time", 104),
  status: {
    ...words("Status", "Where it stands in its life", 88),
    marks: {
      pending: { tone: "info", glyph: "◌" },
      included: { tone: "good", glyph: "✓" },
      reverted: { tone: "bad", glyph: "✕" },
      replaced: { tone: "warn", glyph: "⇄" },
      dropped: { tone: "muted", glyph: "∅" },
      reorged: { tone: "bad", glyph: "↺" },
    },
  },
  method: words("Method", "Method selector, or what it is known as", 148),
  protocol: words("Protocol", "What it calls, by address or selector", 128),
  category: words("Category", "What it does, by selector", 84),
  value: figure("Value", "Native tokens that it carries", 100),
  hash: code("Hash", "Transaction hash", 96),
  sender: code("From", "Address of the sender", 96),
  to: code("To", "Address it calls; none where it creates a contract", 96),
  fee: figure("Fee gwei", "Highest price per gas that it offers, in gwei", 92),
  nonce: figure("Nonce", "The sender's count of transactions", 72),
  type: { label: "Type", title: "Transaction type", width: 64, align: "end" },
  gas_limit: figure("Gas limit", "Most gas that it may use", 88),
  block: figure("Block", "Block that includes it", 88),
  chain: words("Chain", "The chain it was seen on", 96),
} satisfies Columns<ColumnsOf["tx.main"]>;
