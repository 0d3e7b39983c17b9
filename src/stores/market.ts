/** What the chart of the Market panel shows. */
import { create } from "zustand";
import type { BarInterval } from "../../protocol/stream/channels.ts";

export type MarketForm = "chart" | "table";

interface MarketState {
  /** The one that the user picked, before that the first that came; null while there is none. */
  symbol: string | null;
  interval: BarInterval;
  /** Candles, or the figures behind them. */
  form: MarketForm;
}

export const useMarket = create<MarketState>(() => ({ symbol: null, interval: "5s", form: "chart" }));
