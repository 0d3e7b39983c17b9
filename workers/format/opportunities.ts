/** Columns of opportunity.main. */
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import {
  amount,
  amountCell,
  type Column,
  column,
  integer,
  MISSING,
  steady,
  time,
  usd,
  words,
} from "./columns.ts";
import { scale } from "./decimal.ts";
import { depth } from "./depth.ts";
import { cleanText } from "./text.ts";

type Opportunity = OpportunityEntity;

const gross = usd<Opportunity>((found) => found.gross_profit_usd);

export const OPPORTUNITIES: Record<ColumnsOf["opportunity.main"], Column<Opportunity>> = {
  status: steady(words((found) => found.status)),
  pair: steady(words((found) => found.pair)),
  route: steady(
    column(
      "text",
      (found) => found,
      ({ buy_venue, sell_venue, buy_pool, sell_pool }) => ({
        text: `${cleanText(buy_venue)} → ${cleanText(sell_venue)}`,
        title: `buy in ${buy_pool}, sell in ${sell_pool}`,
      }),
      ({ buy_venue, sell_venue }) => `${buy_venue} → ${sell_venue}`.toLowerCase(),
    ),
  ),
  spread: steady(
    column(
      "number",
      (found) => found.spread_bps,
      (bps) => ({ text: `${hundredths(bps)} %`, title: `${bps} hundredths of a percent` }),
      (bps) => bps,
    ),
  ),
  optimal_in: amount(
    (found) => found.optimal_in,
    (found) => found.symbol_in,
  ),
  gross_usd: {
    ...gross,
    // The dollars are of an amount that is known exactly.
    cell(found, context) {
      const cell = gross.cell(found, context);
      if (found.gross_profit === null || cell === MISSING) return cell;
      const exact = amountCell(found.gross_profit, found.symbol_in);
      return { text: cell.text, title: `${cell.title ?? cell.text} for ${exact.title ?? exact.text}` };
    },
  },
  fees_usd: usd((found) => found.dex_fees_usd),
  gas_usd: usd((found) => found.gas_cost_usd),
  slippage_usd: usd((found) => found.slippage_usd),
  net_usd: usd((found) => found.net_profit_usd),
  score: steady(
    column(
      "number",
      (found) => found,
      ({ score, reasons }) => {
        const text = String(score);
        return reasons.length === 0 ? { text } : { text, title: `${text}: ${reasons.join(", ")}` };
      },
      ({ score }) => score,
    ),
  ),
  block: steady(integer((found) => found.block_number)),
  depth,
  // By what opened last: rows keep their places while their figures move.
  detected: { ...time((found) => found.detected_unix_ms), key: (found) => found.opened_seq },
  valid_until: steady(time((found) => found.valid_until_unix_ms)),
  strategy: steady(
    column(
      "text",
      (found) => found,
      ({ strategy, method }) => ({ text: cleanText(strategy), title: `${cleanText(strategy)}, ${method}` }),
      ({ strategy }) => strategy.toLowerCase(),
    ),
  ),
  chain: steady(chain((found) => found.chain_id)),
};

/** 42 -> "0.42". */
function hundredths(bps: number): string {
  const [whole, fraction = ""] = scale(String(bps), 2).split(".") as [string, string?];
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

/** What the filter searches. */
export function opportunityTexts(found: Opportunity): (string | null)[] {
  const { status, pair, buy_venue, sell_venue, buy_pool, sell_pool, strategy, method } = found;
  return [
    status,
    pair,
    buy_venue,
    sell_venue,
    buy_pool,
    sell_pool,
    strategy,
    method,
    found.block_number,
    chainName(found.chain_id),
    ...found.reasons,
  ];
}
