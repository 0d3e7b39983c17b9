/** A stream worker that generates its rows: the page's side of workers/api.ts without a server. */
import {
  type BarsChannel,
  CHANNEL_NAMES,
  type ChannelName,
  isMainChannel,
  type MainChannel,
} from "../../protocol/stream/channels.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type {
  ChannelStatus,
  ColumnId,
  Connection,
  DetailResult,
  Frame,
  LossReport,
  MemoryReport,
  SeriesFrame,
  SeriesSpec,
  StreamCounters,
  StreamStatus,
  StreamWorker,
  ViewFrame,
  ViewRange,
  ViewSpec,
  WorkerMetrics,
} from "../../workers/api.ts";
import { FakeBars } from "./fake-bars.ts";
import { type FakeRow, fakeRow } from "./fake-rows.ts";
import { FAKE_COUNTERS, fakeLosses, fakeMemory } from "./fake-telemetry.ts";
import { seeded } from "./fake-values.ts";

const SCENARIOS = {
  live: () => ({ state: "live" }),
  empty: () => ({ state: "live" }),
  loading: () => ({ state: "connecting" }),
  resuming: () => ({ state: "resuming" }),
  resyncing: () => ({ state: "resyncing", channels: ["tx.main"] }),
  diverged: () => ({ state: "diverged", channels: ["pool.main"] }),
  reconnecting: (now) => ({
    state: "reconnecting",
    attempt: 3,
    retry_at_unix_ms: now + 9_000,
    reason: "the server closed the socket (1012 restart)",
  }),
  unreachable: (now) => ({
    state: "unreachable",
    failures: 6,
    probe_at_unix_ms: now + 21_000,
    reason: "no answer from the server: Failed to fetch",
  }),
  asleep: () => ({ state: "asleep" }),
  coalesced: () => ({ state: "live" }),
  disconnected: (now) => ({
    state: "reconnecting",
    attempt: 1,
    retry_at_unix_ms: now + 9_000,
    reason: "no answer from http://127.0.0.1:4173",
  }),
  failed: () => ({ state: "failed", reason: "protocol too old (4010)" }),
} satisfies Record<string, (now: number) => Connection>;
type Scenario = keyof typeof SCENARIOS;

export function isScenario(name: string): name is Scenario {
  return Object.hasOwn(SCENARIOS, name);
}

const HELD: Record<MainChannel, number> = {
  "pool.main": 5000,
  "tx.main": 5000,
  "pool.state": 14,
  "feature.main": 2000,
  "feature.top": 18,
  "opportunity.main": 40,
  "chain.main": 3,
  "market.main": 6,
};
/** Changes a second of each channel. */
const RATE: Record<MainChannel, number> = {
  "pool.main": 12,
  "tx.main": 20,
  "pool.state": 4,
  "feature.main": 20,
  "feature.top": 8,
  "opportunity.main": 1,
  "chain.main": 1,
  "market.main": 6,
};
const TRADES_PER_S = 5;

/** Where the channels stand in the scenario `coalesced`. */
const RUNG: Partial<Record<ChannelName, ChannelStatus["rung"]>> = {
  "pool.main": "coalesced",
  "tx.main": "coalesced",
  "pool.state": "out_of_reach",
};
/** Channels to which rows are added; in the others rows change. */
const GROWS: ReadonlySet<ChannelName> = new Set<ChannelName>([
  "pool.main",
  "tx.main",
  "feature.main",
  "opportunity.main",
]);
/** Cells that stay as they are when a row changes. */
const LASTING = {
  "pool.state": ["pair", "venue", "kind"],
  "chain.main": ["chain"],
  "market.main": ["symbol"],
  "feature.top": ["protocol", "category"],
} as const satisfies Partial<Record<MainChannel, readonly ColumnId[]>>;

interface FakeView {
  spec: ViewSpec;
  range: ViewRange;
  follow: boolean;
  /** The rows on which it froze. */
  frozen: FakeRow[] | null;
  newer: number;
}

