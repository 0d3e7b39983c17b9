/**
 * A soak of an open page whose windows are full: readings at an interval, between them a user who opens the details of
 * two rows, and beside it a client of the server. What fails is counted and the soak goes on, until the page is gone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { StreamCounters } from "../../workers/api.ts";
import type { Dashboard } from "../dashboard.ts";
import { CHANNEL_NAMES } from "../server-state.ts";
import { Client, type Timed } from "./client.ts";
import { checkDigest, type DigestCheck } from "./digests.ts";
import { openDetails } from "./page-probe.ts";
import type { Histogram } from "./quantiles.ts";
import { Reader, type Reading } from "./reading.ts";
import { xorshift } from "./slope.ts";

export interface SoakOptions {
  readings: number;
  interval_ms: number;
  /** Opening rows, and nothing else, for so long before it begins: compiled code and caches go on growing at first. */
  settle_ms: number;
  /** How many times the nominal rate the stream runs at: times are in hours of that. */
  speed: number;
  /** Ends it early, with what there is. */
  signal?: AbortSignal;
  onReading?(reading: Reading): void;
}

export interface SoakRun {
  speed: number;
  interval_s: number;
  elapsed_s: number;
  readings: Reading[];
  /** A client's snapshots and transactions; rows that the user opened. */
  snapshots: Timed[];
  transactions: Timed[];
  openings: Timed[];
  /** Requests and openings that came to nothing. */
  failed: number;
  /** What the server counted of its own work on snapshots. */
  builds: Histogram | null;
  /** What went wrong on the stream meanwhile. */
  counters: StreamCounters;
  digests: DigestCheck[];
  workers: number;
  /** What the soak itself could not do. */
  troubles: string[];
}

/** Parts of an interval at which a row is opened; readings are at its end. */
const OPENINGS = [0.25, 0.75];
const PANELS = ["transactions", "pool-events"];
/** So many troubles without a reading between them: there is no page any more. */
const MAX_TROUBLES = 5;
/** A page that takes longer to be read or clicked hangs. */
const ATTEMPT_MS = 60_000;
const SEED = 20;

export async function soak(dashboard: Dashboard, server: string, options: SoakOptions): Promise<SoakRun> {
  const { page } = dashboard;
  const { signal, interval_ms } = options;
  let openings = 0;
  const open = () => openDetails(page, PANELS[openings++ % PANELS.length] as string);

  for (const end = performance.now() + options.settle_ms; performance.now() < end && !signal?.aborted; ) {
    await open();
    await until(performance.now() + interval_ms / 2, signal);
  }

  const reader = await Reader.begin(page, server);
  const before = await page.evaluate(() => window.mempulse.counters());
  const began = performance.now();
  const clock = () => (performance.now() - began) / 1_000;
  const client = new Client(server, clock, xorshift(SEED));
  const run: SoakRun = {
    speed: options.speed,
    interval_s: interval_ms / 1_000,
    elapsed_s: 0,
    readings: [],
    snapshots: client.snapshots,
    transactions: client.transactions,
    openings: [],
    failed: 0,
    builds: null,
    counters: since(before, before),
    digests: [],
    workers: reader.workerCount,
    troubles: [],
  };
  let inARow = 0;
  const attempt = async (what: () => Promise<void>) => {
    if (signal?.aborted || inARow >= MAX_TROUBLES) return;
    try {
      await Promise.race([what(), tooLong(ATTEMPT_MS)]);
      inARow = 0;
    } catch (error) {
      inARow++;
      run.troubles.push((error as Error).message);
    }
  };

  for (let turn = 0; turn < options.readings && !signal?.aborted && inARow < MAX_TROUBLES; turn++) {
    for (const part of OPENINGS) {
      await until(began + (turn + part) * interval_ms, signal);
      await attempt(async () => {
        const { outcome, ms } = await open();
        if (outcome === "never") run.failed++;
        if (outcome === "found") run.openings.push({ at_s: clock(), ms });
      });
    }
    await until(began + (turn + 1) * interval_ms, signal);
    await attempt(async () => {
      const reading = await reader.read(clock());
      run.readings.push(reading);
      options.onReading?.(reading);
    });
  }
  run.elapsed_s = clock();
  await client.stop();
  run.failed += client.failed;
  run.builds = reader.builds;
  try {
    run.counters = since(before, await page.evaluate(() => window.mempulse.counters()));
    run.digests = await checkDigests(dashboard, server);
  } catch (error) {
    run.troubles.push((error as Error).message);
  }
  return run;
}

async function checkDigests(dashboard: Dashboard, server: string): Promise<DigestCheck[]> {
  const epoch = (await dashboard.status())?.epoch ?? "";
  const check = async (channel: ChannelName) =>
    checkDigest(server, epoch, channel, await dashboard.contents(channel));
  return Promise.all(CHANNEL_NAMES.map(check));
}

function since(before: StreamCounters, after: StreamCounters): StreamCounters {
  const differences = Object.entries(after).map(([name, count]) => [
    name,
    (count as number) - before[name as keyof StreamCounters],
  ]);
  return Object.fromEntries(differences) as StreamCounters;
}

async function tooLong(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false });
  throw new Error(`no answer of the page in ${ms} ms`);
}

/** Resolves at `time` (performance.now()), or when `signal` says so. */
async function until(time: number, signal: AbortSignal | undefined): Promise<void> {
  const wait = time - performance.now();
  if (wait <= 0) return;
  await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
