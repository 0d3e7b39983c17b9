import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const topFeatures: Panel<"feature.top"> = {
  name: "top-features",
  channel: "feature.top",
  title: "Top features",
  columns,
  headline: ({ protocol, category }) => `${protocol} · ${category}`,
  fields,
  // A count only grows, so ranks change seldom; a rate would shuffle the rows each second.
  defaultSort: { column: "count", direction: "desc" },
  empty: {
    text: "No transaction has been classified yet.",
    hint: "What transactions call and do is counted here, the most frequent first.",
  },
};
