import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const poolEvents: Panel<"pool.main"> = {
  name: "pool-events",
  channel: "pool.main",
  title: "Pool events",
  columns,
  headline: ({ kind, pair, venue }) => [kind, pair, venue].filter(Boolean).join(" · "),
  fields,
  defaultSort: null,
  empty: {
    text: "No pool has traded yet.",
    hint: "Swaps, mints, burns and syncs come in here as the chain makes them.",
  },
};
