import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const pools: Panel<"pool.state"> = {
  name: "pools",
  channel: "pool.state",
  title: "Pools",
  columns,
  headline: ({ pair, venue }) => [pair, venue].filter(Boolean).join(" · "),
  fields,
  // By what does not change, so that rows keep their places while their figures move.
  defaultSort: { column: "pair", direction: "asc" },
  empty: {
    text: "No pool is known yet.",
    hint: "A pool stands here from its first event on, with its price and reserves.",
  },
};
