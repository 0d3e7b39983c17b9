import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BAR_INTERVALS, BAR_INTERVALS_MS, type BarInterval } from "../../protocol/stream/channels.ts";
import { corpus } from "../../testing/corpus.ts";
import { Model } from "../model.ts";
import { decimalText, type OraclePrint, oracleBars, ratioText } from "../testing/bar-oracle.ts";
import { feed, tick } from "../testing/messages.ts";
import { rowsIn, tradeOf } from "../testing/trades.ts";

/** Midnight in New York on 7 October 2013. */
const MIDNIGHT = Date.UTC(2013, 9, 7, 4);
const PRICE_TO_Q8 = 10_000n;
const Q8 = 100_000_000n;
const NYSE_TAPE = 1;

/** Flags of the recorded ticks, and the condition's number on the firehose. */
const CONDITIONS = [
  { flag: 1 << 5, code: 14 }, // intermarket sweep
  { flag: 1 << 6, code: 17 }, // opening trade
  { flag: 1 << 9, code: 10 }, // derivatively priced
  { flag: 1 << 13, code: 12 }, // extended hours
  { flag: 1 << 20, code: 2 }, // average price
  { flag: 1 << 21, code: 9 }, // cross
  { flag: 1 << 26, code: 16 }, // official open
  { flag: 1 << 29, code: 41 }, // trade-through exempt
];
const [SWEEP, OPENING, DERIVED, EXTENDED] = [1 << 5, 1 << 6, 1 << 9, 1 << 13];
const [AVERAGE, OFFICIAL] = [1 << 20, 1 << 26];

interface Recorded {
  ms: number;
  price: bigint;
  size: bigint;
  flags: number;
}

const folder = corpus("data/trades");
const lines = (name: string) =>
  readFileSync(resolve(folder ?? "", name), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

describe.skipIf(folder === null)("a recorded morning of trades", () => {
  const model = new Model({ log_id: "test", bars: { cap: 10_000 } });
  const ticks: Recorded[] = [];
  let prints: OraclePrint[] = [];
  beforeAll(() => {
    for (const [ms, price, size, , flags] of lines("lean-aig-20131007-until1030.tick-trade.csv")) {
      ticks.push({
        ms: MIDNIGHT + Number(ms),
        price: BigInt(price as string),
        size: BigInt(size as string),
        flags: Number.parseInt(flags as string, 16),
      });
    }
    feedTicks(model, ticks);
    prints = ticks
      .filter(({ flags }) => (flags & OFFICIAL) === 0)
      .map(({ ms, price, size, flags }) => ({
        ns: BigInt(ms) * 1_000_000n,
        price: price * PRICE_TO_Q8,
        volume: size * Q8,
        notional: price * PRICE_TO_Q8 * size * Q8,
        range: (flags & (EXTENDED | AVERAGE)) === 0,
        ends: (flags & (EXTENDED | AVERAGE | DERIVED)) === 0,
        counts: true,
      }));
  });

  const shown = (interval: BarInterval) =>
    rowsIn(model, `market.bars:AIG:${interval}`).toSorted(
      (a, b) => (a.start_unix_ms as number) - (b.start_unix_ms as number),
    );

  test.each(BAR_INTERVALS)("%s bars are those of a plain pass over it", (interval) => {
    const expected = oracleBars(prints, BAR_INTERVALS_MS[interval]).map((bar) => ({
      start_unix_ms: bar.start,
      open: decimalText(bar.open, 8),
      high: decimalText(bar.high, 8),
      low: decimalText(bar.low, 8),
      close: decimalText(bar.close, 8),
      volume: decimalText(bar.volume, 8),
      vwap: ratioText(bar.notional, bar.volume * Q8, 8),
      trades: bar.trades,
    }));
    const rows = shown(interval);
    expect(rows).toHaveLength(expected.length);
    expect(rows).toMatchObject(expected);
    expect(model.counters.bars).toEqual({ late: 0, evicted_bucket: 0, excluded: 2 });
  });

  const recorded = () =>
    lines("lean-aig-20131007-until1030.minute-trade.csv").map((line) => {
      const [ms, ...prices] = line.map(Number);
      return { start: MIDNIGHT + (ms as number), prices: prices.slice(0, 4), volume: prices[4] as number };
    });

  test("a minute's volume is what was recorded, and the opening prints, which the record left out", () => {
    const opening = new Map<number, number>();
    for (const { ms, size, flags } of ticks) {
      const start = ms - (ms % 60_000);
      if ((flags & OPENING) !== 0) opening.set(start, (opening.get(start) ?? 0) + Number(size));
    }
    expect([...opening.values()]).toEqual([1_200, 48_146]);
    expect(shown("1m").map((row) => [row.start_unix_ms, row.volume])).toEqual(
      recorded().map(({ start, volume }) => [start, String(volume + (opening.get(start) ?? 0))]),
    );
  });

  test("a minute's prices are what was recorded, once sweeps are left out as the record left them out", () => {
    const other = new Model({ log_id: "test" });
    // The record takes intermarket sweeps before the opening, and not after it; the tapes' rules take both.
    const isTaken = (flags: number) => (flags & SWEEP) === 0 || (flags & EXTENDED) !== 0;
    feedTicks(
      other,
      ticks.filter(({ flags }) => isTaken(flags)),
    );
    const rows = rowsIn(other, "market.bars:AIG:1m").map(({ start_unix_ms, open, high, low, close }) => ({
      start: start_unix_ms,
      prices: [open, high, low, close].map((price) => Math.round(Number(price) * 10_000)),
    }));
    expect(rows).toEqual(recorded().map(({ start, prices }) => ({ start, prices })));
  });
});

/** With a Tick before the first trade of each second. */
function feedTicks(model: Model, ticks: readonly Recorded[]): void {
  let second = 0;
  for (const [n, { ms, price, size, flags }] of ticks.entries()) {
    if (Math.floor(ms / 1_000) > second) {
      second = Math.floor(ms / 1_000);
      feed(model, tick(1_000 * second));
    }
    const conditions = CONDITIONS.filter(({ flag }) => (flags & flag) !== 0).map(({ code }) => code);
    const fields = { price: price * PRICE_TO_Q8, volume: size * Q8, ms, id: String(n), tape: NYSE_TAPE };
    feed(model, tradeOf({ symbol: "AIG", ...fields, conditions }));
  }
}
