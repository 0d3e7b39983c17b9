import type { Panel } from "../panel.ts";
import { columns } from "./columns.ts";
import { fields } from "./fields.ts";

export const transactions: Panel<"tx.main"> = {
  name: "transactions",
  channel: "tx.main",
  title: "Transactions",
  columns,
  headline: ({ status, category }) => [status, category].filter(Boolean).join(" · "),
  fields,
  defaultSort: null,
  empty: {
    text: "No transaction has been seen yet.",
    hint: "Pending transactions come in here, and change as blocks include them.",
  },
};
