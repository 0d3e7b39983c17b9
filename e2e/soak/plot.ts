/** The soak as a picture: small multiples over one axis of time, with the slopes that the verdict judges. Pure. */
import type { Timed } from "./client.ts";
import { quantile } from "./quantiles.ts";
import type { Reading } from "./reading.ts";
import type { SlopeEstimate } from "./slope.ts";
import type { SoakRun } from "./soak.ts";
import { element, escape, linear, path, type Scale, text, ticks } from "./svg.ts";
import { type Slopes, shown } from "./verdict.ts";

/** Minutes and the panel's unit. */
type Dot = readonly [minute: number, y: number];

interface Series {
  label: string;
  dots: Dot[];
  /** Single measurements, which no line joins. */
  scattered?: boolean;
  slope: SlopeEstimate | null;
}

interface Panel {
  title: string;
  unit: string;
  /** At most two: that many colours the style has. */
  series: Series[];
}

const WIDTH = 960;
const HEAD = 34;
const PANEL = { width: 464, height: 176, gap: 16 };
const PLOT = { left: 44, right: 20, top: 40, bottom: 24 };
/** Parts that the time is cut into where single answers are summed up, and how many of these a part should have. */
const SLICES = 60;
const IN_SLICE = 10;
const MINUTES_PER_HOUR = 60;

/** Colours that keep 3:1 on white and on near-black; a viewer's own theme picks. */
const STYLE = `
svg { --paper: #fff; --ink: #1c232b; --quiet: #5b6672; --grid: #e3e7ec; --first: #0b5cad; --second: #b3591b; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #11151b; --ink: #dfe5ec; --quiet: #97a3b2; --grid: #252d38; --first: #6cb2f5; --second: #f0a35e; }
}
text { font: 11px system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: var(--quiet); }
.head { font-size: 14px; font-weight: 600; fill: var(--ink); }
.title { font-size: 12px; font-weight: 600; fill: var(--ink); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.grid { stroke: var(--grid); fill: none; }
.first { --colour: var(--first); } .second { --colour: var(--second); }
tspan.first, tspan.second { fill: var(--colour); }
.line { fill: none; stroke: var(--colour); stroke-width: 1.4; stroke-linejoin: round; }
.dots { fill: none; stroke: var(--colour); stroke-width: 3; stroke-linecap: round; stroke-opacity: 0.7; }
.slope { fill: none; stroke: var(--ink); stroke-width: 1; stroke-dasharray: 5 3; }
.band { fill: var(--colour); fill-opacity: 0.2; }`;

