/** One reading of a soak: every figure of page, worker, renderer and server at an instant. */
import type { Browser, Page } from "@playwright/test";
import type { ChannelStatus } from "../../workers/api.ts";
import { MemoryProbe } from "./heap.ts";
import { difference, gaugeOf, type Histogram, histogramOf, histogramQuantile } from "./quantiles.ts";
import { memoryOf, rendererOf } from "./renderer.ts";

/** null: nothing to measure it by, yet. Percentiles that the page tells are of its last 512 measurements. */
export interface Reading {
  /** Since the soak began. */
  at_s: number;
  /** After a forced collection: the JavaScript heap with its array buffers. */
  page_heap_mb: number;
  worker_heap_mb: number;
  nodes: number;
  listeners: number;
  renderer_rss_mb: number;
  renderer_private_mb: number;
  server_rss_mb: number | null;
  server_heap_mb: number | null;
  /** From a row's arrival in the worker to after its paint, 95th percentile. */
  receive_to_paint_ms: number | null;
  frame_commit_ms: number | null;
  delta_apply_ms: number | null;
  /** From the worker's question for a transaction to its answer, 95th percentile. */
  detail_answer_ms: number | null;
  drop_ratio: number | null;
  rows_per_s: number;
  /** What the server took to build a snapshot since the last reading, 95th percentile. */
  snapshot_build_ms: number | null;
  /** Tasks of the page over 50 ms since the last reading. */
  long_tasks: number;
  longest_task_ms: number;
  /** Channels whose digest is not the server's. */
  digests_wrong: number;
  /** How long page and worker were held by the collections of this reading. */
  collecting_ms: number;
}

const MB = 2 ** 20;
const SNAPSHOT_HISTOGRAM = "snapshot_v2_build_ms";

export class Reader {
  /** Of all snapshots that the server built since the first scrape. */
  builds: Histogram | null = null;
  #page: Page;
  #server: string;
  #probe: MemoryProbe;
  #renderer: number;
  #firstBuilds: Histogram | null = null;
  #lastBuilds: Histogram | null = null;

  private constructor(page: Page, server: string, probe: MemoryProbe, renderer: number) {
    this.#page = page;
    this.#server = server;
    this.#probe = probe;
    this.#renderer = renderer;
  }

  /** Counts from now on. The page has been running for a while. */
  static async begin(page: Page, server: string): Promise<Reader> {
    const browser = page.context().browser() as Browser;
    const probe = await MemoryProbe.attach(page);
    const reader = new Reader(page, server, probe, await rendererOf(browser));
    reader.#firstBuilds = histogramOf(await scrape(server), SNAPSHOT_HISTOGRAM);
    reader.#lastBuilds = reader.#firstBuilds;
    await page.evaluate(() => window.soak.forget());
    return reader;
  }

  get workerCount(): number {
    return this.#probe.workerCount;
  }

  /** What disturbs the page comes last, and what it did meanwhile is forgotten. */
  async read(at_s: number): Promise<Reading> {
    const page = await this.#page.evaluate(async () => ({
      metrics: await window.mempulse.metrics(),
      status: window.mempulse.status(),
      tasks: { count: window.soak.count, longest_ms: window.soak.longest_ms },
    }));
    const text = await scrape(this.#server);
    const renderer = await memoryOf(this.#renderer);
    const began = performance.now();
    const memory = await this.#probe.read();
    const collecting_ms = performance.now() - began;
    await this.#page.evaluate(() => window.soak.forget());

    const { metrics, status, tasks } = page;
    const channels: ChannelStatus[] = Object.values(status?.channels ?? {});
    return {
      at_s,
      page_heap_mb: (memory.page.used + memory.page.backing) / MB,
      worker_heap_mb: (memory.workers.used + memory.workers.backing) / MB,
      nodes: memory.nodes,
      listeners: memory.listeners,
      renderer_rss_mb: renderer.rss_mb,
      renderer_private_mb: renderer.private_mb,
      server_rss_mb: megabytes(gaugeOf(text, "process_resident_memory_bytes")),
      server_heap_mb: megabytes(gaugeOf(text, "nodejs_heap_size_used_bytes")),
      receive_to_paint_ms: metrics.ui_receive_to_paint_ms,
      frame_commit_ms: metrics.ui_frame_commit_ms,
      delta_apply_ms: metrics.ui_delta_apply_ms,
      detail_answer_ms: metrics.ui_detail_open_latency_ms,
      drop_ratio: metrics.ui_render_drop_ratio,
      rows_per_s: status?.rows_per_s ?? 0,
      snapshot_build_ms: this.#builtSince(text),
      long_tasks: tasks.count,
      longest_task_ms: tasks.longest_ms,
      digests_wrong: channels.filter(({ digest_ok }) => !digest_ok).length,
      collecting_ms,
    };
  }

  #builtSince(text: string): number | null {
    const builds = histogramOf(text, SNAPSHOT_HISTOGRAM);
    const last = this.#lastBuilds;
    this.#lastBuilds = builds;
    if (builds === null || last === null) return null;
    if (this.#firstBuilds !== null) this.builds = difference(builds, this.#firstBuilds);
    return histogramQuantile(difference(builds, last), 0.95);
  }
}

async function scrape(server: string): Promise<string> {
  const answer = await fetch(`${server}/metrics`);
  return answer.text();
}

function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / MB;
}
