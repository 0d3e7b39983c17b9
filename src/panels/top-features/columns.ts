import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, figure, words } from "../../table/columns.ts";

export const columns = {
  protocol: words("Protocol", "What transactions call", 148),
  category: words("Category", "What they do", 92),
  count: figure("Count", "Transactions since the log began", 84),
  rate: figure("Per min", "Of these over the last 60 s", 72),
  mean_mev: figure("Mean MEV", "Mean MEV score of all of them", 84),
  mean_urgency: figure("Mean urgency", "Mean urgency score of all of them", 100),
} satisfies Columns<ColumnsOf["feature.top"]>;