/** Colours follow the viewer's theme. `title` stands above it all. */
export function plot(run: SoakRun, slopes: Slopes, title: string): string {
  const panels = panelsOf(run, slopes);
  const minutes = Math.max(run.elapsed_s / 60, 0.01);
  const rows = Math.ceil(panels.length / 2);
  const height = HEAD + rows * (PANEL.height + PANEL.gap);
  const drawn = panels.map((panel, at) => {
    const x = (at % 2) * (PANEL.width + PANEL.gap) + PANEL.gap / 2;
    const y = HEAD + Math.floor(at / 2) * (PANEL.height + PANEL.gap);
    return element("g", { transform: `translate(${x} ${y})` }, ...drawPanel(panel, minutes, run.speed));
  });
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: WIDTH,
      height,
      role: "img",
      "aria-label": title,
    },
    element("style", {}, STYLE),
    element("rect", { width: WIDTH, height, style: "fill: var(--paper)" }),
    text({ class: "head", x: PANEL.gap / 2, y: 22 }, title),
    ...drawn,
  )}\n`;
}

function panelsOf(run: SoakRun, slopes: Slopes): Panel[] {
  const of = (
    label: string,
    read: (reading: Reading) => number | null,
    slope: SlopeEstimate | null = null,
  ): Series => ({
    label,
    dots: run.readings.flatMap((reading) => {
      const y = read(reading);
      return y === null ? [] : [[reading.at_s / 60, y] as const];
    }),
    slope,
  });
  const answers = (values: readonly Timed[]): Series[] => [
    { label: "p95", dots: slices(values, run.elapsed_s, 0.95), slope: null },
    { label: "median", dots: slices(values, run.elapsed_s, 0.5), slope: null },
  ];
  const opened = run.openings.map(({ at_s, ms }) => [at_s / 60, ms] as const);
  return [
    {
      title: "Page heap after collection",
      unit: "MB",
      series: [of("", (r) => r.page_heap_mb, slopes.page_heap_mb)],
    },
    {
      title: "Worker heap after collection",
      unit: "MB",
      series: [of("", (r) => r.worker_heap_mb, slopes.worker_heap_mb)],
    },
    {
      title: "Renderer process",
      unit: "MB",
      series: [of("resident", (r) => r.renderer_rss_mb), of("private", (r) => r.renderer_private_mb)],
    },
    {
      title: "Server process",
      unit: "MB",
      series: [of("resident", (r) => r.server_rss_mb), of("heap", (r) => r.server_heap_mb)],
    },
    {
      title: "Received to painted, commit of a frame, p95",
      unit: "ms",
      series: [
        of("received to painted", (r) => r.receive_to_paint_ms),
        of("commit", (r) => r.frame_commit_ms),
      ],
    },
    {
      title: "Opening details, click to paint",
      unit: "ms",
      series: [{ label: "", dots: opened, scattered: true, slope: slopes.opening_ms }],
    },
    { title: "GET /dashboard/snapshot-v2 at a client", unit: "ms", series: answers(run.snapshots) },
    { title: "GET /transactions/{hash} at a client", unit: "ms", series: answers(run.transactions) },
    { title: "DOM nodes", unit: "", series: [of("", (r) => r.nodes, slopes.nodes)] },
    { title: "Event listeners", unit: "", series: [of("", (r) => r.listeners, slopes.listeners)] },
  ];
}

/** One quantile a slice of the time. */
function slices(values: readonly Timed[], elapsed_s: number, share: number): Dot[] {
  const count = Math.min(SLICES, Math.ceil(values.length / IN_SLICE));
  const length = elapsed_s / count;
  return Array.from({ length: count }, (_, at) => at * length).flatMap((from) => {
    const within = values.filter(({ at_s }) => at_s >= from && at_s < from + length);
    const y = quantile(
      within.map(({ ms }) => ms),
      share,
    );
    return y === null ? [] : [[(from + length / 2) / 60, y] as const];
  });
}

function drawPanel({ title, unit, series }: Panel, minutes: number, speed: number): string[] {
  const highest = Math.max(0, ...series.flatMap(({ dots }) => dots.map(([, y]) => y)));
  const steps = ticks(highest === 0 ? 1 : highest, 4);
  const right = PANEL.width - PLOT.right;
  const bottom = PANEL.height - PLOT.bottom;
  const x = linear([0, minutes], [PLOT.left, right]);
  const times = ticks(minutes, 6).filter((minute) => minute <= minutes);
  const y = linear([0, steps.at(-1) as number], [bottom, PLOT.top]);
  return [
    text({ class: "title", x: 0, y: 14 }, unit === "" ? title : `${title}, ${unit}`),
    ...steps.flatMap((step) => [
      element("path", {
        class: "grid",
        d: path([
          [PLOT.left, y(step)],
          [right, y(step)],
        ]),
      }),
      text({ class: "end", x: PLOT.left - 6, y: y(step) + 4 }, String(step)),
    ]),
    ...times.map((minute, at) =>
      text(
        { class: "middle", x: x(minute), y: bottom + 16 },
        at === times.length - 1 ? `${minute} min` : String(minute),
      ),
    ),
    ...series.flatMap((one, at) => drawSeries(one, colourOf(at), { x, y, speed })),
    legend(series, unit),
  ];
}

function colourOf(at: number): string {
  return at === 0 ? "first" : "second";
}

interface Frame {
  x: Scale;
  y: Scale;
  speed: number;
}

function drawSeries({ dots, slope, scattered }: Series, colour: string, { x, y, speed }: Frame): string[] {
  const places = dots.map(([minute, value]) => [x(minute), y(value)] as const);
  const line = scattered
    ? element("path", { class: `dots ${colour}`, d: places.map((place) => `${path([place])}h0`).join("") })
    : element("path", { class: `line ${colour}`, d: path(places) });
  const first = dots[0];
  const last = dots.at(-1);
  if (slope === null || first === undefined || last === undefined) return [line];
  const { middle } = slope;
  const at = (rise: number, minute: number): [number, number] => [
    x(minute),
    y(middle.y + rise * ((minute * speed) / MINUTES_PER_HOUR - middle.t)),
  ];
  const from = first[0];
  const to = last[0];
  const { lower, upper } = slope;
  // Two wedges that meet in the middle.
  const band = [at(upper, from), at(upper, to), at(lower, to), at(lower, from)];
  return [
    line,
    element("path", { class: `band ${colour}`, d: `${path(band)}Z` }),
    element("path", { class: "slope", d: path([at(slope.slope, from), at(slope.slope, to)]) }),
  ];
}

/** Names of the series in their colours, or the slope of the one that has it. */
function legend(series: readonly Series[], unit: string): string {
  const entries = series.map(({ label, slope }, at) => {
    const words = slope === null ? label : slopeLabel(slope, unit);
    return element("tspan", { class: colourOf(at), dx: at === 0 ? 0 : 12 }, escape(words));
  });
  return element("text", { x: 0, y: 30 }, ...entries);
}

function slopeLabel({ slope, lower, upper }: SlopeEstimate, unit: string): string {
  return `${shown(slope)}${unit === "" ? "" : ` ${unit}`} an hour, 90 % within ${shown(lower)} to ${shown(upper)}`;
}
