/** What a soak measured against what it must be and what we want: the same words for the hour, the short one, and the leaking twin. */
import { histogramQuantile, quantile } from "./quantiles.ts";
import type { Reading } from "./reading.ts";
import { doesRise, estimateSlope, MIN_POINTS, type SlopeEstimate } from "./slope.ts";
import type { SoakRun } from "./soak.ts";

/** A limit and whether the figure keeps it; null: not judged in this run. */
export interface Bound {
  text: string;
  holds: boolean | null;
}

export interface Row {
  figure: string;
  measured: string;
  /** Must hold. */
  floor: Bound | null;
  /** What we are here for. */
  goal: Bound | null;
}

/** By what rises: units a nominal hour. null: too few readings to tell. */
export type Slopes = Record<SlopeName, SlopeEstimate | null>;

export type SlopeName =
  | "page_heap_mb"
  | "worker_heap_mb"
  | "nodes"
  | "listeners"
  | "opening_ms"
  | "renderer_private_mb"
  | "server_rss_mb";

export interface Verdict {
  rows: Row[];
  slopes: Slopes;
  /** One line a floor that does not hold; none: the soak holds. */
  failures: string[];
  /** Likewise of goals. */
  missed: string[];
}

/** What may rise by how much an hour; a leak rises by more, surely and all the time. */
const RISES: Partial<Record<SlopeName, { figure: string; unit: string; most: number }>> = {
  page_heap_mb: { figure: "page heap, slope", unit: "MB/h", most: 0.5 },
  worker_heap_mb: { figure: "worker heap, slope", unit: "MB/h", most: 0.5 },
  nodes: { figure: "DOM nodes, slope", unit: "nodes/h", most: 200 },
  listeners: { figure: "listeners, slope", unit: "listeners/h", most: 50 },
  opening_ms: { figure: "opening details, slope", unit: "ms/h", most: 2 },
};
/** Only at the nominal rate does the time of an answer say something. */
const NOMINAL_SPEED = 1;
const S_PER_HOUR = 3_600;

export function judge(run: SoakRun): Verdict {
  const slopes = slopesOf(run);
  const rows = [...latencyRows(run), ...memoryRows(run), ...slopeRows(slopes, run), ...faultRows(run)];
  const broken = (kind: "floor" | "goal") =>
    rows.flatMap(({ figure, measured, [kind]: bound }) =>
      bound?.holds === false ? [`${figure}: ${measured} (${kind} ${bound.text})`] : [],
    );
  return { rows, slopes, failures: broken("floor"), missed: broken("goal") };
}

function slopesOf({ readings, openings, speed }: SoakRun): Slopes {
  const slopeOf = (points: { at_s: number; y: number }[]) =>
    points.length < MIN_POINTS
      ? null
      : estimateSlope(points.map(({ at_s, y }) => ({ t: (at_s * speed) / S_PER_HOUR, y })));
  const series = (read: (reading: Reading) => number | null) =>
    slopeOf(
      readings.flatMap((reading) => {
        const y = read(reading);
        return y === null ? [] : [{ at_s: reading.at_s, y }];
      }),
    );
  return {
    page_heap_mb: series(({ page_heap_mb }) => page_heap_mb),
    worker_heap_mb: series(({ worker_heap_mb }) => worker_heap_mb),
    nodes: series(({ nodes }) => nodes),
    listeners: series(({ listeners }) => listeners),
    opening_ms: slopeOf(openings.map(({ at_s, ms }) => ({ at_s, y: ms }))),
    renderer_private_mb: series(({ renderer_private_mb }) => renderer_private_mb),
    server_rss_mb: series(({ server_rss_mb }) => server_rss_mb),
  };
}

