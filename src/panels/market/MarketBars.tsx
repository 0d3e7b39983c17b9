/** One symbol's bars: which, at what interval, in what form; the chart or the table of them. */

import { useMemo } from "react";
import { BAR_INTERVALS, barsChannel } from "../../../protocol/stream/channels.ts";
import { useMarket } from "../../stores/market.ts";
import { TEXT } from "../../text.ts";
import { barsPanel } from "../bars/index.ts";
import { Freshness } from "../Freshness.tsx";
import { PanelFrame } from "../PanelFrame.tsx";
import styles from "./MarketBars.module.css";
import { MarketChart } from "./MarketChart.tsx";

export function MarketBars({ symbol }: { symbol: string }) {
  const { interval, form } = useMarket();
  const panel = useMemo(() => barsPanel(symbol, interval), [symbol, interval]);
  return (
    <section className={styles.bars} aria-label={TEXT.chart.label(titleOf(symbol), interval)}>
      <header className={styles.head}>
        <h3 title={symbol}>{titleOf(symbol)}</h3>
        {form === "chart" && <Freshness channel={barsChannel(symbol, interval)} />}
        <span className={styles.space} />
        <fieldset className={styles.intervals}>
          <legend className="sr-only">{TEXT.chart.interval}</legend>
          {BAR_INTERVALS.map((each) => (
            <label key={each} title={TEXT.chart.intervalTitle(each)}>
              <input
                type="radio"
                name="interval"
                className="sr-only"
                checked={each === interval}
                onChange={() => useMarket.setState({ interval: each })}
              />
              <span>{each}</span>
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          className={styles.form}
          aria-pressed={form === "table"}
          title={TEXT.chart.tableTitle}
          onClick={() => useMarket.setState({ form: form === "table" ? "chart" : "table" })}
        >
          {TEXT.chart.table}
        </button>
      </header>
      {form === "chart" ? (
        <MarketChart symbol={symbol} interval={interval} />
      ) : (
        <PanelFrame key={panel.channel} panel={panel} />
      )}
    </section>
  );
}

/** A pair without its chain: the table has that beside it. */
function titleOf(symbol: string): string {
  return symbol.split("@")[0] ?? symbol;
}
