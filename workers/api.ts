/**
 * What the page and its stream worker say to each other. Calls go by Comlink (`StreamWorker`); frames go by a raw
 * MessagePort, one outstanding: the worker posts a `Frame`, the page paints it and answers with a `FrameAck`, and only
 * then does the next frame come. So the page's work is bounded by what is on screen, whatever the stream does.
 */
import type { BarsChannel, ByChannel, ChannelKind, ChannelName } from "../protocol/stream/channels.ts";
import type { EntityOf } from "../protocol/stream/entities.ts";
import type { Rung } from "../protocol/stream/messages.ts";

/** Columns that the worker can format and sort by, a kind of channel. The page gives them labels and widths. */
export interface ColumnsOf {
  "pool.main":
    | "seen"
    | "kind"
    | "venue"
    | "pair"
    | "amount_in"
    | "amount_out"
    | "price"
    | "value_usd"
    | "block"
    | "pool"
    | "tx"
    | "status"
    | "depth"
    | "chain";
  "tx.main":
    | "seen"
    | "status"
    | "hash"
    | "sender"
    | "to"
    | "value"
    | "method"
    | "protocol"
    | "category"
    | "fee"
    | "nonce"
    | "type"
    | "gas_limit"
    | "block"
    | "chain";
  "pool.state":
    | "pair"
    | "venue"
    | "kind"
    | "fee"
    | "price"
    | "price_usd"
    | "tvl_usd"
    | "volume_usd"
    | "reserve0"
    | "reserve1"
    | "liquidity"
    | "tick"
    | "swaps"
    | "seen"
    | "pool"
    | "chain";
  "feature.main":
    | "protocol"
    | "category"
    | "mev_score"
    | "urgency_score"
    | "method"
    | "hash"
    | "chain"
    | "version";
  "feature.top": "protocol" | "category" | "count" | "rate" | "mean_mev" | "mean_urgency";
  "opportunity.main":
    | "status"
    | "pair"
    | "route"
    | "spread"
    | "optimal_in"
    | "gross_usd"
    | "fees_usd"
    | "gas_usd"
    | "slippage_usd"
    | "net_usd"
    | "score"
    | "block"
    | "depth"
    | "detected"
    | "valid_until"
    | "strategy"
    | "chain";
  "chain.main":
    | "chain"
    | "head"
    | "block_time"
    | "block_every"
    | "base_fee"
    | "gas_price"
    | "gas_used"
    | "tx_rate"
    | "swap_rate"
    | "reorgs"
    | "reorg_depth"
    | "collector"
    | "seen";
  "market.main":
    | "symbol"
    | "last"
    | "change_ratio"
    | "change"
    | "volume"
    | "trades"
    | "vwap"
    | "high"
    | "low"
    | "open"
    | "last_trade"
    | "kind"
    | "chain";
  "market.bars":
    | "start"
    | "open"
    | "high"
    | "low"
    | "close"
    | "volume"
    | "vwap"
    | "trades"
    | "late"
    | "final";
}
export type ColumnId = ColumnsOf[ChannelKind];

export type SortDirection = "asc" | "desc";

/** What a view shows of its channel. `sort` null: by seq, newest first. */
export interface ViewSpec {
  channel: ChannelName;
  columns: readonly ColumnId[];
  sort: { column: ColumnId; direction: SortDirection } | null;
  /** Space-separated words, all of which a row must contain in one of its texts (case-insensitive). */
  filter: string;
}

/** Rows [start, end) of the view's order: what is on screen with its overscan. */
export interface ViewRange {
  start: number;
  end: number;
}

/** A formatted cell. `title` is the exact value for the hover where `text` is shortened or rounded. */
export interface Cell {
  text: string;
  title?: string;
}

export interface ViewRow {
  id: string;
  seq: number;
  /** One a column of the view's spec, in its order. */
  cells: Cell[];
}

