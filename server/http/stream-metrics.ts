/** What stream-v2 counts: its sessions, their balances, and what they were not sent. */
import { Counter, Histogram, type Registry } from "prom-client";
import { isChannelName, kindOf } from "../../protocol/stream/channels.ts";
import { CLOSE } from "../../protocol/stream/limits.ts";
import type { StreamMeter } from "../stream/gateway.ts";
import type { ChannelBalance } from "../stream/hub.ts";
import type { Counted } from "../stream/session/events.ts";
import { scrapedCounter, scrapedGauge } from "./scraped.ts";

/** What is read at the time of a scrape. */
export interface StreamSources {
  sessions(): number;
  /** The longest distance, in seq, from a cursor to its channel's last change. */
  streamBacklog(): number;
  balances(): readonly ChannelBalance[];
}

/** Of histograms of times in ms. */
export const MS_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];

/** Those of the contract, and those that WebSocket itself gives. A client can make up others, which are one `other`. */
const KNOWN_CODES: ReadonlySet<number> = new Set([
  1001,
  1002,
  1005,
  1006,
  1007,
  1008,
  ...Object.values(CLOSE).map(({ code }) => code),
]);

export class StreamMetrics implements StreamMeter {
  readonly #dispatchLatency: Histogram;
  readonly #counters: { readonly [What in Counted["what"]]: Counter };
  readonly #closed: Counter;

  constructor(registry: Registry, sources: StreamSources) {
    const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
      new Counter({ name, help, labelNames, registers: [registry] });
    this.#dispatchLatency = new Histogram({
      name: "stream_v2_dispatch_latency_ms",
      help: "From the oldest change in a batch to the batch being written",
      buckets: MS_BUCKETS,
      registers: [registry],
    });
    this.#counters = {
      gap: counter("stream_v2_gap_events_total", "RESYNCs received of channels that were within reach"),
      credit_exhausted: counter(
        "stream_v2_credit_exhausted_total",
        "Times that changes were due on a session's channel and it had no credit",
      ),
      out_of_reach: counter("stream_v2_out_of_reach_total", "RESYNC_REQUIREDs sent", ["channel"]),
      degraded: counter("stream_v2_degraded_total", "Times that a session was told of a lower rung", [
        "channel",
        "rung",
      ]),
      resumed: counter("stream_v2_resume_success_total", "Sessions resumed here"),
      resume_refused: counter("stream_v2_resume_refused_total", "RESUMEs refused", ["reason"]),
    };
    this.#closed = counter("stream_v2_closed_total", "Sessions that have ended", ["code"]);
    scrapeBalances(registry, sources);
  }

  dispatched(latencyMs: number): void {
    this.#dispatchLatency.observe(latencyMs);
  }

  count({ what, ...labels }: Counted): void {
    // A label a symbol would be one a client can make up.
    if ("channel" in labels && isChannelName(labels.channel)) labels.channel = kindOf(labels.channel);
    this.#counters[what].inc(labels);
  }

  closed(code: number): void {
    this.#closed.inc({ code: KNOWN_CODES.has(code) ? code : "other" });
  }
}

function scrapeBalances(registry: Registry, sources: StreamSources): void {
  const sums = (key: "credit" | "lag" | "coalesced" | "evicted") => () =>
    sources.balances().map((balance) => [{ channel: balance.channel }, balance[key]] as const);
  const byChannel = (name: string, help: string) => ({ name, help, labelNames: ["channel"] });
  scrapedGauge(registry, { name: "stream_v2_sessions", help: "Open stream-v2 sessions" }, () => [
    [{}, sources.sessions()],
  ]);
  scrapedGauge(
    registry,
    {
      name: "dashboard_stream_backlog",
      help: "Longest distance in seq from a cursor to its channel's last change",
    },
    () => [[{}, sources.streamBacklog()]],
  );
  scrapedGauge(
    registry,
    byChannel("stream_v2_credit", "Batches that may be written, over all sessions"),
    sums("credit"),
  );
  scrapedGauge(
    registry,
    byChannel("stream_v2_cursor_lag", "Distance in seq from cursors to the last change, over all sessions"),
    sums("lag"),
  );
  scrapedCounter(
    registry,
    byChannel("stream_v2_coalesced_changes_total", "Changes that newer values took the place of, unsent"),
    sums("coalesced"),
  );
  scrapedCounter(
    registry,
    byChannel("stream_v2_evicted_unsent_total", "Changes whose entity left the window unsent"),
    sums("evicted"),
  );
}
