import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  hash: code("Hash", "Transaction hash", 100),
  protocol: words("Protocol", "What it calls, by address or selector", 120),
  category: words("Category", "What it does, by selector", 84),
  mev_score: figure("MEV", "0 to 100: how much it looks like what searchers compete for", 60),
  urgency_score: figure("Urgency", "0 to 100: how much it pays to be early", 68),
  method: words("Method", "Method selector, or what it is known as", 148),
  chain: words("Chain", "The chain it was seen on", 96),
  version: words("Rules", "Rules that the scores are of", 132),
} satisfies Columns<ColumnsOf["feature.main"]>;
