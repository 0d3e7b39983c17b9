import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  hash: { label: "Hash", title: "Transaction hash", width: 100, align: "start", mono: true },
  protocol: { label: "Protocol", title: "What it calls, by address or selector", width: 120, align: "start" },
  category: { label: "Category", title: "What it does, by selector", width: 84, align: "start" },
  mev_score: {
    label: "MEV",
    title: "0 to 100: how much it looks like what searchers compete for",
    width: 60,
    align: "end",
    mono: true,
  },
  urgency_score: {
    label: "Urgency",
    title: "0 to 100: how much it pays to be early",
    width: 68,
    align: "end",
    mono: true,
  },
  method: { label: "Method", title: "Method selector, or what it is known as", width: 148, align: "start" },
  chain: { label: "Chain", title: "The chain it was seen on", width: 96, align: "start" },
  version: { label: "Rules", title: "Rules that the scores are of", width: 132, align: "start" },
} satisfies Columns<ColumnsOf["feature.main"]>;
