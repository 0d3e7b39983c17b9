import { describe, expect, it } from "vitest";
import { fakeRun } from "./fake-run.ts";
import { judge } from "./verdict.ts";

const values = (ms: number) => Array.from({ length: 180 }, (_, at) => ({ at_s: at * 20, ms }));

describe("judge", () => {
  it("passes a calm hour on every count", () => {
    const { failures, missed, rows } = judge(fakeRun());
    expect(failures).toEqual([]);
    expect(missed).toEqual([]);
    expect(rows.filter(({ floor }) => floor?.holds === true).length).toBeGreaterThan(12);
    expect(rows.filter(({ goal }) => goal?.holds === true).length).toBeGreaterThan(8);
  });

  it.each([
    ["page heap", (hour: number) => ({ page_heap_mb: 6 + hour })],
    ["worker heap", (hour: number) => ({ worker_heap_mb: 9 + hour })],
    ["DOM nodes", (hour: number) => ({ nodes: 3_000 + 400 * hour })],
    ["listeners", (hour: number) => ({ listeners: 240 + 100 * hour })],
  ])("fails a rise of %s, and nothing else", (figure, change) => {
    expect(judge(fakeRun(change)).failures).toEqual([
      expect.stringMatching(new RegExp(`^${figure}, slope: `)),
    ]);
  });

  it("lets a heap rise that stays within half a megabyte an hour", () => {
    expect(judge(fakeRun((hour) => ({ page_heap_mb: 6 + 0.4 * hour }))).failures).toEqual([]);
  });

  it("fails details that open slower every minute, though still fast", () => {
    const openings = values(0).map(({ at_s }) => ({ at_s, ms: 20 + at_s / 360 }));
    const { failures, missed } = judge({ ...fakeRun(), openings });
    expect(failures).toEqual([expect.stringMatching(/^opening details, slope: 10\.0 ms\/h/)]);
    expect(missed).toEqual([]);
  });

  it("tells a missed goal from a broken floor", () => {
    const slow = judge({ ...fakeRun(), transactions: values(20) });
    expect(slow.failures).toEqual([]);
    expect(slow.missed).toEqual([
      "/transactions at a client, p95: 20.0 ms (goal 5 ms)",
      "/transactions at a client, p99: 20.0 ms (goal 15 ms)",
    ]);
    expect(judge({ ...fakeRun(), transactions: values(100) }).failures).toEqual([
      "/transactions at a client, p95: 100 ms (floor 80 ms)",
    ]);
  });

  it("judges snapshots by the client's clock and by the server's", () => {
    const builds = { bounds: [100, 200, Number.POSITIVE_INFINITY], counts: [0, 720, 720] };
    expect(judge({ ...fakeRun(), snapshots: values(130), builds }).failures).toEqual([
      expect.stringMatching(/^snapshot-v2 at a client, p95/),
      expect.stringMatching(/^snapshot-v2, the server's build, p95/),
    ]);
  });

  it("takes the readings in which painting was slow, unless they are few", () => {
    const slowUntil = (end: number) =>
      judge(fakeRun((hour) => ({ receive_to_paint_ms: hour < end ? 400 : 30 }))).failures;
    expect(slowUntil(0.04)).toEqual([]);
    expect(slowUntil(0.1)).toEqual([expect.stringMatching(/^received to painted/)]);
  });

  it("fails heaps too large, whatever their slope", () => {
    expect(judge(fakeRun(() => ({ worker_heap_mb: 360 }))).failures).toEqual([
      "heap of page and worker, highest: 366 MB (floor 350 MB)",
    ]);
  });

  it("fails a channel that is not the server's, and only mentions repaired gaps", () => {
    const run = fakeRun();
    const { failures, missed } = judge({
      ...run,
      digests: [...run.digests, { channel: "pool.main", rows: 5_000, own: true, equal: false }],
      counters: { ...run.counters, gaps: 2 },
    });
    expect(failures).toEqual(["channels equal to the server's at the end: 1 of 2 (floor all)"]);
    expect(missed).toEqual(["gaps: 2 (goal 0)"]);
  });

  it("judges no time of an answer at another rate, and hours by that rate", () => {
    const run = fakeRun((hour) => ({ page_heap_mb: 6 + 3 * hour }));
    const { failures, missed, slopes } = judge({ ...run, speed: 12, snapshots: values(900) });
    expect(failures).toEqual([]);
    expect(missed).toEqual([]);
    expect(slopes.page_heap_mb?.slope).toBeCloseTo(3 / 12);
  });

  it("judges what there is of a soak that ended early", () => {
    const run = fakeRun();
    const { failures, slopes, rows } = judge({
      ...run,
      readings: [],
      openings: [],
      digests: [],
      builds: null,
    });
    expect(slopes.page_heap_mb).toBeNull();
    expect(failures).toEqual([]);
    expect(rows.find(({ figure }) => figure.startsWith("channels"))?.measured).toBe("not compared");
  });
});
