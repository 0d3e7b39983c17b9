/** `npm run soak -- --minutes 60 --rate 20`: the page in real Chromium at a rate for a time, judged as in the tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { LAUNCH, VIEWPORT } from "../browser.ts";
import { Dashboard } from "../dashboard.ts";
import { startServer } from "../server.ts";
import { MemoryProbe } from "./heap.ts";
import { soak, watchLongTasks } from "./measure.ts";
import { heapMb, judge } from "./verdict.ts";
import { fullness } from "./windows.ts";

/** Slopes are per hour of this rate. */
const NOMINAL_RATE = 20;
const SETTLE_MS = 60_000;
const SAMPLES = 360;
const REPORTS = 60;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`soak: --${name} ${text}: must be a number above 0\n`);
  process.exit(2);
}

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, rate: { type: "string", default: "20" } },
});
const minutes = positive("minutes", values.minutes);
const rate = positive("rate", values.rate);

const server = await startServer("--rate", String(rate));
const browser = await chromium.launch(LAUNCH);
try {
  const page = await browser.newPage({ viewport: VIEWPORT });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await watchLongTasks(page);
  const probe = await MemoryProbe.attach(page);
  const dashboard = new Dashboard(page);
  await dashboard.open(server.url);
  console.log(
    `${rate} tx/s from ${server.url}; the soak of ${minutes} minutes begins when every window is full`,
  );
  while ((await fullness(server.url)) < 1) await page.waitForTimeout(1_000);
  // Compiled code goes on growing for a minute.
  await page.waitForTimeout(SETTLE_MS);
  await page.evaluate(() => {
    window.longestTaskMs = 0;
  });

  let count = 0;
  const samples = await soak(page, probe, {
    samples: SAMPLES,
    interval_ms: (minutes * 60_000) / SAMPLES,
    speed: rate / NOMINAL_RATE,
    onSample(sample) {
      if (count++ % (SAMPLES / REPORTS) !== 0) return;
      const at = new Date().toISOString().slice(11, 19);
      console.log(
        `${at}  heap ${heapMb(sample).toFixed(2)} MB  nodes ${sample.nodes}  listeners ${sample.listeners}`,
      );
    },
  });
  const verdict = judge(samples);
  const report = {
    minutes,
    rate,
    ...verdict,
    longest_task_ms: await page.evaluate(() => window.longestTaskMs),
    metrics: await dashboard.metrics(),
    errors,
  };
  const folder = join(import.meta.dirname, "..", "..", "artifacts");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `soak-${minutes}m-${rate}tx.json`);
  writeFileSync(file, JSON.stringify({ ...report, samples }, null, 2));
  console.log(`${JSON.stringify(report, null, 2)}\nsamples in ${file}`);
  process.exitCode = verdict.failures.length > 0 || errors.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await server.stop();
}
