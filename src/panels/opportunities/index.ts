import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const opportunities: Panel<"opportunity.main"> = {
  name: "opportunities",
  channel: "opportunity.main",
  title: "Opportunities",
  columns,
  headline: ({ status, pair, buy_venue, sell_venue }) =>
    [status, pair, `${buy_venue} → ${sell_venue}`].filter(Boolean).join(" · "),
  fields,
  // By what opened last and not by profit: each block evaluates anew, and rows that changed places under the pointer could
  // not be acted on. A click on Net orders by profit.
  defaultSort: { column: "detected", direction: "desc" },
  empty: {
    text: "No opportunity has been found yet.",
    hint: "It takes two pools of one pair whose prices are apart by more than fees and gas.",
  },
};