function latencyRows(run: SoakRun): Row[] {
  const ms = (values: readonly { ms: number }[]) => values.map((value) => value.ms);
  const windows = (read: (reading: Reading) => number | null) =>
    run.readings.map(read).filter((value) => value !== null);
  const paints = windows(({ receive_to_paint_ms }) => receive_to_paint_ms);
  const commits = windows(({ frame_commit_ms }) => frame_commit_ms);
  const row = (figure: string, value: number | null, floor?: number, goal?: number, more = ""): Row => ({
    figure,
    measured: value === null ? "nothing measured" : `${shown(value)} ms${more}`,
    floor: latency(value, floor, run),
    goal: latency(value, goal, run),
  });
  const typical = (values: number[]) =>
    values.length === 0 ? "" : `; in half of them ${shown(quantile(values, 0.5) as number)}`;
  const built = (share: number) => (run.builds === null ? null : histogramQuantile(run.builds, share));
  return [
    row("snapshot-v2 at a client, p95", quantile(ms(run.snapshots), 0.95), 120, 10),
    row("snapshot-v2 at a client, p99", quantile(ms(run.snapshots), 0.99), 250, 25),
    row("snapshot-v2, the server's build, p95", built(0.95), 120, 10),
    row("snapshot-v2, the server's build, p99", built(0.99), 250, 25),
    row("/transactions at a client, p95", quantile(ms(run.transactions), 0.95), 80, 5),
    row("/transactions at a client, p99", quantile(ms(run.transactions), 0.99), 150, 15),
    row("received to painted, p95 in 95 % of readings", quantile(paints, 0.95), 300, 40, typical(paints)),
    row("opening details, click to paint, p95", quantile(ms(run.openings), 0.95), undefined, 50),
    row(
      "frame commit, p95 in 95 % of readings",
      quantile(commits, 0.95),
      undefined,
      undefined,
      typical(commits),
    ),
  ];
}

function memoryRows({ readings }: SoakRun): Row[] {
  const highest = (read: (reading: Reading) => number | null) =>
    readings.length === 0 ? null : Math.max(...readings.map((reading) => read(reading) ?? 0));
  const row = (figure: string, value: number | null, floor?: number, goal?: number): Row => ({
    figure,
    measured: value === null ? "nothing measured" : `${shown(value)} MB`,
    floor: atMost(value, floor, "MB"),
    goal: atMost(value, goal, "MB"),
  });
  return [
    row(
      "heap of page and worker, highest",
      highest((r) => r.page_heap_mb + r.worker_heap_mb),
      350,
      60,
    ),
    row(
      "renderer, private memory, highest",
      highest(({ renderer_private_mb }) => renderer_private_mb),
    ),
    row(
      "server, resident memory, highest",
      highest(({ server_rss_mb }) => server_rss_mb),
    ),
  ];
}

function slopeRows(slopes: Slopes, run: SoakRun): Row[] {
  return (Object.keys(RISES) as SlopeName[]).map((name) => {
    const { figure, unit, most } = RISES[name] as { figure: string; unit: string; most: number };
    const estimate = slopes[name];
    const judged = estimate !== null && (name !== "opening_ms" || run.speed === NOMINAL_SPEED);
    return {
      figure,
      measured: estimate === null ? "too few readings" : slopeText(estimate, unit),
      floor: { text: `${most} ${unit}`, holds: judged ? !doesRise(estimate, most) : null },
      goal: null,
    };
  });
}

function faultRows(run: SoakRun): Row[] {
  const { readings, counters } = run;
  const sum = (read: (reading: Reading) => number) => readings.reduce((total, each) => total + read(each), 0);
  const row = (figure: string, count: number, must: boolean | null): Row => {
    const bound = { text: "0", holds: count === 0 };
    return {
      figure,
      measured: String(count),
      floor: must === true ? bound : null,
      goal: must === false ? bound : null,
    };
  };
  const unequal = run.digests.filter(({ own, equal }) => !own || !equal);
  return [
    {
      figure: "channels equal to the server's at the end",
      measured:
        run.digests.length === 0
          ? "not compared"
          : `${run.digests.length - unequal.length} of ${run.digests.length}`,
      floor: { text: "all", holds: run.digests.length === 0 ? null : unequal.length === 0 },
      goal: null,
    },
    row("digests wrong, readings and mismatches", sum((r) => r.digests_wrong) + counters.mismatches, true),
    row("frames that were no message", counters.protocol_errors, true),
    row("requests and openings without an answer", run.failed, true),
    row("gaps", counters.gaps, false),
    row("resyncs", counters.resyncs, false),
    row("disconnects", counters.disconnects, false),
    row(
      "tasks over 50 ms",
      sum(({ long_tasks }) => long_tasks),
      null,
    ),
  ];
}

function latency(value: number | null, limit: number | undefined, { speed }: SoakRun): Bound | null {
  const bound = atMost(value, limit, "ms");
  return bound === null || speed === NOMINAL_SPEED ? bound : { ...bound, holds: null };
}

function atMost(value: number | null, limit: number | undefined, unit: string): Bound | null {
  if (limit === undefined) return null;
  return { text: `${limit} ${unit}`, holds: value === null ? null : value < limit };
}

export function slopeText({ slope, lower, upper }: SlopeEstimate, unit: string): string {
  return `${shown(slope)} ${unit} (${shown(lower)} to ${shown(upper)})`;
}

/** Three digits are enough to read. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
