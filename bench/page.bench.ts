/** The page in Chromium on the real server: until its first row, and from a delta's receipt to its row on the screen. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { LAUNCH, VIEWPORT } from "../e2e/browser.ts";
import { replayedOnce } from "../e2e/recording.ts";
import { type RunningServer, startServer } from "../e2e/server.ts";
import { untilSilent } from "../e2e/server-state.ts";
import { quantile } from "../e2e/soak/quantiles.ts";
import { longestTask } from "../e2e/soak/tasks.ts";
import { fullness } from "../e2e/soak/windows.ts";
import { type BenchRow, type BenchTable, median } from "./harness.ts";
import { EMPTY_PAGE_ROW, serveEmptyPage } from "./page/empty-page.ts";
import { animationFrameRate, installProbe, type PaintedFrame, paintedFrames } from "./page/probe.ts";

interface Load {
  name: string;
  /** What the server is asked to replay. Each is a row or two of tx.main, the fewer the faster, and 0.8 of pool.main. */
  tx_per_s: number;
  /** What the worker should have to apply by that; null: whatever it comes to. */
  rows_per_s: number | null;
}

const SLOW: Load = { name: "20 tx/s", tx_per_s: 20, rows_per_s: null };
const FAST: readonly Load[] = [
  { name: "10,000 rows/s", tx_per_s: 4_300, rows_per_s: 10_000 },
  { name: "50,000 rows/s", tx_per_s: 28_000, rows_per_s: 50_000 },
];

const COLD_RUNS = 5;
/** Until compiled code and caches have settled, the windows being full. */
const SETTLE_MS = 5_000;
const PAINTS_MS = 20_000;
const FRAME_RATE_MS = 5_000;
const TRACE_MS = 5_000;
const FILL_DEADLINE_MS = 60_000;

interface Site {
  url: string;
  /** What counts as its first row. */
  row: string;
}

const dashboardOf = ({ url }: RunningServer): Site => ({ url, row: "[role=row][data-id]" });

export async function run(): Promise<BenchTable> {
  await buildPage();
  const browser = await chromium.launch(LAUNCH);
  const { url, close } = await serveEmptyPage();
  try {
    // Its windows take minutes to fill: it begins first, is measured last, and costs the others next to nothing.
    return await withServer(rateOf(SLOW), (slow) => measure(browser, slow, { url, row: EMPTY_PAGE_ROW }));
  } finally {
    close();
    await browser.close();
  }
}

const rateOf = ({ tx_per_s }: Load) => ["--rate", String(tx_per_s)];

async function measure(browser: Browser, slow: RunningServer, empty: Site): Promise<BenchTable> {
  const cold = await withServer(replayedOnce(2), (server) => firstRows(browser, server, empty));
  const fast: BenchRow[] = [];
  for (const load of FAST) {
    fast.push(...(await withServer(rateOf(load), (server) => underLoad(browser, load, server, empty))));
  }
  const full = await fullness(slow.url);
  const rows = [...cold, ...(await underLoad(browser, SLOW, slow, empty)), ...fast];
  return { title: "Page: first row, and receipt to paint", note: note(browser.version(), full), rows };
}

function note(version: string, full: number): string {
  const asked = FAST.map(({ name, tx_per_s }) => `${tx_per_s.toLocaleString("en")} for ${name}`).join(
    " and ",
  );
  return (
    `Chromium ${version}, headless, without a GPU, ${VIEWPORT.width} x ${VIEWPORT.height}; page, server and browser share ` +
    `the machine. First row: a new browser context each time, a server with full windows, from the navigation's start to ` +
    `after the paint, median of ${COLD_RUNS}. Receipt to paint: each frame of ${PAINTS_MS / 1_000} s that brought rows, ` +
    "from when the worker was handed the oldest delta in it to after the page's paint. The server replays the recording at " +
    `so many transactions a second: ${asked}; what arrives is less where changes of a row coalesce, or where the machine ` +
    `does not keep up. Windows are full, at ${SLOW.name} to ${Math.round(full * 100)} %. The longest task is by the ` +
    "processor time of the page's main thread, from a trace; animation frames are those that a page gets which asks for " +
    "all. The empty page, in turn with it and beside the same server, shows in one text node what a bare worker posts."
  );
}

