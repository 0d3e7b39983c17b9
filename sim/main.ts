/**
 * `npm run sim`: runs seeds until all of them are done or one fails.
 * Exit codes: 0 all passed, 1 one failed, 2 wrong usage.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { CliError, usageError } from "../server/cli/errors.ts";
import { readArgs } from "../server/cli/options.ts";
import { failureText, reportPage, summary } from "./report.ts";
import { run } from "./run.ts";
import { Tally } from "./tally.ts";

const USAGE = `usage: npm run sim -- [--runs N] [--seed S] [--steps N] [--report FILE]

Simulates servers, clients and the link between them under virtual time, and stops at the first run that breaks a rule.

  --runs N       how many seeds (default 500); 0 for as many as --steps needs
  --seed S       the first one (default 1)
  --steps N      go on until so many events were delivered
  --report FILE  write what happened as Markdown
  --help         say this
`;

const MAX_INTEGER = 1_000_000_000;
const PROGRESS_S = 5;

function readInteger(option: string, text: string | undefined): number {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_INTEGER) return value;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a whole number up to ${MAX_INTEGER}`);
}

function machine(): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return `${cpu?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${gib} GiB; Node ${process.versions.node}`;
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      steps: { type: "string", default: "0" },
      report: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const runs = readInteger("--runs", values.runs);
  const firstSeed = readInteger("--seed", values.seed);
  const steps = readInteger("--steps", values.steps);
  const tally = new Tally();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let told = 0;
  for (let seed = firstSeed; tally.runs < runs || tally.steps < steps; seed++) {
    const outcome = await run(seed);
    tally.add(outcome);
    if (outcome.failure !== null) {
      process.stderr.write(failureText(outcome));
      break;
    }
    if (seconds() - told < PROGRESS_S) continue;
    told = seconds();
    process.stderr.write(
      `sim: ${tally.runs} runs, ${tally.steps} steps, ${Math.round(tally.steps / told)} steps/s\n`,
    );
  }
  const rate = `${Math.round(tally.steps / seconds())} steps/s, ${((seconds() * 1000) / tally.runs).toFixed(1)} ms a run`;
  process.stdout.write(
    `${tally.runs} runs, ${tally.steps} steps, ${tally.failed} failed; ${rate}\n${summary(tally)}\n`,
  );
  if (values.report !== undefined) {
    const command = `npm run sim -- ${args.join(" ")}`;
    const date = new Date().toISOString().slice(0, 10);
    const facts = { date, machine: machine(), command, firstSeed, seconds: seconds() };
    writeFileSync(values.report, reportPage(tally, facts));
  }
  return tally.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`sim: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
