/**
 * Candles and volume by lightweight-charts. The only module that imports it, itself imported when a chart is first shown,
 * so that the page starts without it.
 */
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  TickMarkType,
  type UTCTimestamp,
} from "lightweight-charts";
import type { BarsChannel } from "../../protocol/stream/channels.ts";
import type { SeriesBar, SeriesFrame } from "../../workers/api.ts";
import { utc } from "../format.ts";
import { Bands } from "./bands.ts";
import { type Colours, coloursOn, FADED_OPACITY, faded } from "./colours.ts";
import { places, priceText } from "./price.ts";
import { amendmentOf, bandsOf, type Slot, slotsOf } from "./slots.ts";

const BAR_PX = 7;
/** Free places right of the newest bar. */
const RIGHT_SLOTS = 4;
/** So that the plot keeps its width while prices change. */
const SCALE_PX = 76;

export type ChartAction = "left" | "right" | "in" | "out" | "oldest" | "newest";

export interface Drawn {
  channel: BarsChannel;
  /** The one under the crosshair, else the newest; null while there is none. */
  bar: SeriesBar | null;
  /** Bars that are drawn. */
  count: number;
  /** Decimal places of the prices at its axis. */
  places: number;
}

export interface ChartEvents {
  onDrawn(drawn: Drawn): void;
  /** Whether the newest bar is in sight, so that new ones come in. */
  onFollow(follows: boolean): void;
}

export class Candles {
  #element: HTMLElement;
  #events: ChartEvents;
  #chart: IChartApi;
  #candles: ISeriesApi<"Candlestick">;
  #volume: ISeriesApi<"Histogram">;
  #bands: Bands;
  #colours: Colours;
  #channel: BarsChannel | null = null;
  #interval_ms = 1_000;
  #bars = new Map<number, SeriesBar>();
  #slots: Slot[] = [];
  #pointed: number | null = null;
  #places = 0;

