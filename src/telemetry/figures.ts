/** The figures of the Stream panel, as text. Pure. */
import {
  BARS,
  CHANNEL_KINDS,
  CHANNELS,
  type ChannelKind,
  type ChannelName,
  kindOf,
} from "../../protocol/stream/channels.ts";
import type { ChannelStatus, LossKind, StreamCounters, WorkerMetrics } from "../../workers/api.ts";
import { bytes, count, milliseconds, percent } from "../format.ts";
import { TEXT } from "../text.ts";
import type { Telemetry } from "./useTelemetry.ts";

/** A word of the panel that has an explanation. */
export type Term = keyof typeof TEXT.telemetry.terms;

export interface Figure {
  term: Term;
  text: string;
  /** The exact value where `text` is rounded. */
  title?: string;
  tone?: "quiet" | "good" | "info" | "bad";
}

export const LOSS_KINDS: readonly LossKind[] = ["coalesced", "evicted", "gap", "out_of_reach", "shed"];

type Place = ChannelKind | "all";

/**
 * The columns of a kind of channel, in their order; `all` sums what can be summed, and so does the kind of bars, whose
 * channels come and go.
 */
export function channelFigures(place: Place, { status, losses, memory }: Telemetry): Figure[] {
  const names = (Object.keys(memory.channels) as ChannelName[]).filter(
    (name) => place === "all" || kindOf(name) === place,
  );
  const sum = (of: (name: ChannelName) => number) => names.reduce((total, name) => total + of(name), 0);
  const kinds = place === "all" ? CHANNEL_KINDS : [place];
  const [only] = names;
  const channel = names.length === 1 && only !== undefined ? status?.channels[only] : undefined;
  return [
    counted(
      "rows",
      sum((name) => status?.channels[name]?.count ?? 0),
    ),
    counted(
      "cap",
      sum((name) => capOf(kindOf(name))),
    ),
    place === "all"
      ? counted("seq", status?.seq ?? 0)
      : told("seq", channel, ({ seq }) => ({ text: count(seq) })),
    told("rung", channel, ({ rung }) => ({
      text: TEXT.telemetry.rung[rung],
      tone: rung === "full" ? "quiet" : "info",
    })),
    told("credit", channel, ({ credit }) => ({ text: count(credit) })),
    told("digest", channel, ({ digest_ok }) =>
      digest_ok
        ? { text: `✓ ${TEXT.telemetry.digestEqual}`, tone: "good" }
        : { text: `≠ ${TEXT.telemetry.digestDiffers}`, tone: "bad" },
    ),
    sized(
      "bytes",
      sum((name) => memory.channels[name]?.bytes ?? 0),
    ),
    counted(
      "shed_rows",
      sum((name) => memory.channels[name]?.shed_rows ?? 0),
      "info",
    ),
    ...LOSS_KINDS.map((kind) =>
      counted(
        kind,
        kinds.reduce((total, of) => total + (losses.totals[of]?.[kind] ?? 0), 0),
        "info",
      ),
    ),
  ];
}

function capOf(kind: ChannelKind): number {
  return kind === "market.bars" ? BARS.cap : CHANNELS[kind].cap;
}

/** What is told of the whole stream: memory, what was repaired, what was measured. */
export function streamFigures({ memory, counters, metrics }: Telemetry): Figure[] {
  const { budget_bytes, held_bytes, details_bytes, views_bytes } = memory;
  return [
    {
      ...sized("held_bytes", held_bytes),
      text: `${bytes(held_bytes)}, ${percent(held_bytes / budget_bytes)}`,
    },
    sized("budget_bytes", budget_bytes),
    sized("details_bytes", details_bytes),
    sized("views_bytes", views_bytes),
    ...COUNTERS.map((name) => counted(name, counters[name], "info")),
    ...METRICS.map(([name, show]): Figure => {
      const value = metrics?.[name] ?? null;
      return value === null ? nothing(name) : { term: name, text: show(value), title: String(value) };
    }),
  ];
}

const COUNTERS: readonly (keyof StreamCounters)[] = [
  "gaps",
  "duplicates",
  "frames_lost",
  "resyncs",
  "mismatches",
  "protocol_errors",
  "disconnects",
];

const METRICS: readonly (readonly [
  Exclude<keyof WorkerMetrics, "ui_stream_gap_count">,
  (value: number) => string,
])[] = [
  ["ui_receive_to_paint_ms", milliseconds],
  ["ui_delta_apply_ms", milliseconds],
  ["ui_frame_commit_ms", milliseconds],
  ["ui_detail_open_latency_ms", milliseconds],
  ["ui_render_drop_ratio", percent],
  ["ui_delta_queue_depth", count],
  ["ui_heap_used_mb", (mb) => `${mb.toFixed(1)} MB`],
];

function nothing(term: Term): Figure {
  return { term, text: TEXT.telemetry.none, tone: "quiet" };
}

function told(
  term: Term,
  channel: ChannelStatus | undefined,
  show: (channel: ChannelStatus) => Omit<Figure, "term">,
): Figure {
  return channel === undefined ? nothing(term) : { term, ...show(channel) };
}

/** A zero steps back; `tone` is for any other number. */
function counted(term: Term, value: number, tone?: Figure["tone"]): Figure {
  if (value === 0) return { term, text: "0", tone: "quiet" };
  return { term, text: count(value), ...(tone === undefined ? {} : { tone }) };
}

function sized(term: Term, value: number): Figure {
  return { ...counted(term, value), text: bytes(value), title: TEXT.telemetry.exactBytes(count(value)) };
}
