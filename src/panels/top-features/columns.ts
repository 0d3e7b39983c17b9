import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  protocol: { label: "Protocol", title: "What transactions call", width: 148, align: "start" },
  category: { label: "Category", title: "What they do", width: 92, align: "start" },
  count: { label: "Count", title: "Transactions since the log began", width: 84, align: "end", mono: true },
  rate: { label: "Per min", title: "Of these over the last 60 s", width: 72, align: "end", mono: true },
  mean_mev: {
    label: "Mean MEV",
    title: "Mean MEV score of all of them",
    width: 84,
    align: "end",
    mono: true,
  },
  mean_urgency: {
    label: "Mean urgency",
    title: "Mean urgency score of all of them",
    width: 100,
    align: "end",
    mono: true,
  },
} satisfies Columns<ColumnsOf["feature.top"]>;