  constructor(element: HTMLElement, events: ChartEvents) {
    this.#element = element;
    this.#events = events;
    this.#colours = coloursOn(element);
    this.#chart = createChart(element, {
      autoSize: true,
      // Its logo comes with a style element, which the page's policy forbids; the panel has the link instead.
      layout: { attributionLogo: false, fontSize: 11 },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: {
        minimumWidth: SCALE_PX,
        scaleMargins: { top: 0.08, bottom: 0.24 },
        entireTextOnly: true,
      },
      timeScale: {
        barSpacing: BAR_PX,
        rightOffset: RIGHT_SLOTS,
        timeVisible: true,
        secondsVisible: true,
        tickMarkFormatter: (time: UTCTimestamp, type: TickMarkType) => tickText(time * 1000, type),
      },
      localization: { timeFormatter: (time: UTCTimestamp) => utc(Math.round(time * 1000)) },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries);
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: "volume",
      priceFormat: { type: "volume" },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#bands = new Bands(this.#chart, this.#colours);
    this.#candles.attachPrimitive(this.#bands);
    this.#applyColours();
    this.#chart.subscribeCrosshairMove(this.#onCrosshair);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange(this.#onRange);
  }

  /** A symbol and interval begin: nothing of those before stays. */
  begin(channel: BarsChannel, interval_ms: number): void {
    this.#channel = channel;
    this.#interval_ms = interval_ms;
    this.#bars.clear();
    this.#pointed = null;
    this.#slots = [];
    this.#applyPlaces(0);
    this.#redraw([]);
    this.#bands.set([]);
    this.#chart.timeScale().applyOptions({ barSpacing: BAR_PX });
    this.#chart.timeScale().scrollToPosition(RIGHT_SLOTS, false);
  }

  take({ whole, bars, gone, holes }: SeriesFrame): void {
    if (whole) this.#bars.clear();
    for (const start of gone) this.#bars.delete(start);
    for (const bar of bars) this.#bars.set(bar.start_unix_ms, bar);
    this.#show(slotsOf(this.#bars, holes, this.#interval_ms));
  }

  retheme(): void {
    this.#colours = coloursOn(this.#element);
    this.#bands.retheme(this.#colours);
    this.#applyColours();
    this.#volume.setData(this.#slots.map((slot) => this.#volumeOf(slot)));
  }

  act(action: ChartAction): void {
    const scale = this.#chart.timeScale();
    if (action === "newest") return scale.scrollToPosition(RIGHT_SLOTS, false);
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const width = range.to - range.from;
    const set = (from: number, to: number) => scale.setVisibleLogicalRange({ from, to });
    if (action === "oldest") {
      const oldest = this.#slots.findIndex(({ kind }) => kind !== "none");
      return set(oldest, oldest + width);
    }
    if (action === "in") return set(range.from + width / 4, range.to);
    if (action === "out") return set(range.from - width / 3, range.to);
    const step = (action === "left" ? -1 : 1) * Math.max(1, width / 8);
    set(range.from + step, range.to + step);
  }

  dispose(): void {
    this.#chart.unsubscribeCrosshairMove(this.#onCrosshair);
    this.#chart.timeScale().unsubscribeVisibleLogicalRangeChange(this.#onRange);
    this.#chart.remove();
  }

  #show(slots: Slot[]): void {
    const before = this.#slots;
    const amendment = amendmentOf(before, slots);
    this.#slots = amendment?.slots ?? slots;
    const newest = slots.at(-1)?.bar ?? null;
    // Never fewer: of a price about a power of ten, all others would change with each trade.
    const count = newest === null ? 0 : places(newest.close);
    if (count > this.#places) this.#applyPlaces(count);
    if (amendment === null) this.#redraw(before);
    else {
      for (const at of amendment.amended) this.#update(this.#slots[at]!, true);
      for (const slot of this.#slots.slice(amendment.from)) this.#update(slot, false);
    }
    this.#bands.set(bandsOf(this.#slots));
    this.#tell();
  }

  /** `isPast`: of a place that had a bar, before the last one. The library mistakes the place of one that had none. */
  #update(slot: Slot, isPast: boolean): void {
    this.#candles.update(candleOf(slot), isPast);
    this.#volume.update(this.#volumeOf(slot), isPast);
  }

  /** Everything anew; who has scrolled away from the newest bar keeps what is in sight where it is. */
  #redraw(before: readonly Slot[]): void {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    const stays = range !== null && !this.#follows();
    this.#candles.setData(this.#slots.map(candleOf));
    this.#volume.setData(this.#slots.map((slot) => this.#volumeOf(slot)));
    if (!stays) return;
    const at = Math.min(Math.max(Math.round(range.to), 0), before.length - 1);
    const time = before[at]?.start_unix_ms;
    const now = this.#slots.findIndex(({ start_unix_ms }) => start_unix_ms === time);
    if (now !== -1) scale.setVisibleLogicalRange({ from: range.from + now - at, to: range.to + now - at });
  }

  #follows(): boolean {
    return this.#chart.timeScale().scrollPosition() > -0.5;
  }

  #applyColours(): void {
    const { surface, grid, line, text, strong, label, good, bad } = this.#colours;
    const crosshair = { color: text, labelBackgroundColor: label };
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: surface }, textColor: text },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      crosshair: { vertLine: crosshair, horzLine: crosshair },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    });
    // One that rose is hollow, one that fell filled: colour does not say it alone.
    this.#candles.applyOptions({
      upColor: surface,
      borderUpColor: good,
      wickUpColor: good,
      downColor: bad,
      borderDownColor: bad,
      wickDownColor: bad,
      priceLineColor: strong,
    });
  }

  #applyPlaces(count: number): void {
    this.#places = count;
    this.#candles.applyOptions({
      priceFormat: {
        type: "custom",
        formatter: (price: number) => priceText(price, this.#places),
        minMove: 10 ** -count,
      },
    });
  }

  #volumeOf({ start_unix_ms, bar }: Slot) {
    const time = timeOf(start_unix_ms);
    if (bar === null) return { time };
    const colour = bar.close >= bar.open ? this.#colours.good : this.#colours.bad;
    return { time, value: bar.volume, color: faded(colour, FADED_OPACITY) };
  }

  #onCrosshair = ({ logical, point }: MouseEventParams): void => {
    const slot = point === undefined || logical === undefined ? undefined : this.#slots[logical as number];
    this.#pointed = slot?.start_unix_ms ?? null;
    this.#tell();
  };

  #onRange = (): void => this.#events.onFollow(this.#slots.length === 0 || this.#follows());

  #tell(): void {
    if (this.#channel === null) return;
    const pointed = this.#pointed === null ? undefined : this.#bars.get(this.#pointed);
    const bar = pointed ?? this.#slots.findLast((slot) => slot.bar !== null)?.bar ?? null;
    this.#events.onDrawn({ channel: this.#channel, bar, count: this.#bars.size, places: this.#places });
  }
}

function timeOf(start_unix_ms: number): UTCTimestamp {
  return (start_unix_ms / 1000) as UTCTimestamp;
}

function candleOf({ start_unix_ms, bar }: Slot) {
  const time = timeOf(start_unix_ms);
  return bar === null ? { time } : { time, open: bar.open, high: bar.high, low: bar.low, close: bar.close };
}

/** A tick of the time axis: the date where a day begins, else the time as finely as it is needed. */
function tickText(unixMs: number, type: TickMarkType): string {
  const iso = new Date(Math.round(unixMs)).toISOString();
  switch (type) {
    case TickMarkType.Year:
      return iso.slice(0, 4);
    case TickMarkType.Month:
    case TickMarkType.DayOfMonth:
      return iso.slice(5, 10);
    case TickMarkType.Time:
      return iso.slice(11, 16);
    case TickMarkType.TimeWithSeconds:
      return iso.slice(11, unixMs % 1000 === 0 ? 19 : 21);
  }
}
