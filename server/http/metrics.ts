/** Prometheus metrics, a registry a server. Counts that somebody else keeps are read when they are asked for. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry, Summary } from "prom-client";

/** What is read at the time of a scrape. */
export interface MetricSources {
  streamBacklog(): number;
  sessions(): number;
  modelBytes(): number;
  detailIndexSize(): number;
  /** By channel. */
  evictions(): Readonly<Record<string, number>>;
  messages(): Iterable<{ source: string; type: string; count: number }>;
  /** By code. */
  faults(): Readonly<Record<string, number>>;
  duplicates(): number;
}

const MS_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];
const QUANTILES = [0.5, 0.95, 0.99];
const SUMMARY_WINDOW_S = 600;

export class Metrics {
  readonly #registry = new Registry();
  readonly #snapshotSummary: Summary;
  readonly #snapshotHistogram: Histogram;
  readonly #dispatchLatency: Histogram;
  readonly #gaps: Counter;
  readonly #creditExhausted: Counter;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
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
    this.#dispatchLatency = new Histogram({
      name: "stream_v2_dispatch_latency_ms",
      help: "From the oldest change in a batch to the batch being written",
      buckets: MS_BUCKETS,
      registers,
    });
    this.#gaps = new Counter({ name: "stream_v2_gap_events_total", help: "RESYNCs received", registers });
    this.#creditExhausted = new Counter({
      name: "stream_v2_credit_exhausted_total",
      help: "Times that changes were due on a session's channel and it had no credit",
      registers,
    });
    this.#gauge(
      "dashboard_stream_backlog",
      "Longest distance in seq from a cursor to its channel's last change",
      sources.streamBacklog,
    );
    this.#gauge("stream_v2_sessions", "Open stream-v2 sessions", sources.sessions);
    this.#gauge(
      "dashboard_read_model_bytes",
      "Bytes that the model holds, counted by rule",
      sources.modelBytes,
    );
    this.#gauge("tx_detail_index_size", "Transactions in the detail index", sources.detailIndexSize);
    this.#counter("dashboard_evictions_total", "Rows evicted", ["channel"], () =>
      Object.entries(sources.evictions()).map(([channel, count]) => [{ channel }, count]),
    );
    this.#counter("ingest_messages_total", "Messages folded", ["source", "type"], () =>
      Array.from(sources.messages(), ({ source, type, count }) => [{ source, type }, count]),
    );
    this.#counter("ingest_faults_total", "Damage and refused values met", ["code"], () =>
      Object.entries(sources.faults()).map(([code, count]) => [{ code }, count]),
    );
    this.#counter("ingest_duplicates_total", "Messages dropped because they were folded before", [], () => [
      [{}, sources.duplicates()],
    ]);
  }

  snapshotBuilt(ms: number): void {
    this.#snapshotSummary.observe(ms);
    this.#snapshotHistogram.observe(ms);
  }

  dispatched(latencyMs: number): void {
    this.#dispatchLatency.observe(latencyMs);
  }

  gap(): void {
    this.#gaps.inc();
  }

  creditExhausted(): void {
    this.#creditExhausted.inc();
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  async text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  #counter(
    name: string,
    help: string,
    labelNames: string[],
    read: () => [labels: Record<string, string>, total: number][],
  ): void {
    const counter = new Counter({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const [labels, total] of read()) this.inc(labels, total);
      },
    });
    this.#registry.registerMetric(counter);
  }
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
