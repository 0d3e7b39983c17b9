import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  seen: {
    label: "Seen",
    title: "When it was first seen, event time",
    width: 104,
    align: "start",
    mono: true,
  },
  status: {
    label: "Status",
    title: "Where it stands in its life",
    width: 88,
    align: "start",
    marks: {
      pending: { tone: "info", glyph: "◌" },
      included: { tone: "good", glyph: "✓" },
      reverted: { tone: "bad", glyph: "✕" },
      replaced: { tone: "warn", glyph: "⇄" },
      dropped: { tone: "muted", glyph: "∅" },
      reorged: { tone: "bad", glyph: "↺" },
    },
  },
  method: {
    label: "Method",
    title: "Method selector, or what it is known as",
    width: 148,
    align: "start",
  },
  protocol: { label: "Protocol", title: "What it calls, by address or selector", width: 128, align: "start" },
  category: { label: "Category", title: "What it does, by selector", width: 84, align: "start" },
  value: {
    label: "Value",
    title: "Native tokens that it carries",
    width: 100,
    align: "end",
    mono: true,
  },
  hash: { label: "Hash", title: "Transaction hash", width: 96, align: "start", mono: true },
  sender: { label: "From", title: "Address of the sender", width: 96, align: "start", mono: true },
  to: {
    label: "To",
    title: "Address it calls; none where it creates a contract",
    width: 96,
    align: "start",
    mono: true,
  },
  fee: {
    label: "Fee gwei",
    title: "Highest price per gas that it offers, in gwei",
    width: 92,
    align: "end",
    mono: true,
  },
  nonce: { label: "Nonce", title: "The sender's count of transactions", width: 72, align: "end", mono: true },
  type: { label: "Type", title: "Transaction type", width: 64, align: "end" },
  gas_limit: { label: "Gas limit", title: "Most gas that it may use", width: 88, align: "end", mono: true },
  block: { label: "Block", title: "Block that includes it", width: 88, align: "end", mono: true },
  chain: { label: "Chain", title: "The chain it was seen on", width: 96, align: "start" },
} satisfies Columns<ColumnsOf["tx.main"]>;
