import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const features: Panel<"feature.main"> = {
  name: "features",
  channel: "feature.main",
  title: "Features",
  columns,
  headline: ({ protocol, category }) => `${protocol} · ${category}`,
  fields,
  defaultSort: null,
  empty: {
    text: "No transaction has been classified yet.",
    hint: "Each transaction stands here with what it calls, what it does and its scores.",
  },
};
