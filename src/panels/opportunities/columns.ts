import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  status: {
    ...words("Status", "Open, expired, or taken by later swaps in its pools", 84),
    marks: {
      open: { tone: "good", glyph: "●" },
      taken: { tone: "info", glyph: "✓" },
      expired: { tone: "muted", glyph: "◷" },
    },
  },
  pair: words("Pair", "Base / quote", 104),
  net_usd: figure("Net $", "Gross profit less gas and slippage, US dollars", 88),
  score: figure("Score", "0 to 100; its reasons on hover", 60),
  route: words("Buy → sell", "Where to buy, and where to sell", 184),
  spread: figure("Spread", "Between the two prices, of the lower one", 76),
  optimal_in: figure("Optimal in", "Input that makes the most of it", 148),
  gross_usd: figure("Gross $", "Profit after both pools' fees, before gas and slippage, US dollars", 88),
  gas_usd: figure("Gas $", "At the gas price of the block, US dollars", 76),
  slippage_usd: figure("Slippage $", "Estimated for the time until inclusion, US dollars", 84),
  fees_usd: figure("Fees $", "Of both pools, which gross profit is already after, US dollars", 84),
  detected: code("Detected", "When it opened, event time", 104),
  valid_until: code("Valid until", "When it expires unless it is seen again, event time", 104),
  block: figure("Block", "Block after which it was last evaluated", 88),
  depth: { label: "Depth", title: "Blocks on top of that one", width: 84, align: "end" },
  strategy: words("Strategy", "Kinds of its pools, or the sender's number", 88),
  chain: words("Chain", "The chain of both pools", 96),
} satisfies Columns<ColumnsOf["opportunity.main"]>;
