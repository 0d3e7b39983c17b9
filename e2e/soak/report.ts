/** The report of a soak: one table, in the order of the verdict, with what it was measured on. Pure. */
import { quantile } from "./quantiles.ts";
import type { SoakRun } from "./soak.ts";
import type { Bound, Verdict } from "./verdict.ts";

export interface Conditions {
  /** As asked for. */
  minutes: number;
  rate: number;
  /** When it ended, ISO 8601. */
  date: string;
  machine: string;
  commit: string;
  /** Errors of the page and its console. */
  errors: readonly string[];
}

export const PLOT_FILE = "soak.svg";

/** A soak that ended before has not shown what it was to show. */
const WHOLE = 0.99;

/**
 * None: the soak holds. Errors of the page, troubles of the soak and, at the nominal rate, a floor that there is nothing to
 * judge by are as bad as a floor that does not hold.
 */
export function failuresOf(run: SoakRun, verdict: Verdict, conditions: Conditions): string[] {
  const unjudged = run.speed === 1 ? verdict.rows.filter(({ floor }) => floor?.holds === null) : [];
  return [
    ...(isWhole(run, conditions) ? [] : ["it ended early"]),
    ...(run.workers === 1 ? [] : [`${run.workers} workers were read, not 1`]),
    ...unjudged.map(({ figure, measured }) => `${figure}: ${measured}`),
    ...verdict.failures,
    ...conditions.errors.map((error) => `error of the page: ${error}`),
    ...run.troubles.map((trouble) => `not measured: ${trouble}`),
  ];
}

export function title(run: SoakRun, conditions: Conditions): string {
  const { minutes, rate } = conditions;
  const time = isWhole(run, conditions)
    ? `${minutes} minutes`
    : `${(run.elapsed_s / 60).toFixed(1)} of ${minutes} minutes`;
  return `Soak: ${time} at ${rate} transactions a second`;
}

function isWhole({ elapsed_s }: SoakRun, { minutes }: Conditions): boolean {
  return elapsed_s >= minutes * 60 * WHOLE;
}

export function report(run: SoakRun, verdict: Verdict, conditions: Conditions): string {
  const { date, machine, commit } = conditions;
  const failures = failuresOf(run, verdict, conditions);
  const rows = verdict.rows.map(({ figure, measured, floor, goal }) =>
    cells(figure, measured, floor?.text ?? "", mark(floor), goal?.text ?? "", mark(goal)),
  );
  return (
    [
      `# ${title(run, conditions)}`,
      `Written by \`npm run soak\`, ${date.slice(0, 16).replace("T", " ")} UTC; ${machine}; commit ${commit}.`,
      failures.length === 0 ? "**Every floor holds.**" : list("**It does not hold:**", failures),
      verdict.missed.length === 0
        ? "Every goal that was judged is met."
        : list("Goals missed:", verdict.missed),
      [
        cells("figure", "measured", "floor", "", "goal", ""),
        cells("---", "---:", "---:", ":-:", "---:", ":-:"),
        ...rows,
      ].join("\n"),
      `![The soak's series over time](${PLOT_FILE})`,
      list("## How it was measured", method(run)),
    ].join("\n\n") + "\n"
  );
}

function method(run: SoakRun): string[] {
  const collecting = run.readings.map(({ collecting_ms }) => collecting_ms);
  const typical = quantile(collecting, 0.5);
  const cost =
    typical === null
      ? "none was read"
      : `each takes ${typical.toFixed(0)} ms (at most ${Math.max(...collecting).toFixed(0)}), ` +
        `${(sum(collecting) / run.elapsed_s / 10).toFixed(1)} % of the time`;
  return [
    "It began when the windows of tx.main and pool.main were full, for what fills is no leak, and rows had been opened for a while since, for compiled code goes on growing.",
    `${run.readings.length} readings, one every ${shownSeconds(run.interval_s)}. Heaps are read after forced collections in page and worker; ${cost}. ` +
      "The processes' memory is read before them; tasks that begin meanwhile are not counted. The page's percentiles are of its last 512 frames, of which the collections touch a handful, too few to move a 95th.",
    "Between readings a user clicks a row, waits for the transaction's life cycle to be painted, and closes it with Escape, twice an interval. The time is the page's, from the click's own time stamp to after the paint.",
    "Beside the page a client asks for a whole snapshot every 5 s and for a transaction that it held every second, and waits for the last byte; it shares the machine with the browser and the server.",
    "A slope is Theil and Sen's, its interval (90 %) a moving-block bootstrap's. It fails where even its lower bound is above the floor, a rise that noise cannot explain, and the slopes of both halves are too: a leak leaks all the time. " +
      (run.speed === 1 ? "" : `Hours are of the nominal rate, ${run.speed} times the clock's. `) +
      "Opening details may rise by 2 ms an hour, a twenty-fifth of its goal.",
    "At the end the page's rows (ids and seqs) are taken while the stream goes on, the server's changes since are applied to them, and their digest is compared with the server's.",
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function list(head: string, lines: readonly string[]): string {
  return `${head}\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
}

function cells(...values: string[]): string {
  return `| ${values.join(" | ")} |`;
}

function mark(bound: Bound | null): string {
  if (bound === null) return "";
  if (bound.holds === null) return "not judged";
  return bound.holds ? "yes" : "**no**";
}

function shownSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`;
}
