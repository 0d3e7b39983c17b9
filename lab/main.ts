/**
 * `npm run lab`: a local EVM node with real DEX contracts and traders, recorded by the collector into a recording.
 * Exit codes: 0 recorded, 1 failed, 2 wrong usage, 130 stopped by a signal before the recording was whole.
 */
import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import { CliError, usageError } from "../server/cli/errors.ts";
import { readArgs } from "../server/cli/options.ts";
import { EXTENSION, Lab } from "./lab.ts";
import { LAB_CHAIN_ID } from "./node.ts";
import { BLOCK_S } from "./trading.ts";

const USAGE = `usage: npm run lab -- [--minutes N] [--out NAME.tlv.gz] [--seed N] [--port N] [--keep]

Starts a local EVM node, deploys the published Uniswap V2, Uniswap V3 and Algebra contracts, lets traders trade and records
it all with the collector of \`mempulse record\`.

  --minutes N          how long (default 10)
  --out NAME.tlv.gz    the recording; NAME.json beside it says what it holds (default: recordings/lab.tlv.gz)
  --seed N             what the traders draw their decisions from (default 1)
  --port N             port of the node (default 0: any free one)
  --keep               go on trading after the recording, until Ctrl-C
  --help               say this
`;

const DEFAULT_OUT = join(import.meta.dirname, "..", "recordings", "lab.tlv.gz");
const MAX_MINUTES = 1_440;
const INTERRUPTED = 130;

function say(line: string): void {
  process.stderr.write(`lab: ${line}\n`);
}

function readNumber(option: string, text: string, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a number up to ${most}`);
}

function readInteger(option: string, text: string, most: number): number {
  const value = readNumber(option, text, most);
  if (Number.isInteger(value)) return value;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a whole number`);
}

/** Said before the lab has run for ten minutes, not after. */
function checkOut(path: string): void {
  if (!path.endsWith(EXTENSION))
    throw usageError(`--out: ${JSON.stringify(path)} does not end in ${EXTENSION}`);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw new CliError(`--out: ${path}: no such folder, or it cannot be written to`);
  }
}

async function main(signal: AbortSignal): Promise<void> {
  const { values } = readArgs({
    options: {
      minutes: { type: "string", default: "10" },
      out: { type: "string", default: DEFAULT_OUT },
      seed: { type: "string", default: "1" },
      port: { type: "string", default: "0" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const minutes = readNumber("--minutes", values.minutes, MAX_MINUTES);
  const blocks = Math.max(1, Math.round((minutes * 60) / BLOCK_S));
  const seed = readInteger("--seed", values.seed, Number.MAX_SAFE_INTEGER);
  const port = readInteger("--port", values.port, 65_535);
  checkOut(values.out);

  const lab = await Lab.open({ seed, port, signal });
  try {
    say(`node at ${lab.node.wsUrl}, chain ${LAB_CHAIN_ID}, seed ${seed}`);
    say(`recording ${minutes} minutes ...`);
    const { manifest, faults } = await lab.record({ blocks, out: values.out });
    const counts = Object.entries(manifest.messages).map(([name, count]) => `${count} ${name}`);
    say(`${values.out}: ${counts.join(", ")}`);
    for (const fault of faults) say(`not recorded: ${fault}`);
    if (values.keep) {
      say("trading goes on until Ctrl-C");
      await lab
        .trade(() => false)
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
    }
  } finally {
    await lab.close();
  }
}

const stop = new AbortController();
// Not once: a second signal (npm passes on what the terminal has sent already) must not cut the cleaning up short.
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => stop.abort());
try {
  await main(stop.signal);
} catch (error) {
  if (stop.signal.aborted) {
    say("stopped before the recording was whole; nothing is written");
    process.exitCode = INTERRUPTED;
  } else {
    say(error instanceof CliError ? error.message : ((error as Error).stack ?? String(error)));
    process.exitCode = error instanceof CliError ? error.exitCode : 1;
  }
}
