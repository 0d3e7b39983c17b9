/** The worker behind its API: one link, the stores, the views, and the pump that shows them. */
import { type ChannelName, isMainChannel } from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type {
  DetailResult,
  Frame,
  FrameAck,
  LossReport,
  MemoryReport,
  SeriesSpec,
  StreamCounters,
  StreamStatus,
  StreamWorker,
  ViewRange,
  ViewSpec,
  WorkerMetrics,
} from "../api.ts";
import { MEMORY_LIMITS, PACE_LIMITS } from "../limits.ts";
import { NO_LOSSES } from "../session/losses.ts";
import { ZERO_COUNTERS } from "../session/state.ts";
import { channelsOf, isLive } from "../session/step.ts";
import { createStores } from "../store/stores.ts";
import { Views } from "../views/views.ts";
import { Budget } from "./budget.ts";
import { DetailCache } from "./detail-cache.ts";
import type { Answer, Environment } from "./environment.ts";
import { Freshness } from "./freshness.ts";
import { Lingering } from "./lingering.ts";
import { type Change, Link } from "./link.ts";
import { Pump } from "./pump.ts";
import { Rate, Samples } from "./samples.ts";
import { statusOf } from "./status.ts";

/** A status that nothing else makes worth a frame goes so often at most. */
const STATUS_INTERVAL_MS = 500;

interface Running {
  server: string;
  link: Link;
  pump: Pump;
  port: MessagePort;
}

export class Runtime implements StreamWorker {
  #env: Environment;
  #stores = createStores();
  #views = new Views(this.#stores);
  #lingering: Lingering;
  #freshness = new Freshness();
  #rate = new Rate();
  #details: DetailCache;
  #budget: Budget;
  #opens = new Samples();
  #paints = new Samples();
  #running: Running | null = null;
  #hidden = false;
  #frame = 0;
  #received_ms: number | null = null;
  #status: StreamStatus | null = null;
  #status_ms = 0;

