/** A generated channel of bars: a walk with hours without trades in it and bars that were let go of. */
import {
  BAR_INTERVALS_MS,
  BARS,
  type BarsChannel,
  parseBarsChannel,
} from "../../protocol/stream/channels.ts";
import type { SeriesBar } from "../../workers/api.ts";
import type { FakeRow } from "./fake-rows.ts";
import { clock, money } from "./fake-values.ts";

export class FakeBars {
  readonly bars = new Map<number, SeriesBar>();
  readonly holes: number[] = [];
  readonly #interval_ms: number;
  readonly #random: () => number;
  #price = 2000;

  constructor(channel: BarsChannel, now: number, random: () => number) {
    this.#interval_ms = BAR_INTERVALS_MS[parseBarsChannel(channel)?.interval ?? "1s"];
    this.#random = random;
    for (let n = 320; n >= 0; n--) {
      const start = this.#startOf(now) - n * this.#interval_ms;
      if (n > 180 && n < 192) this.holes.push(start);
      else if (!(n > 60 && n < 84) && random() < 0.8) for (let t = 0; t < 4; t++) this.trade(start);
    }
  }

  /** What a trade at that time changes: the bar, and the starts of those that leave the window. */
  trade(now: number): { bar: SeriesBar; gone: number[] } {
    const start_unix_ms = this.#startOf(now);
    this.#price *= 1 + (this.#random() - 0.5) / 600;
    const close = this.#price;
    const before = this.bars.get(start_unix_ms) ?? { open: close, high: close, low: close, volume: 0 };
    const bar: SeriesBar = {
      start_unix_ms,
      open: before.open,
      high: Math.max(before.high, close),
      low: Math.min(before.low, close),
      close,
      volume: before.volume + this.#random() * 12,
      final: false,
    };
    this.bars.set(start_unix_ms, bar);
    const gone = [...this.bars.keys()].slice(0, Math.max(0, this.bars.size - BARS.cap));
    for (const start of gone) this.bars.delete(start);
    return { bar, gone };
  }

  rows(): FakeRow[] {
    return [...this.bars.values()].map((bar, at) => barRow(bar, at + 1, this.#interval_ms));
  }

  #startOf(now: number): number {
    return Math.floor(now / this.#interval_ms) * this.#interval_ms;
  }
}

function barRow(bar: SeriesBar, seq: number, interval_ms: number): FakeRow {
  const { start_unix_ms, open, high, low, close, volume, final } = bar;
  const price = (value: number) => ({ text: money(value, 2), title: String(value) });
  return {
    entity: {
      id: String(start_unix_ms),
      seq,
      start_unix_ms,
      end_unix_ms: start_unix_ms + interval_ms,
      final,
      open: String(open),
      high: String(high),
      low: String(low),
      close: String(close),
      volume: String(volume),
      vwap: String((high + low) / 2),
      trades: 4,
      late_trades: 0,
    },
    cells: {
      start: clock(start_unix_ms),
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume: price(volume),
      vwap: price((high + low) / 2),
      trades: { text: "4" },
      late: { text: "0" },
      final: { text: final ? "final" : "open" },
    },
  };
}
