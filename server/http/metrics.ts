/** Prometheus metrics, a registry a server. Counts that somebody else keeps are read when they are asked for. */
import { collectDefaultMetrics, Histogram, Registry, Summary } from "prom-client";
import type { StageCounts } from "../sources/source.ts";
import { scrapedCounter, scrapedGauge } from "./scraped.ts";
import { MS_BUCKETS, StreamMetrics, type StreamSources } from "./stream-metrics.ts";

/** What is read at the time of a scrape. */
export interface MetricSources extends StreamSources {
  modelBytes(): number;
  detailIndexSize(): number;
  /** By channel. */
  evictions(): Readonly<Record<string, number>>;
  messages(): Iterable<{ source: string; type: string; count: number }>;
  /** One a source. */
  feeds(): readonly { source: { name: string }; messages: number; isRunning: boolean }[];
  /** Books of the sources' own stages. */
  stages(): readonly StageCounts[];
  /** By code. */
  faults(): Readonly<Record<string, number>>;
  duplicates(): number;
  /** By what became of a trade. */
  barTrades(): Readonly<Record<string, number>>;
}

const QUANTILES = [0.5, 0.95, 0.99];
const SUMMARY_WINDOW_S = 600;

export class Metrics {
  readonly stream: StreamMetrics;
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #snapshotSummary: Summary;
  readonly #snapshotHistogram: Histogram;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    this.stream = new StreamMetrics(this.#registry, sources);
    this.#snapshotSummary = new Summary({
      name: "dashboard_snapshot_build_ms",
      help: "Time to build a snapshot's text",
      percentiles: QUANTILES,
      maxAgeSeconds: SUMMARY_WINDOW_S,
      ageBuckets: 5,
      registers,
    });
    this.#snapshotHistogram = new Histogram({
      name: "snapshot_v2_build_ms",
      help: "Time to build a snapshot's text",
      buckets: MS_BUCKETS,
      registers,
    });
    scrapeModel(this.#registry, sources);
  }

  snapshotBuilt(ms: number): void {
    this.#snapshotSummary.observe(ms);
    this.#snapshotHistogram.observe(ms);
  }

  async text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics();
  }
}

function scrapeModel(registry: Registry, sources: MetricSources): void {
  scrapedGauge(
    registry,
    { name: "dashboard_read_model_bytes", help: "Bytes that the model holds, counted by rule" },
    () => [[{}, sources.modelBytes()]],
  );
  scrapedGauge(registry, { name: "tx_detail_index_size", help: "Transactions in the detail index" }, () => [
    [{}, sources.detailIndexSize()],
  ]);
  scrapedCounter(
    registry,
    { name: "dashboard_evictions_total", help: "Rows evicted", labelNames: ["channel"] },
    () => Object.entries(sources.evictions()).map(([channel, count]) => [{ channel }, count]),
  );
  scrapedCounter(
    registry,
    { name: "ingest_messages_total", help: "Messages folded", labelNames: ["source", "type"] },
    () => Array.from(sources.messages(), ({ source, type, count }) => [{ source, type }, count]),
  );
  scrapedCounter(
    registry,
    { name: "source_messages_total", help: "Messages that a source handed over", labelNames: ["source"] },
    () => sources.feeds().map(({ source, messages }) => [{ source: source.name }, messages]),
  );
  scrapedGauge(
    registry,
    { name: "source_running", help: "1 until the source has ended", labelNames: ["source"] },
    () => sources.feeds().map(({ source, isRunning }) => [{ source: source.name }, Number(isRunning)]),
  );
  scrapedCounter(
    registry,
    { name: "stage_in_total", help: "What a stage received", labelNames: ["stage"] },
    () => sources.stages().map(({ stage, in: received }) => [{ stage }, received]),
  );
  scrapedCounter(
    registry,
    { name: "stage_out_total", help: "What it handed on", labelNames: ["stage"] },
    () => sources.stages().map(({ stage, out }) => [{ stage }, out]),
  );
  scrapedCounter(
    registry,
    { name: "stage_dropped_total", help: "What it dropped", labelNames: ["stage", "reason"] },
    () =>
      sources
        .stages()
        .flatMap(({ stage, dropped }) =>
          Object.entries(dropped).map(([reason, count]) => [{ stage, reason }, count] as const),
        ),
  );
  scrapedCounter(
    registry,
    { name: "ingest_faults_total", help: "Damage and refused values met", labelNames: ["code"] },
    () => Object.entries(sources.faults()).map(([code, count]) => [{ code }, count]),
  );
  scrapedCounter(
    registry,
    { name: "ingest_duplicates_total", help: "Messages dropped because they were folded before" },
    () => [[{}, sources.duplicates()]],
  );
  scrapedCounter(
    registry,
    {
      name: "bars_trades_total",
      help: "Trades that came late for a bar, or for one that is gone, an interval each, or may move none",
      labelNames: ["outcome"],
    },
    () => Object.entries(sources.barTrades()).map(([outcome, count]) => [{ outcome }, count]),
  );
}

let shared: Registry | null = null;

/** One a process, because its observers of garbage collection and the event loop cannot be taken down. */
function processMetrics(): Registry {
  if (shared === null) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
  }
  return shared;
}