  constructor(env: Environment, budget_bytes: number = MEMORY_LIMITS.budget_bytes) {
    this.#env = env;
    this.#details = new DetailCache({
      now: () => env.now(),
      load: (hash) => this.#loadDetail(hash),
      seqOf: (hash) => this.#stores["tx.main"].seqOf(hash),
    });
    this.#lingering = new Lingering(env, this.#stores, this.#views, (channel) => {
      if (this.#running === null) delete this.#stores[channel];
      else this.#running.link.dispatch({ type: "unsubscribe", channel });
    });
    this.#budget = new Budget(this.#stores, this.#views, this.#details, budget_bytes, {
      isCut: (channel) => this.#freshness.isCut(channel, env.now()),
      shed: (channel, { rows, ...range }) =>
        this.#running?.link.dispatch({ type: "shed", channel, ...range, count: rows }),
      leave: (channel) => {
        if (!isMainChannel(channel)) this.#lingering.leave(channel);
        else this.#running?.link.dispatch({ type: "unsubscribe", channel });
      },
    });
  }

  ping(): void {}

  start({ server, frame_rate_hz }: { server: string; frame_rate_hz: number }, port: MessagePort): void {
    this.stop();
    const link = new Link(this.#env, server, this.#stores, {
      changed: (change) => this.#onChanged(change),
      stepped: ({ type }) => {
        // These two are the pump's own: a frame is not a reason for a frame.
        if (type !== "composed" && type !== "painted") this.#request();
      },
    });
    const pump = new Pump(this.#env, frame_rate_hz, this.#hidden, {
      compose: (now) => this.#compose(now),
      painted: (commit_ms, cadence_ms) => link.dispatch({ type: "painted", commit_ms, cadence_ms }),
    });
    port.onmessage = ({ data }: MessageEvent<FrameAck>) => this.#onAck(data);
    this.#running = { server, link, pump, port };
    this.#status = null;
    this.#details.clear();
    link.dispatch({ type: "hidden", hidden: this.#hidden });
    link.dispatch({ type: "start" });
  }

  stop(): void {
    if (this.#running === null) return;
    const { link, pump, port } = this.#running;
    this.#running = null;
    link.dispatch({ type: "stop" });
    pump.stop();
    port.close();
  }

  openView(view: string, spec: ViewSpec): void {
    this.#views.open(view, spec);
    this.#onOpened(spec.channel);
  }

  closeView(view: string): void {
    this.#views.close(view);
    this.#lingering.settle();
  }

  openSeries(series: string, spec: SeriesSpec): void {
    this.#views.openSeries(series, spec);
    this.#onOpened(spec.channel);
  }

  closeSeries(series: string): void {
    this.#views.closeSeries(series);
    this.#lingering.settle();
  }

  setRange(view: string, range: ViewRange): void {
    this.#views.setRange(view, range);
    this.#running?.pump.answer();
  }

  setFollow(view: string, follow: boolean): void {
    this.#views.setFollow(view, follow);
    this.#running?.pump.answer();
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    // From receive to paint would be as long as the page was hidden.
    this.#freshness.forgetReceipts();
    this.#received_ms = null;
    if (this.#running === null) return;
    this.#running.link.dispatch({ type: "hidden", hidden });
    this.#running.pump.setHidden(hidden);
  }

  entity<C extends ChannelName>(channel: C, id: string): EntityOf<C> | null {
    const store = Object.hasOwn(this.#stores, channel) ? this.#stores[channel] : undefined;
    return (store?.get(id) ?? null) as EntityOf<C> | null;
  }

  async transaction(hash: string): Promise<DetailResult> {
    if (this.#running === null) return { kind: "error", reason: "not started" };
    const began = this.#env.now();
    const result = await this.#details.get(hash);
    this.#budget.enforce();
    if (result.kind === "found") this.#opens.add(this.#env.now() - began);
    return result;
  }

  status(): StreamStatus | null {
    return this.#running === null ? null : this.#statusAt(this.#running, this.#env.now());
  }

  metrics(): WorkerMetrics {
    const link = this.#running?.link;
    return {
      ui_delta_apply_ms: link?.applies.p95() ?? null,
      ui_stream_gap_count: this.counters().gaps,
      ui_render_drop_ratio: this.#running?.pump.dropRatio ?? null,
      // No browser tells a worker its own heap; the page adds what it knows of itself.
      ui_heap_used_mb: null,
      ui_detail_open_latency_ms: this.#opens.p95(),
      ui_frame_commit_ms: this.#running?.pump.commits.p95() ?? null,
      ui_delta_queue_depth: this.#queueDepth(),
      ui_receive_to_paint_ms: this.#paints.p95(),
    };
  }

  counters(): StreamCounters {
    return this.#running?.link.session.counters ?? ZERO_COUNTERS;
  }

  losses(): LossReport {
    return this.#running?.link.session.losses ?? NO_LOSSES;
  }

  memory(): MemoryReport {
    return this.#budget.report();
  }

  retry(): void {
    this.#running?.link.dispatch({ type: "retry" });
  }

  contents(channel: ChannelName): { ids: string[]; seqs: number[]; digest: string; seq: number } {
    const store = this.#stores[channel];
    const rows = store === undefined ? [] : [...store.keys()];
    return {
      ids: rows.map(({ id }) => id),
      seqs: rows.map(({ seq }) => seq),
      digest: store?.digest() ?? new Digest().toString(),
      seq: this.#running?.link.session.seqs[channel] ?? 0,
    };
  }

  #onOpened(channel: ChannelName): void {
    this.#lingering.settle();
    // One of bars may be new; any other may have been left under want of memory, while nothing showed it.
    this.#running?.link.dispatch({ type: "subscribe", channel });
    this.#running?.pump.answer();
  }

  #onChanged(change: Change): void {
    const now = this.#env.now();
    this.#rate.add(change.rows, now);
    this.#freshness.changed(change, now);
    this.#budget.enforce();
  }

  async #loadDetail(hash: string): Promise<Answer | Error> {
    if (this.#running === null) return new Error("not started");
    const { server, link } = this.#running;
    return link.requests.getDetail(`${server}/transactions/${encodeURIComponent(hash)}`);
  }

  #request(): void {
    this.#running?.pump.request(this.#env.now() + PACE_LIMITS.gather_ms);
  }

  #onAck(ack: FrameAck): void {
    if (this.#running === null || ack.frame !== this.#frame) return;
    if (this.#received_ms !== null) this.#paints.add(ack.painted_ms - this.#received_ms);
    this.#received_ms = null;
    this.#running.pump.acknowledge(ack);
  }

  /** One instant of everything: posts what changed since the last frame, if it is worth one. */
  #compose(now: number): number | null {
    if (this.#running === null) return null;
    const { link, pump, port } = this.#running;
    link.dispatch({ type: "composed" });
    const { views, series } = this.#views.compose((channel) => this.#freshness.isCut(channel, now));
    const isSeen = views.length > 0 || series.length > 0;
    const received_ms = this.#freshness.take(now);
    const status = this.#statusAt(this.#running, now);
    if (this.#freshness.anyCut(now)) pump.request(now);
    if (!isSeen && !this.#isWorthAFrame(status, now, pump)) return null;
    this.#status = status;
    this.#status_ms = now;
    this.#received_ms = isSeen ? received_ms : null;
    this.#frame++;
    const frame: Frame = { frame: this.#frame, status, views, series, received_ms: this.#received_ms };
    port.postMessage(frame);
    // The rate falls while nothing comes.
    if (status.rows_per_s > 0) pump.request(now + STATUS_INTERVAL_MS);
    return this.#frame;
  }

  #statusAt({ server, link }: Running, now: number): StreamStatus {
    return statusOf(link.session, this.#stores, link.digests, server, this.#rate.perSecond(now));
  }

  #isWorthAFrame(status: StreamStatus, now: number, pump: Pump): boolean {
    const before = this.#status;
    if (before === null) return true;
    if (JSON.stringify(before.connection) !== JSON.stringify(status.connection)) return true;
    if (JSON.stringify(before) === JSON.stringify(status)) return false;
    if (now >= this.#status_ms + STATUS_INTERVAL_MS) return true;
    pump.request(this.#status_ms + STATUS_INTERVAL_MS);
    return false;
  }

  /** Batches received and not painted: those that wait for a resync, and those applied since the last frame. */
  #queueDepth(): number {
    const session = this.#running?.link.session;
    if (session === undefined || !isLive(session)) return 0;
    let depth = 0;
    for (const { channel } of channelsOf(session)) {
      depth += channel.unpainted + channel.painting;
      if (channel.flow.kind === "paused") depth += channel.flow.buffer.length;
    }
    return depth;
  }
}
