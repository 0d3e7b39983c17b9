/** What many runs came to, as text for a terminal and as a page of the documentation. */
import type { Outcome } from "./run.ts";
import type { Tally } from "./tally.ts";

/** In this order; everything that a run counts belongs to one of them. */
export const GROUPS: Readonly<Record<string, string>> = {
  incident: "Incidents",
  frame: "Frames that the link did not carry as they were",
  http: "Requests that went wrong",
  session: "Sessions",
  close: "Close codes",
  sent: "Messages that servers got from clients",
  batch: "Batches",
  rung: "Rungs that clients were told",
  state: "States of the connection that pages showed",
  transition: "Transitions between them",
  client: "What clients counted",
  loss: "What clients did not see, by kind",
  server: "What servers counted",
  run: "Runs",
};

const HOUR_MS = 3_600_000;

export function summary(tally: Tally): string {
  const lines = Object.keys(GROUPS).map((group) => {
    const counts = tally.group(group).map(([name, count]) => `${name} ${count}`);
    return `  ${group}: ${counts.join(", ")}`;
  });
  return lines.join("\n");
}

/** The failure, the scenario, the last events and the command that shows them again. */
export function failureText({ seed, failure, scenario, events }: Outcome): string {
  const what = failure?.constructor.name === "Violation" ? failure.message : failure?.stack;
  return [
    `seed ${seed} failed: ${what}`,
    `scenario: ${JSON.stringify(scenario)}`,
    ...events.map((event) => `  ${event}`),
    `again: npm run sim -- --runs 1 --seed ${seed}`,
    "",
  ].join("\n");
}

export interface ReportFacts {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly firstSeed: number;
  readonly seconds: number;
}

export function reportPage(tally: Tally, facts: ReportFacts): string {
  const { date, machine, command, firstSeed, seconds } = facts;
  const hours = Math.round(tally.virtual_ms / HOUR_MS).toLocaleString("en");
  const result = tally.failed === 0 ? "all passed" : `**${tally.failed} failed**`;
  const tables = Object.entries(GROUPS).map(([group, title]) => table(title, tally.group(group)));
  return `# Simulation

Servers, clients and the link between them in one process under virtual time, everything drawn from one seed; see
[the architecture](architecture.md#how-we-know). Written by \`${command}\`.

| | |
| --- | --- |
| date | ${date} |
| machine | ${machine} |
| seeds | ${firstSeed} to ${firstSeed + tally.runs - 1} (${tally.runs.toLocaleString("en")} runs) |
| steps | ${tally.steps.toLocaleString("en")} delivered events: messages, timers, answers |
| virtual time | ${hours} hours, in ${Math.round(seconds)} s |
| result | ${result} |

${tables.join("\n")}`;
}

function table(title: string, rows: readonly [string, number][]): string {
  const lines = rows.map(([name, count]) => `| ${name} | ${count.toLocaleString("en")} |`);
  return [`## ${title}`, "", "| | times |", "| --- | ---: |", ...lines, ""].join("\n");
}