export interface ViewFrame {
  view: string;
  /** Rows that match the filter. */
  total: number;
  /** Rows that the channel holds, those of which only id and seq are left not among them. */
  held: number;
  /** Index of `rows[0]`. */
  start: number;
  rows: ViewRow[];
  /** Rows that arrived since the view stopped following; 0 while it follows. */
  newer: number;
}

/** What a series draws: a channel of bars, whole. */
export interface SeriesSpec {
  channel: BarsChannel;
}

/** A bar as numbers, for drawing alone: its exact figures are those of the entity, whose id is its start. */
export interface SeriesBar {
  start_unix_ms: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  final: boolean;
}

/**
 * What changed in a series since its last frame. The bars that the page then has are those of the worker's window, so at most
 * twice its cap (500 bars unless the server is told another).
 */
export interface SeriesFrame {
  series: string;
  channel: BarsChannel;
  /** `bars` is the whole window and takes the place of what the page has: the first frame, and after a window was fetched. */
  whole: boolean;
  /** By start, each once. */
  bars: SeriesBar[];
  /** Starts of the bars that have left the window, ascending; empty where `whole`. */
  gone: number[];
  /**
   * Starts of all bars that the window has and the worker let go of for want of memory before the page had them, ascending:
   * holes to be shown.
   */
  holes: number[];
}

/** Where the stream stands. A union by `state`, so that nothing shows a time or reason that is not its own. */
export type Connection =
  | { state: "connecting" }
  | { state: "live" }
  /** The socket is back and RESUME is not answered yet. */
  | { state: "resuming" }
  | { state: "resyncing"; channels: ChannelName[] }
  | { state: "diverged"; channels: ChannelName[] }
  | { state: "reconnecting"; attempt: number; retry_at_unix_ms: number; reason: string }
  /** The circuit breaker is open after so many failures in a row: the server is only probed, or `retry` tries at once. */
  | { state: "unreachable"; failures: number; probe_at_unix_ms: number; reason: string }
  /** Closed, for nobody saw the page for minutes; comes back when it is seen. */
  | { state: "asleep" }
  | { state: "failed"; reason: string };

export interface StreamStatus {
  connection: Connection;
  server: string;
  epoch: string | null;
  /** Highest seq applied. */
  seq: number;
  /** Event time of the last watermark; the clock that ages are computed against in a replay. */
  event_unix_ms: number;
  /** When the last frame came from the server (worker's clock); null before the first. */
  last_frame_unix_ms: number | null;
  /** Rows per second applied over the last 5 s, all channels. */
  rows_per_s: number;
  /** Those that are followed. */
  channels: ByChannel<ChannelStatus>;
}

export interface ChannelStatus {
  /** Rows held, those of which only id and seq are left among them. */
  count: number;
  seq: number;
  digest_ok: boolean;
  /** What the server last said of its service. */
  rung: Rung;
  /** Batches that the server may still send, by our count. */
  credit: number;
}

/** Why a client did not get to see something, as in the contract (L1). */
export type LossKind = "coalesced" | "evicted" | "gap" | "out_of_reach" | "shed";

export interface Loss {
  channel: ChannelName;
  kind: LossKind;
  hop: "server" | "link" | "client";
  /** Where: seqs (from_seq, to_seq]. */
  from_seq: number;
  to_seq: number;
  /** Changes that were coalesced, rows that were evicted or shed, holes (gap), whole windows (out_of_reach). */
  count: number;
  at_unix_ms: number;
}

export type LossTotals = Readonly<Record<LossKind, number>>;

export interface LossReport {
  /** By kind: all channels of bars are one. */
  totals: Partial<Record<ChannelKind, LossTotals>>;
  /** The last ones of this epoch, oldest first; neighbours of one channel and kind are one. Bounded. */
  recent: readonly Loss[];
}

/** `rows`: all, those of which only id and seq are left (`shed_rows`) among them. */
export interface ChannelMemory {
  bytes: number;
  rows: number;
  shed_rows: number;
}

/** Bytes by the worker's own rule (the text that a row came in), not measured. */
export interface MemoryReport {
  budget_bytes: number;
  held_bytes: number;
  details_bytes: number;
  /** Rows that views still show and their channels have not, at most. */
  views_bytes: number;
  /** The eight, and channels of bars that are followed. */
  channels: Record<ChannelName, ChannelMemory>;
}