export class FakeWorker implements StreamWorker {
  readonly #scenario: Scenario;
  readonly #random = seeded(7);
  readonly #rows = new Map<MainChannel, FakeRow[]>(CHANNEL_NAMES.map((name) => [name, []]));
  readonly #bars = new Map<BarsChannel, FakeBars>();
  readonly #series = new Map<string, SeriesFrame>();
  readonly #views = new Map<string, FakeView>();
  #connection: Connection;
  readonly #began = Date.now();
  #port: MessagePort | null = null;
  #server = "";
  #seq = 812_345;
  #frame = 0;
  #acked = true;
  #hidden = false;
  #timers: ReturnType<typeof setInterval>[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#connection = SCENARIOS[scenario](this.#began);
    if (["empty", "loading", "disconnected"].includes(scenario)) return;
    for (const channel of CHANNEL_NAMES) {
      for (let n = HELD[channel]; n > 0; n--) this.#add(channel, this.#began - n * 50);
    }
  }

  ping(): void {}

  start(options: { server: string; frame_rate_hz: number }, frames: MessagePort): void {
    this.#port = frames;
    this.#server = options.server;
    frames.onmessage = () => {
      this.#acked = true;
    };
    if (["live", "resyncing", "coalesced"].includes(this.#scenario)) {
      for (const channel of CHANNEL_NAMES) {
        this.#timers.push(setInterval(() => this.#change(channel), 1000 / RATE[channel]));
      }
      this.#timers.push(setInterval(() => this.#trade(), 1000 / TRADES_PER_S));
    }
    this.#timers.push(setInterval(() => this.#post(), 1000 / options.frame_rate_hz));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#port?.close();
  }

  openView(view: string, spec: ViewSpec): void {
    const range = this.#views.get(view)?.range ?? { start: 0, end: 0 };
    this.#views.set(view, { spec, range, follow: true, frozen: null, newer: 0 });
  }

  closeView(view: string): void {
    this.#views.delete(view);
  }

  openSeries(series: string, { channel }: SeriesSpec): void {
    const { bars, holes } = this.#barsOf(channel);
    const begun = { series, channel, whole: true, bars: [...bars.values()], gone: [], holes };
    this.#series.set(series, begun);
  }

  closeSeries(series: string): void {
    this.#series.delete(series);
  }

  setRange(view: string, range: ViewRange): void {
    const open = this.#views.get(view);
    if (open !== undefined) open.range = range;
  }

  setFollow(view: string, follow: boolean): void {
    const open = this.#views.get(view);
    if (open === undefined) return;
    open.follow = follow;
    open.frozen = follow ? null : this.#matching(open.spec);
    open.newer = 0;
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
  }

  entity<C extends ChannelName>(channel: C, id: string): EntityOf<C> | null {
    return (this.#rowsOf(channel).find(({ entity }) => entity.id === id)?.entity ??
      null) as EntityOf<C> | null;
  }

  async transaction(hash: string): Promise<DetailResult> {
    const held = this.#rows.get("tx.main")?.find(({ entity }) => entity.id === hash);
    if (held === undefined) return { kind: "gone", reason: "404: evicted or never seen" };
    return { kind: "found", detail: { ...held.entity } };
  }

  status(): StreamStatus {
    return this.#statusNow();
  }

  metrics(): WorkerMetrics {
    return {
      ui_delta_apply_ms: 0.4,
      ui_stream_gap_count: 0,
      ui_render_drop_ratio: 0,
      ui_heap_used_mb: null,
      ui_detail_open_latency_ms: null,
      ui_frame_commit_ms: 1.9,
      ui_delta_queue_depth: 0,
      ui_receive_to_paint_ms: 31,
    };
  }

  counters(): StreamCounters {
    return FAKE_COUNTERS;
  }

  losses(): LossReport {
    return fakeLosses(this.#scenario === "live" ? 0 : 24, this.#began);
  }

  memory(): MemoryReport {
    const rows = CHANNEL_NAMES.map((name) => [name, this.#rows.get(name)?.length ?? 0]);
    return fakeMemory(Object.fromEntries(rows) as Record<MainChannel, number>);
  }

  retry(): void {
    this.#connection = { state: "connecting" };
  }

  contents(channel: ChannelName) {
    const rows = this.#rowsOf(channel).map(({ entity }) => entity);
    return {
      ids: rows.map(({ id }) => id),
      seqs: rows.map(({ seq }) => seq),
      digest: "0".repeat(16),
      seq: this.#seq,
    };
  }

  /** Newest last. */
  #add(channel: MainChannel, now: number): void {
    const rows = this.#rows.get(channel) ?? [];
    rows.push(fakeRow(channel, ++this.#seq, now, this.#random));
    if (rows.length > HELD[channel]) rows.shift();
  }

  #change(channel: MainChannel): void {
    const rows = this.#rows.get(channel) ?? [];
    if (GROWS.has(channel) && this.#random() < 0.9) {
      this.#add(channel, Date.now());
      for (const view of this.#views.values()) {
        if (view.spec.channel === channel && !view.follow) view.newer++;
      }
      return;
    }
    const at = Math.max(0, rows.length - 1 - Math.floor(this.#random() * 30));
    const old = rows[at];
    if (old === undefined) return;
    const { entity, cells } = fakeRow(channel, ++this.#seq, Date.now(), this.#random);
    rows.splice(at, 1);
    const lasting: readonly ColumnId[] = channel in LASTING ? LASTING[channel as keyof typeof LASTING] : [];
    const kept = Object.fromEntries(lasting.map((id) => [id, old.cells[id]]));
    rows.push({ entity: { ...entity, id: old.entity.id }, cells: { ...cells, ...kept } });
  }

  /** In every channel of bars that somebody has asked for. */
  #trade(): void {
    for (const [channel, bars] of this.#bars) {
      const { bar, gone } = bars.trade(Date.now());
      for (const [name, frame] of this.#series) {
        if (frame.channel !== channel) continue;
        const others = frame.bars.filter(({ start_unix_ms }) => start_unix_ms !== bar.start_unix_ms);
        this.#series.set(name, { ...frame, bars: [...others, bar], gone: [...frame.gone, ...gone] });
      }
    }
  }

  #barsOf(channel: BarsChannel): FakeBars {
    const held = this.#bars.get(channel);
    if (held !== undefined) return held;
    const bars = new FakeBars(channel, Date.now(), this.#random);
    if (this.#scenario === "empty") bars.bars.clear();
    this.#bars.set(channel, bars);
    return bars;
  }

  #rowsOf(channel: ChannelName): FakeRow[] {
    return isMainChannel(channel) ? (this.#rows.get(channel) ?? []) : this.#barsOf(channel).rows();
  }

  #matching({ channel, sort, filter, columns }: ViewSpec): FakeRow[] {
    const words = filter.toLowerCase().split(" ");
    const text = (row: FakeRow) =>
      columns
        .map((id) => row.cells[id]?.text ?? "")
        .join(" ")
        .toLowerCase();
    const rows = this.#rowsOf(channel).filter((row) => words.every((word) => text(row).includes(word)));
    rows.reverse();
    if (sort === null) return rows;
    const sign = sort.direction === "asc" ? 1 : -1;
    const key = (row: FakeRow) => row.cells[sort.column]?.text ?? "";
    return rows.toSorted((a, b) => sign * key(a).localeCompare(key(b), "en", { numeric: true }));
  }

  #post(): void {
    if (!this.#acked || this.#hidden || this.#scenario === "loading") return;
    this.#acked = false;
    const views = [...this.#views].map(([view, open]) => this.#viewFrame(view, open));
    const series = [...this.#series.values()].filter(
      ({ whole, bars, gone }) => whole || bars.length + gone.length > 0,
    );
    const status = this.#statusNow();
    const frame: Frame = { frame: ++this.#frame, status, views, series, received_ms: null };
    this.#port?.postMessage(frame);
    for (const [name, sent] of this.#series) {
      this.#series.set(name, { ...sent, whole: false, bars: [], gone: [] });
    }
  }

  #viewFrame(view: string, { spec, range, frozen, newer }: FakeView): ViewFrame {
    const rows = frozen ?? this.#matching(spec);
    const start = Math.min(range.start, rows.length);
    return {
      view,
      total: rows.length,
      held: this.#rowsOf(spec.channel).length,
      start,
      rows: rows.slice(start, range.end).map(({ entity, cells }) => ({
        id: entity.id,
        seq: entity.seq,
        cells: spec.columns.map((id) => cells[id] ?? { text: "" }),
      })),
      newer,
    };
  }

  #statusNow(): StreamStatus {
    const broken = ["reconnecting", "resuming", "unreachable", "asleep", "failed"].includes(this.#scenario);
    const connected = this.#connection.state !== "connecting" && this.#scenario !== "disconnected";
    return {
      connection: this.#connection,
      server: this.#server,
      epoch: connected ? "e-01hgw2bbg0-5f1c9a22" : null,
      seq: connected ? this.#seq : 0,
      event_unix_ms: connected ? Date.now() - 180 : 0,
      last_frame_unix_ms: connected ? (broken ? this.#began - 4_000 : Date.now()) : null,
      rows_per_s: broken || this.#scenario === "empty" ? 0 : 37 + 12 * Math.sin(Date.now() / 4000),
      channels: Object.fromEntries(
        CHANNEL_NAMES.map((name) => [
          name,
          {
            count: this.#rows.get(name)?.length ?? 0,
            seq: this.#seq,
            digest_ok: !(this.#connection.state === "diverged" && name === "pool.main"),
            rung: (this.#scenario === "coalesced" ? RUNG[name] : undefined) ?? "full",
            credit: 2,
          },
        ]),
      ),
    };
  }
}
