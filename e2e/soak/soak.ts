/**
 * A soak of an open page whose windows are full: readings at an interval, between them a user who opens the details of
 * two rows, and beside it a client of the server. What fails is counted and the soak goes on, until the page is gone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CHANNEL_NAMES, type ChannelName } from "../../protocol/stream/channels.ts";
import type { StreamCounters } from "../../workers/api.ts";
import type { Dashboard } from "../dashboard.ts";

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
const OPENINGS = [0.25, 0.75] as const;
const PANELS = ["transactions", "pool-events"];
/** So many troubles in a row: there is no page any more. */
const MAX_TROUBLES = 5;
/** A page that takes longer to be read or clicked hangs. */
const ATTEMPT_MS = 60_000;
const SEED = 20;

export async function soak(dashboard: Dashboard, server: string, options: SoakOptions): Promise<SoakRun> {
  const { page } = dashboard;
  const { signal, interval_ms } = options;
  // A chart of minutes: of a shorter interval the slope would be that of a window that still fills.
  await page.getByRole("radio", { name: "1m" }).check({ force: true });
  let opened = 0;
  const open = () => openDetails(page, PANELS[opened++ % PANELS.length] as string);

  for (const end = performance.now() + options.settle_ms; performance.now() < end && !signal?.aborted; ) {
    await open();
    await until(performance.now() + interval_ms / 2, signal);
  }

  const reader = await Reader.begin(page, server);
  const before = await page.evaluate(() => window.mempulse.counters());
  const began = performance.now();
  const clock = () => (performance.now() - began) / 1_000;
  const client = new Client(server, clock, xorshift(SEED));
  const readings: Reading[] = [];
  const openings: Timed[] = [];
  let failed = 0;
  const troubles = new Troubles();

  let start = began;
  for (let turn = 0; turn < options.readings && !signal?.aborted && !troubles.hopeless; turn++) {
    for (const part of OPENINGS) {
      await until(start + part * interval_ms, signal);
      if (signal?.aborted) break;
      await troubles.attempt(async () => {
        const { outcome, ms } = await open();
        if (outcome === "never") failed++;
        if (outcome === "found") openings.push({ at_s: clock(), ms });
      });
    }
    start += interval_ms;
    await until(start, signal);
    if (signal?.aborted) break;
    await troubles.attempt(async () => {
      const reading = await reader.read(clock());
      readings.push(reading);
      options.onReading?.(reading);
    });
    // On a slow machine the rest moves along, rather than come in a burst.
    if (performance.now() > start + OPENINGS[0] * interval_ms) start = performance.now();
  }

  const elapsed_s = clock();
  await client.stop();
  let counters = before;
  let digests: DigestCheck[] = [];
  await troubles.attempt(async () => {
    counters = await page.evaluate(() => window.mempulse.counters());
    digests = await checkDigests(dashboard, server);
  });
  return {
    speed: options.speed,
    interval_s: interval_ms / 1_000,
    elapsed_s,
    readings,
    snapshots: client.snapshots,
    transactions: client.transactions,
    openings,
    failed: failed + client.failed,
    builds: reader.builds,
    counters: since(before, counters),
    digests,
    workers: reader.workerCount,
    troubles: troubles.list,
  };
}

/** What could not be done, and goes on without. */
class Troubles {
  readonly list: string[] = [];
  #inARow = 0;

  get hopeless(): boolean {
    return this.#inARow >= MAX_TROUBLES;
  }

  async attempt(what: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([what(), tooLong(ATTEMPT_MS)]);
      this.#inARow = 0;
    } catch (error) {
      this.#inARow++;
      this.list.push((error as Error).message);
    }
  }
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