/** scripts/prepare.mjs is plain JavaScript without types. */
async function buildPage(): Promise<void> {
  const path = join(import.meta.dirname, "..", "scripts", "prepare.mjs");
  const { ensureBuilt } = (await import(path)) as { ensureBuilt(): Promise<number> };
  if ((await ensureBuilt()) !== 0) throw new Error("the page does not build");
}

async function withServer<T>(args: string[], work: (server: RunningServer) => Promise<T>): Promise<T> {
  const server = await startServer(...args);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Opens `site` in a browser context of its own, and closes that when `work` is done. */
async function withPage<T>(browser: Browser, site: Site, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    await installProbe(context, site.row);
    const page = await context.newPage();
    await page.goto(site.url);
    return await work(page);
  } finally {
    await context.close();
  }
}

async function firstRows(browser: Browser, server: RunningServer, empty: Site): Promise<BenchRow[]> {
  await untilSilent(server.url);
  if ((await fullness(server.url)) < 1) throw new Error("the recording does not fill the windows");
  const cold = (site: Site) => withPage(browser, site, (page) => page.evaluate(() => window.bench.first_row));
  const ours: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn < COLD_RUNS; turn++) {
    ours.push(await cold(dashboardOf(server)));
    bare.push(await cold(empty));
  }
  const floor = { case: "empty page, cold: first text on the screen", value: median(bare), unit: "ms" };
  return [compared("first row on the screen, cold", median(ours), floor), floor];
}

async function underLoad(
  browser: Browser,
  load: Load,
  server: RunningServer,
  empty: Site,
): Promise<BenchRow[]> {
  if (load.rows_per_s !== null) await untilFull(server.url);
  const named = (what: string) => `${load.name}: ${what}`;
  const ours = await withPage(browser, dashboardOf(server), watch);
  const bare = await withPage(browser, empty, async (page) => {
    await page.waitForTimeout(SETTLE_MS);
    return paintedFrames(page, PAINTS_MS);
  });
  const latency = (quantileName: string, share: number) => {
    const floor = {
      case: named(`empty page, ${quantileName}`),
      value: percentile(bare, share),
      unit: "ms",
    };
    return [
      compared(named(`receipt to paint, ${quantileName}`), percentile(ours.frames, share), floor),
      floor,
    ];
  };
  const applied = { case: named("applied"), value: ours.rows_per_s, unit: "rows/s" };
  const { rows_per_s: asked } = load;
  return [
    asked === null
      ? applied
      : { ...applied, ratio: ours.rows_per_s / asked, compared_with: "what was asked for" },
    ...latency("p50", 0.5),
    ...latency("p95", 0.95),
    { case: named("frames with rows painted"), value: (ours.frames.length * 1_000) / PAINTS_MS, unit: "/s" },
    { case: named("animation frames"), value: ours.frame_rate, unit: "/s" },
    { case: named("longest task"), value: ours.longest_task_ms, unit: "ms" },
  ];
}

async function watch(page: Page) {
  await page.evaluate(() => window.bench.first_row);
  await page.waitForTimeout(SETTLE_MS);
  const frames = await paintedFrames(page, PAINTS_MS);
  const rows_per_s = await page.evaluate(() => window.mempulse.status()?.rows_per_s ?? 0);
  const frame_rate = await animationFrameRate(page, FRAME_RATE_MS);
  const { cpu_ms, tasks } = await longestTask(page, () => page.waitForTimeout(TRACE_MS));
  if (tasks === 0) throw new Error("the trace holds no task of the page");
  const { mismatches, protocol_errors } = await page.evaluate(() => window.mempulse.counters());
  if (mismatches + protocol_errors > 0) throw new Error("the page's windows are not the server's");
  return { frames, rows_per_s, frame_rate, longest_task_ms: cpu_ms };
}

async function untilFull(server: string): Promise<void> {
  const deadline = performance.now() + FILL_DEADLINE_MS;
  while ((await fullness(server)) < 1) {
    if (performance.now() > deadline) throw new Error(`windows not full after ${FILL_DEADLINE_MS} ms`);
    await sleep(250);
  }
}

function percentile(frames: readonly PaintedFrame[], share: number): number {
  const found = quantile(
    frames.map(({ painted_ms }) => painted_ms),
    share,
  );
  if (found === null) throw new Error("no frame with rows was painted");
  return found;
}

/** A row of `floor`'s unit beside it. */
function compared(name: string, value: number, floor: BenchRow): BenchRow {
  return { case: name, value, unit: floor.unit, ratio: value / floor.value, compared_with: floor.case };
}
