import { CHAIN_NAMES } from "../../../protocol/chain-names.ts";
import { TEXT } from "../../text.ts";
import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const chains: Panel<"chain.main"> = {
  name: "chains",
  channel: "chain.main",
  title: "Chains",
  columns,
  headline: ({ id }) => CHAIN_NAMES[Number(id)] ?? TEXT.bar.chain(id),
  fields,
  defaultSort: { column: "chain", direction: "asc" },
  empty: {
    text: "No chain has reported a block yet.",
    hint: "A chain stands here with its head, its fees and its rates, and says when it falls silent.",
  },
};