/** Metric names are the contract; `null` where nothing was measured yet. Durations are ms, p95 of a bounded sample. */
export interface WorkerMetrics {
  ui_delta_apply_ms: number | null;
  ui_stream_gap_count: number;
  ui_render_drop_ratio: number | null;
  ui_heap_used_mb: number | null;
  ui_detail_open_latency_ms: number | null;
  ui_frame_commit_ms: number | null;
  ui_delta_queue_depth: number;
  ui_receive_to_paint_ms: number | null;
}

/** Only what changed since the last frame is in `views` and `series`; `status` is always the whole. */
export interface Frame {
  frame: number;
  status: StreamStatus;
  views: ViewFrame[];
  series: SeriesFrame[];
  /** When the oldest row change in this frame was received (ms, protocol/forward-clock.ts); null if none. */
  received_ms: number | null;
}

export interface FrameAck {
  frame: number;
  /** Time that React took to commit it. */
  commit_ms: number;
  /** After the paint (ms, protocol/forward-clock.ts). */
  painted_ms: number;
}

export type DetailResult =
  | { kind: "found"; detail: Record<string, unknown> }
  | { kind: "gone"; reason: string }
  | { kind: "error"; reason: string };

/** What went wrong and was repaired since `start`; grows only as numbers. */
export interface StreamCounters {
  /** A frame that did not join: `prev_seq` above what was applied, or a cursor in HEARTBEAT_ACK above it. */
  gaps: number;
  /** Frames whose seq was applied already, dropped. */
  duplicates: number;
  /** Frames that HEARTBEAT_ACK's credit shows were lost, granted anew. */
  frames_lost: number;
  /** GETs for channels that paused; not those for channels that are new alone. */
  resyncs: number;
  /** Digests or counts that were not the server's. */
  mismatches: number;
  /** Frames or bodies that were not JSON or not of their op's shape. */
  protocol_errors: number;
  /** Connections lost after `live`. */
  disconnects: number;
}

export interface StreamWorker {
  /** Answers as soon as the worker's script has run. */
  ping(): void;
  /** Bootstraps once from `server` (an http origin) and streams until `stop`. Frames go out on `frames`. */
  start(options: { server: string; frame_rate_hz: number }, frames: MessagePort): void;
  stop(): void;
  /**
   * Opens the view or replaces its spec. A channel of bars is followed from its first view or series on, and for a while
   * after its last (`BARS_LIMITS`). RangeError: an unknown channel or column, too many views, too many channels of bars.
   */
  openView(view: string, spec: ViewSpec): void;
  closeView(view: string): void;
  /** Opens the series, or begins it anew: its next frame is `whole`. RangeError as for views. */
  openSeries(series: string, spec: SeriesSpec): void;
  closeSeries(series: string): void;
  setRange(view: string, range: ViewRange): void;
  /** `false` freezes the view on its rows (they still update in place) and counts what is newer. */
  setFollow(view: string, follow: boolean): void;
  /** The page's tab is hidden: frames stop, credit falls to a trickle. */
  setHidden(hidden: boolean): void;
  /** The held entity, for the detail drawer; null when it has left the window, or only its id and seq are left. */
  entity<C extends ChannelName>(channel: C, id: string): EntityOf<C> | null;
  /** `GET /transactions/{hash}`; goes before any resync. */
  transaction(hash: string): Promise<DetailResult>;
  /** For a hidden page, which gets no frames; null before `start`. */
  status(): StreamStatus | null;
  metrics(): WorkerMetrics;
  counters(): StreamCounters;
  losses(): LossReport;
  memory(): MemoryReport;
  /** Tries at once, whatever backoff or breaker say. */
  retry(): void;
  /** For tests and compare: the channel's ids with their seqs, in seq order, its digest and how far it is applied. */
  contents(channel: ChannelName): { ids: string[]; seqs: number[]; digest: string; seq: number };
}
