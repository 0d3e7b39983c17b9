import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const market: Panel<"market.main"> = {
  name: "market",
  channel: "market.main",
  title: "Market",
  columns,
  headline: ({ title, kind }) => `${title} · ${kind}`,
  fields,
  // By what does not change, so that rows keep their places while their figures move.
  defaultSort: { column: "symbol", direction: "asc" },
  empty: {
    text: "Nothing has been traded yet.",
    hint: "A pair stands here from its first swap on, a symbol from its first trade, each with its bars.",
  },
};
