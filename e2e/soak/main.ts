/** `npm run soak -- --minutes 60 --rate 20 --out docs/soak`: the page in real Chromium at a rate for a time, judged as in the tests. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { LAUNCH, VIEWPORT } from "../browser.ts";
import { Dashboard } from "../dashboard.ts";
import { startServer } from "../server.ts";
import { installPageProbe } from "./page-probe.ts";
import { plot } from "./plot.ts";
import type { Reading } from "./reading.ts";
import { type Conditions, failuresOf, PLOT_FILE, report, title } from "./report.ts";
import { type SoakRun, soak } from "./soak.ts";
import { judge, shown } from "./verdict.ts";
import { fullness } from "./windows.ts";

/** Slopes are per hour of this rate. */
const NOMINAL_RATE = 20;
const MS_PER_MINUTE = 60_000;
/** Long enough for the page to collect by itself between readings, which is part of what a user meets. */
const INTERVAL_MS = 20_000;
const FEWEST_READINGS = 30;
/** Of the soak's time, within bounds: compiled code goes on growing for minutes. */
const SETTLE = { share: 1 / 6, least_ms: MS_PER_MINUTE, most_ms: 5 * MS_PER_MINUTE };
const ROOT = join(import.meta.dirname, "..", "..");
const ARTIFACTS = join(ROOT, "artifacts");

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`soak: --${name} ${text}: must be a number above 0\n`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    rate: { type: "string", default: String(NOMINAL_RATE) },
    /** Where report and plot go. */
    out: { type: "string", default: join(ARTIFACTS, "soak") },
  },
});
const minutes = positive("minutes", values.minutes);
const rate = positive("rate", values.rate);
const out = resolve(values.out);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const server = await startServer("--rate", String(rate));
// It ends when we say so, after the last reading.
const browser = await chromium.launch({ ...LAUNCH, handleSIGINT: false, handleSIGTERM: false });
try {
  const page = await browser.newPage({ viewport: VIEWPORT });
  const errors: string[] = [];
  const onError = (text: string) => {
    if (!stop.signal.aborted) errors.push(text);
  };
  page.on("pageerror", (error) => onError(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") onError(message.text());
  });
  await installPageProbe(page);
  const dashboard = new Dashboard(page);
  await dashboard.open(server.url);
  say(`${rate} tx/s from ${server.url}; waits until every window is full`);
  while (!stop.signal.aborted && (await fullness(server.url)) < 1) await sleep(1_000);

  const settle_ms = Math.min(
    SETTLE.most_ms,
    Math.max(SETTLE.least_ms, minutes * MS_PER_MINUTE * SETTLE.share),
  );
  say(`full; settles for ${settle_ms / MS_PER_MINUTE} minutes, then soaks for ${minutes}`);
  const interval_ms = Math.min(INTERVAL_MS, (minutes * MS_PER_MINUTE) / FEWEST_READINGS);
  const run = await soak(dashboard, server.url, {
    readings: Math.round((minutes * MS_PER_MINUTE) / interval_ms),
    interval_ms,
    settle_ms,
    speed: rate / NOMINAL_RATE,
    signal: stop.signal,
    onReading: (reading) => say(line(reading)),
  });
  process.exitCode = conclude(run, {
    minutes,
    rate,
    date: new Date().toISOString(),
    machine: machine(),
    commit: commit(),
    errors,
  });
} catch (error) {
  // A Ctrl-C in a terminal also ends the server, which the soak may not have begun to measure.
  if (!stop.signal.aborted) throw error;
  say("ended before it began");
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
}

/** Writes report, plot and samples; gives the exit code. */
function conclude(run: SoakRun, conditions: Conditions): number {
  const verdict = judge(run);
  const text = report(run, verdict, conditions);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "README.md"), text);
  writeFileSync(join(out, PLOT_FILE), plot(run, verdict.slopes, title(run, conditions)));
  mkdirSync(ARTIFACTS, { recursive: true });
  const samples = join(ARTIFACTS, `soak-${minutes}m-${rate}tx.json`);
  writeFileSync(samples, JSON.stringify({ conditions, verdict, run }));
  say(`\n${text}\nreport in ${out}, samples in ${samples}`);
  return failuresOf(run, verdict, conditions).length === 0 ? 0 : 1;
}

function line(reading: Reading): string {
  const optional = (value: number | null) => (value === null ? "-" : shown(value));
  return [
    `${shown(reading.at_s / 60)} min`,
    `heap ${shown(reading.page_heap_mb)} + ${shown(reading.worker_heap_mb)} MB`,
    `renderer ${shown(reading.renderer_private_mb)} MB`,
    `nodes ${reading.nodes}`,
    `listeners ${reading.listeners}`,
    `painted ${optional(reading.receive_to_paint_ms)} ms`,
    `${shown(reading.rows_per_s)} rows/s`,
  ].join("  ");
}

function machine(): string {
  const gib = Math.round(totalmem() / 1024 ** 3);
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  return `${model}, ${cpus().length} cores, ${gib} GiB; Node ${process.versions.node}; Chromium ${browser.version()}`;
}

/** Short hash, with a `+` where files differ from it; or that there is none. */
function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
