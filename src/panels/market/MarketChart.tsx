/** The chart of one symbol, its figures above it, and what stands in its place where there is nothing to draw. */
import { type KeyboardEvent, useId, useRef } from "react";
import { barsChannel } from "../../../protocol/stream/channels.ts";
import type { ChartAction } from "../../chart/candles.ts";
import { priceText, volumeText } from "../../chart/price.ts";
import { type ChartState, type Subject, useCandles } from "../../chart/useCandles.ts";
import { utc } from "../../format.ts";
import { rowsAge } from "../../stores/freshness.ts";
import { useStatus } from "../../stores/status.ts";
import { useStatusAt } from "../../stores/statusAt.ts";
import { useStream } from "../../stream/context.ts";
import { Placeholder } from "../../table/Placeholder.tsx";
import { tableState } from "../../table/state.ts";
import { TEXT } from "../../text.ts";
import styles from "./MarketChart.module.css";

const KEYS: Readonly<Record<string, ChartAction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  "+": "in",
  "=": "in",
  "-": "out",
  Home: "oldest",
  End: "newest",
};

export function MarketChart({ symbol, interval }: Subject) {
  const element = useRef<HTMLDivElement>(null);
  const { state, follows, act, retry } = useCandles(element, { symbol, interval });
  const keysId = useId();
  const channel = barsChannel(symbol, interval);
  const stale = useStatusAt((...at) => rowsAge(channel, ...at) !== null);
  const onKeyDown = (event: KeyboardEvent) => {
    const action = KEYS[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(action);
  };
  const bar = state.kind === "drawn" ? state.bar : null;
  return (
    <div className={styles.chart} data-stale={stale || undefined}>
      <Legend state={state} />
      <div
        ref={element}
        className={styles.canvas}
        role="group"
        tabIndex={0}
        aria-label={TEXT.chart.label(symbol, interval)}
        aria-describedby={keysId}
        data-bars={state.kind === "drawn" ? state.count : undefined}
        data-testid="candles"
        onKeyDown={onKeyDown}
      />
      <p id={keysId} className="sr-only">
        {TEXT.chart.keys}
      </p>
      {bar === null && <Nothing state={state} subject={{ symbol, interval }} onRetry={retry} />}
      {bar !== null && !follows && (
        <button type="button" className={styles.newest} onClick={() => act("newest")}>
          {TEXT.chart.newest}
        </button>
      )}
      <a
        className={styles.credit}
        href="https://www.tradingview.com/"
        target="_blank"
        rel="noreferrer"
        title={TEXT.chart.notice}
      >
        {TEXT.chart.credit}
      </a>
    </div>
  );
}

function Legend({ state }: { state: ChartState }) {
  if (state.kind !== "drawn" || state.bar === null) return <dl className={styles.legend} />;
  const { bar, places } = state;
  const figures = {
    open: priceText(bar.open, places),
    high: priceText(bar.high, places),
    low: priceText(bar.low, places),
    close: priceText(bar.close, places),
    volume: volumeText(bar.volume),
  };
  const start = utc(bar.start_unix_ms);
  return (
    <dl className={styles.legend} data-rose={bar.close >= bar.open}>
      <div data-figure="start">
        <dt className="sr-only">{TEXT.chart.start}</dt>
        <dd title={start}>{start.slice(11, -4)}</dd>
      </div>
      {Object.entries(figures).map(([name, text]) => (
        <div key={name} data-figure={name}>
          <dt>{TEXT.chart[name as keyof typeof figures]}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

const NOTHING_TO_CLEAR = () => {};

interface NothingProps {
  state: ChartState;
  subject: Subject;
  onRetry(): void;
}

/** Why no candle is drawn, and what to do about it. */
function Nothing({ state, subject: { symbol, interval }, onRetry }: NothingProps) {
  const calls = useStream();
  const held = state.kind === "drawn" ? { total: 0, held: 0 } : undefined;
  const table = useStatus(({ status }) => tableState(status, held));
  const server = useStatus(({ status }) => status?.server ?? null);
  if (state.kind === "failed") {
    return (
      <div className={styles.failed} role="alert">
        <p>{TEXT.chart.failed(state.reason)}</p>
        <button type="button" onClick={onRetry}>
          {TEXT.panels.retry}
        </button>
      </div>
    );
  }
  // Without rows and without a filter there is nothing to match.
  if (table === "rows" || table === "no-match") return null;
  return (
    <div className={styles.nothing}>
      <Placeholder
        state={table}
        empty={{ text: TEXT.chart.empty(symbol, interval), hint: TEXT.chart.emptyHint }}
        server={server}
        reason={null}
        filter=""
        held="0"
        onClearFilter={NOTHING_TO_CLEAR}
        onRetry={() => void calls.retry()}
      />
    </div>
  );
}
