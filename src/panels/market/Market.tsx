/** The Market panel: symbols in a table, and beside it the bars of the one that was picked. */
import { useEffect } from "react";
import { useMarket } from "../../stores/market.ts";
import { useViews } from "../../stores/views.ts";
import { PanelFrame, type PanelTabs } from "../PanelFrame.tsx";
import { market } from "./index.ts";
import { MarketBars } from "./MarketBars.tsx";

export function Market({ tabs }: { tabs?: PanelTabs | undefined }) {
  const symbol = useMarket((state) => state.symbol);
  const first = useViews((views) => views[market.name]?.rows[0]?.id ?? null);
  // Until the user picks one: the first that came, and it stays, whatever symbols come in above it.
  useEffect(() => {
    if (symbol === null && first !== null) pick(first);
  }, [symbol, first]);
  return (
    <PanelFrame
      panel={market}
      tabs={tabs}
      picked={{ id: symbol, pick }}
      beside={symbol === null ? undefined : <MarketBars symbol={symbol} />}
    />
  );
}

function pick(symbol: string): void {
  useMarket.setState({ symbol });
}
