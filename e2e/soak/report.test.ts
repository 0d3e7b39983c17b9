import { describe, expect, it } from "vitest";
import { fakeRun } from "./fake-run.ts";
import { type Conditions, failuresOf, report } from "./report.ts";
import { judge } from "./verdict.ts";

const CONDITIONS: Conditions = {
  minutes: 60,
  rate: 20,
  date: "2026-01-02T03:04:05.678Z",
  machine: "a machine",
  commit: "abc1234",
  errors: [],
};

function reported(run: ReturnType<typeof fakeRun>, conditions = CONDITIONS): string {
  return report(run, judge(run), conditions);
}

describe("report", () => {
  it("says what was measured, on what, against what", () => {
    const text = reported(fakeRun());
    expect(text).toMatch(/^# Soak: 60 minutes at 20 transactions a second\n/);
    expect(text).toContain("2026-01-02 03:04 UTC; a machine; commit abc1234.");
    expect(text).toContain("**Every floor holds.**");
    expect(text).toContain("| /transactions at a client, p95 | 2.00 ms | 80 ms | yes | 5 ms | yes |");
    expect(text).toContain("each takes 80 ms (at most 80), 0.4 % of the time");
  });

  it("lists what failed and what was missed", () => {
    const text = reported(fakeRun((hour) => ({ worker_heap_mb: 59 + hour })));
    expect(text).toMatch(/\*\*It does not hold:\*\*\n\n- worker heap, slope: 1\.00 MB\/h/);
    expect(text).toMatch(/Goals missed:\n\n- heap of page and worker, highest: 66\.0 MB \(goal 60 MB\)/);
  });
});

describe("failuresOf", () => {
  const of = (run: ReturnType<typeof fakeRun>, errors: string[] = []) =>
    failuresOf(run, judge(run), { ...CONDITIONS, errors });

  it("is empty for a soak that holds", () => {
    expect(of(fakeRun())).toEqual([]);
  });

  it("has every floor that there was nothing to judge by, and a worker that was not read", () => {
    const run = { ...fakeRun(), openings: [], transactions: [], digests: [], builds: null, workers: 0 };
    expect(of(run)).toEqual([
      "0 workers were read, not 1",
      "snapshot-v2, the server's build, p95: nothing measured",
      "snapshot-v2, the server's build, p99: nothing measured",
      "/transactions at a client, p95: nothing measured",
      "/transactions at a client, p99: nothing measured",
      "opening details, slope: too few readings",
      "channels equal to the server's at the end: not compared",
    ]);
    // At another rate no time of an answer is judged.
    expect(of({ ...fakeRun(), speed: 12 })).toEqual([]);
  });

  it("has a soak that ended early, an error of the page, and what could not be measured", () => {
    const run = { ...fakeRun(), elapsed_s: 900, troubles: ["no answer"] };
    expect(of(run, ["boom"])).toEqual([
      "it ended early",
      "error of the page: boom",
      "not measured: no answer",
    ]);
  });
});
