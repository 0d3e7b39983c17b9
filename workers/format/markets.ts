/** Columns of market.main. */
import type { MarketEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import { type Column, column, count, decimal, price, signed, steady, time, words } from "./columns.ts";
import { cleanText } from "./text.ts";

export const MARKETS: Record<ColumnsOf["market.main"], Column<MarketEntity>> = {
  symbol: steady(
    column(
      "text",
      (market) => market,
      ({ title, symbol }) => ({ text: cleanText(title), title: symbol }),
      ({ title }) => title.toLowerCase(),
    ),
  ),
  last: price((market) => market.close),
  change_ratio: signed(
    (market) => market.change_ratio,
    (market) => `${market.change} since ${market.session_open}`,
  ),
  change: price((market) => market.change),
  volume: decimal((market) => market.volume),
  trades: count((market) => market.trades),
  vwap: price((market) => market.vwap),
  high: price((market) => market.high),
  low: price((market) => market.low),
  open: price((market) => market.open),
  last_trade: time((market) => market.last_trade_unix_ms),
  kind: steady(words((market) => market.kind)),
  chain: steady(chain((market) => market.chain_id)),
};

/** What the filter searches. */
export function marketTexts({ symbol, title, kind, chain_id }: MarketEntity): (string | null)[] {
  return [symbol, title, kind, chainName(chain_id)];
}
