import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barsChannel } from "../../protocol/stream/channels.ts";
import type { BarEntity } from "../../protocol/stream/entities.ts";
import type { SeriesFrame } from "../api.ts";
import { BARS_LIMITS, VIEW_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { createStores } from "../store/stores.ts";
import { bar } from "../testing/rows.ts";
import { NOT_CUT } from "../testing/table.ts";
import { Views } from "./views.ts";

const CHANNEL = barsChannel("TSLA", "1s");
const startOf = (n: number) => bar(n).start_unix_ms;

class Chart {
  readonly stores = createStores();
  readonly views = new Views(this.stores);
  seq = 0;
  /** What the page has drawn by its frames, by start. */
  readonly drawn = new Map<number, SeriesFrame["bars"][number]>();

  constructor() {
    this.views.openSeries("s", { channel: CHANNEL });
  }

  get store(): Store {
    return this.stores[CHANNEL]!;
  }

  load(...bars: number[]): void {
    this.store.replace(
      bars.map((n) => bar(n, { seq: ++this.seq })),
      4,
    );
  }

  put(n: number, change: Partial<BarEntity> = {}): void {
    const evict_before = this.store.count >= 4 ? this.seq - 2 : 0;
    this.store.apply({ upsert: [bar(n, { ...change, seq: ++this.seq })], remove: [], evict_before });
  }

  frame(isCut: (channel: string) => boolean = NOT_CUT): SeriesFrame | null {
    const frame = this.views.compose(isCut).series[0] ?? null;
    if (frame?.whole) this.drawn.clear();
    for (const start of frame?.gone ?? []) this.drawn.delete(start);
    for (const each of frame?.bars ?? []) this.drawn.set(each.start_unix_ms, each);
    return frame;
  }
}

describe("a series", () => {
  it("gives nothing before its window has come, then all of it by start, as numbers", () => {
    const chart = new Chart();
    expect(chart.frame()).toBeNull();
    chart.load(2, 1);
    expect(chart.frame()).toEqual({
      series: "s",
      channel: CHANNEL,
      whole: true,
      bars: [1, 2].map((n) => ({
        start_unix_ms: startOf(n),
        open: 427.5288,
        high: 428.1,
        low: 427.02,
        close: 427.9,
        volume: 1320,
        final: false,
      })),
      gone: [],
      holes: [],
    });
    expect(chart.frame()).toBeNull();
  });

  it("gives then what changed, each bar once, and what has left the window", () => {
    const chart = new Chart();
    chart.load(1, 2, 3, 4);
    chart.frame();
    chart.put(4, { close: "430" });
    chart.put(4, { close: "431.5", final: true });
    expect(chart.frame()).toMatchObject({
      whole: false,
      bars: [{ start_unix_ms: startOf(4), close: 431.5, final: true }],
      gone: [startOf(1)],
    });
  });

  it("is whole after a window was fetched, and when it is opened anew", () => {
    const chart = new Chart();
    chart.load(1, 2);
    chart.frame();
    chart.load(2, 3);
    expect(chart.frame()).toMatchObject({ whole: true, bars: [{}, {}], gone: [] });
    chart.views.openSeries("s", { channel: CHANNEL });
    expect(chart.frame()).toMatchObject({ whole: true, bars: [{}, {}] });
    chart.views.closeSeries("s");
    chart.put(4);
    expect(chart.frame()).toBeNull();
  });

  it("O10 stays at the instant before while a change set is cut", () => {
    const chart = new Chart();
    chart.load(1);
    chart.frame();
    chart.put(2);
    expect(chart.frame((channel) => channel === CHANNEL)).toBeNull();
    expect(chart.frame()).toMatchObject({ bars: [{ start_unix_ms: startOf(2) }] });
  });

  it("L1 B8 tells the bars that were shed before the page had them, until they change", () => {
    const chart = new Chart();
    chart.load(1, 2);
    chart.frame();
    chart.put(3);
    chart.put(1);
    chart.store.shed(Number.POSITIVE_INFINITY, 1);
    expect(chart.frame()).toMatchObject({ bars: [{ start_unix_ms: startOf(1) }], holes: [startOf(3)] });
    chart.views.openSeries("s", { channel: CHANNEL });
    expect(chart.frame()).toMatchObject({ bars: [{}], holes: [startOf(2), startOf(3)] });
    chart.put(3);
    expect(chart.frame()).toMatchObject({ bars: [{ start_unix_ms: startOf(3) }], holes: [startOf(2)] });
  });

  it("takes a bar that is not as the schema says for a hole", () => {
    const chart = new Chart();
    chart.load();
    chart.put(1, { high: "no number" });
    chart.put(2, { volume: null as never });
    expect(chart.frame()).toMatchObject({ bars: [], holes: [startOf(1), startOf(2)] });
  });

  it("has drawn by its frames what the window holds, whatever happens and however seldom it is asked", () => {
    const operation = fc.record({
      kind: fc.constantFrom("put", "put", "put", "remove", "load", "frame", "frame"),
      n: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const chart = new Chart();
        chart.load(0);
        for (const { kind, n } of operations) {
          if (kind === "put") chart.put(n, { close: String(chart.seq) });
          else if (kind === "load") chart.load(n, n + 1);
          else if (kind === "frame") chart.frame();
          else chart.store.apply({ upsert: [], remove: [bar(n).id], evict_before: 0 });
        }
        chart.frame();
        const held = [...chart.store.rows()] as BarEntity[];
        const closes = Object.fromEntries(held.map(({ id, close }) => [id, Number(close)]));
        expect(Object.fromEntries([...chart.drawn].map(([start, { close }]) => [start, close]))).toEqual(
          closes,
        );
      }),
    );
  });
});

describe("bounds and bad calls", () => {
  it("refuses what is no channel of bars, and more series than there may be", () => {
    const { views } = new Chart();
    expect(() => views.openSeries("x", { channel: "tx.main" as never })).toThrow(
      "tx.main is no channel of bars",
    );
    for (let n = 1; n < VIEW_LIMITS.series_count; n++) views.openSeries(`s${n}`, { channel: CHANNEL });
    expect(() => views.openSeries("one more", { channel: CHANNEL })).toThrow("16 series are open");
    views.openSeries("s", { channel: CHANNEL });
  });

  it("B10 refuses to show more channels of bars than are followed, but not to show another in place of one", () => {
    const { views } = new Chart();
    const nth = (n: number) => barsChannel(`S${n}`, "1s");
    for (let n = 1; n < BARS_LIMITS.followed_count; n++) views.openSeries(`s${n}`, { channel: nth(n) });
    expect(() => views.open("v", { channel: nth(0), columns: [], sort: null, filter: "" })).toThrow(
      "16 channels of bars are shown",
    );
    views.open("v", { channel: CHANNEL, columns: ["start"], sort: null, filter: "" });
    views.openSeries("s1", { channel: nth(99) });
    expect(views.shows(nth(1))).toBe(false);
  });
});
