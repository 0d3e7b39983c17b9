/** Keeps a chart in an element: loads its code when it is first shown, feeds it a series, lets go of it in the end. */
import { type RefObject, useEffect, useRef, useState } from "react";
import {
  BAR_INTERVALS_MS,
  type BarInterval,
  type BarsChannel,
  barsChannel,
} from "../../protocol/stream/channels.ts";
import { listenToSeries } from "../stores/series.ts";
import { useTheme } from "../stores/theme.ts";
import { useStream } from "../stream/context.ts";
import type { Candles, ChartAction, Drawn } from "./candles.ts";

export interface Subject {
  symbol: string;
  interval: BarInterval;
}

/** What is known of the chart: `waiting` for its code or its first frame, `failed` for good or until tried again. */
export type ChartState =
  | { kind: "waiting" }
  | { kind: "failed"; reason: string }
  | ({ kind: "drawn" } & Omit<Drawn, "channel">);

/** What was last told, and of which channel: what is told of another one is over. */
type Told = ChartState & { channel: BarsChannel | null };

export interface CandlesHandle {
  state: ChartState;
  /** New bars come into sight as they come in. */
  follows: boolean;
  act(action: ChartAction): void;
  retry(): void;
}

const SERIES = "chart";
const WAITING: ChartState = { kind: "waiting" };
const UNTOLD: Told = { ...WAITING, channel: null };

export function useCandles(
  element: RefObject<HTMLElement | null>,
  { symbol, interval }: Subject,
): CandlesHandle {
  const calls = useStream();
  const chart = useRef<Candles>(undefined);
  const [ready, setReady] = useState(false);
  const [told, setTold] = useState<Told>(UNTOLD);
  const [follows, setFollows] = useState(true);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let wanted = true;
    const load = async () => {
      const { Candles } = await import("./candles.ts");
      if (!wanted || element.current === null) return;
      chart.current = new Candles(element.current, {
        onDrawn: (drawn) => setTold({ kind: "drawn", ...drawn }),
        onFollow: setFollows,
      });
      setReady(true);
    };
    load().catch((error: unknown) => {
      if (wanted) setTold({ kind: "failed", reason: messageOf(error), channel: null });
    });
    return () => {
      wanted = false;
      chart.current?.dispose();
      chart.current = undefined;
      setReady(false);
    };
  }, [element, attempt]);

  useEffect(() => {
    if (!ready) return;
    const channel = barsChannel(symbol, interval);
    chart.current?.begin(channel, BAR_INTERVALS_MS[interval]);
    const stop = listenToSeries(SERIES, (frame) => {
      // One of before may have been on its way.
      if (frame.channel === channel) chart.current?.take(frame);
    });
    const refused = (error: unknown) => setTold({ kind: "failed", reason: messageOf(error), channel });
    calls.openSeries(SERIES, { channel }).catch(refused);
    return () => {
      stop();
      void calls.closeSeries(SERIES);
    };
  }, [calls, ready, symbol, interval]);

  useEffect(() => {
    const retheme = () => chart.current?.retheme();
    const stop = useTheme.subscribe(retheme);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", retheme);
    return () => {
      stop();
      system.removeEventListener("change", retheme);
    };
  }, []);

  // Without a channel, it is told of the chart's code.
  const current = told.channel === null || told.channel === barsChannel(symbol, interval);
  const state = current ? told : WAITING;
  const retry = () => {
    setTold(UNTOLD);
    setAttempt((times) => times + 1);
  };
  return { state, follows, act: (action) => chart.current?.act(action), retry };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
