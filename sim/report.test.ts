import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { failureText, reportPage, summary } from "./report.ts";
import type { Outcome } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { Tally } from "./tally.ts";
import { Violation } from "./violation.ts";

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  seed: 7,
  scenario: { fold: "model" } as Scenario,
  steps: 1_000,
  virtual_ms: 3_600_000,
  counts: { "frame drop": 2, "close 1012": 1 },
  hash: "",
  events: ["1.000 c0 is live"],
  failure: null,
  ...change,
});

it("sums runs up by group", () => {
  const tally = new Tally();
  tally.add(outcome());
  tally.add(outcome({ counts: { "frame drop": 3 }, failure: new Violation("no") }));
  expect(tally).toMatchObject({ runs: 2, steps: 2_000, virtual_ms: 7_200_000, failed: 1 });
  expect(tally.group("frame")).toEqual([["drop", 5]]);
  expect(summary(tally)).toContain("close: 1012 1");
});

it("writes a page with seeds, steps, result and a table a group", () => {
  const tally = new Tally();
  tally.add(outcome());
  tally.add(outcome());
  const facts = { date: "2026-01-01", machine: "m", command: "npm run sim", firstSeed: 7, seconds: 2 };
  const page = reportPage(tally, facts);
  expect(page).toContain("| seeds | 7 to 8 (2 runs) |");
  expect(page).toContain("| steps | 2,000 delivered events");
  expect(page).toContain("| virtual time | 2 hours, in 2 s |");
  expect(page).toContain("| result | all passed |");
  expect(page).toContain("| drop | 4 |");
});

it("says of a failure what broke, what happened last and how to see it again", () => {
  const text = failureText(outcome({ failure: new Violation("C1 a batch without credit") }));
  expect(text).toContain("seed 7 failed: C1 a batch without credit");
  expect(text).toContain("1.000 c0 is live");
  expect(text).toContain("npm run sim -- --runs 1 --seed 7");
});

it("refuses an option that is no number, in one line, with exit code 2", () => {
  const main = join(import.meta.dirname, "main.ts");
  try {
    execFileSync(process.execPath, ["--import", "tsx", main, "--runs", "many"], { stdio: "pipe" });
    expect.unreachable("it ran");
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    expect([status, stderr.toString()]).toEqual([
      2,
      'sim: --runs: "many" is not a whole number up to 1000000000\n',
    ]);
  }
});
