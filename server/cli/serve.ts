/** `mempulse serve`: a recording, or what is live, served. */
import { SOURCE } from "../../protocol/tlv/registry.ts";
import { readConfigFile } from "../config/config.ts";
import { sourcesOf } from "../config/sources.ts";
import { logToStderr } from "../log.ts";
import { type Address, parseAddress } from "../relay/address.ts";
import { Outlet } from "../relay/outlet.ts";
import { type RunOptions, runServer } from "../run.ts";
import { RpcError } from "../sources/evm/rpc/rpc.ts";
import { openSource, SOURCE_USAGE } from "../sources/open.ts";
import type { Source } from "../sources/source.ts";
import { CliError, usageError } from "./errors.ts";
import { LISTEN_USAGE, REPLAY_USAGE, readServeArgs, type ServeArgs } from "./options.ts";

const USAGE = `usage: mempulse serve --source SOURCE... | --config FILE [OPTIONS]

Serves a recording or what is live: the page, snapshot-v2 and stream-v2.

${SOURCE_USAGE}
${REPLAY_USAGE} (default --no-loop)
  --config FILE        several chains, relays and more at once, as docs/config.md says; live sources may stand beside it
  --signals ADDRESS    write each opportunity that opens as an ArbitrageSignal to a signal relay, unix:PATH or tcp:HOST:PORT
${LISTEN_USAGE}
`;

const OWN = {
  source: { type: "string", multiple: true },
  config: { type: "string" },
  signals: { type: "string" },
} as const;

export async function run(args: string[]): Promise<number> {
  const read = readServeArgs(args, { own: OWN, usage: USAGE, loopByDefault: false });
  if (read === null) return 0;
  const { source = [], config: file, signals } = read.own;
  const config = file === undefined ? null : await readConfigFile(file);
  const address = signals === undefined ? (config?.signals ?? null) : parseAddress(signals, "--signals");
  try {
    const configured = config === null ? [] : sourcesOf(config, logToStderr);
    const sources = await openSources(configured, source, read.replay);
    const options = { ...read.listen, sources, ...(config === null ? {} : { model: config.model }) };
    return await (address === null ? runServer(options) : runWithSignals(options, address));
  } catch (error) {
    throw error instanceof RpcError ? new CliError(error.message) : error;
  }
}

async function runWithSignals(options: RunOptions, address: Address): Promise<number> {
  const outlet = new Outlet({
    address,
    domain: "signal",
    source: SOURCE.arbitrage_strategy,
    log: logToStderr,
  });
  try {
    return await runServer({ ...options, signals: outlet });
  } finally {
    await outlet.close();
  }
}

async function openSources(
  configured: readonly Source[],
  specs: readonly string[],
  replay: ServeArgs["replay"],
): Promise<Source[]> {
  const given = await Promise.all(specs.map((spec) => openSource(spec, { replay })));
  const sources = [...configured, ...given];
  if (sources.length === 0)
    throw usageError("--source: is needed, or a --config that names one; --help says more");
  const recording = sources.find(({ live }) => !live);
  if (recording !== undefined && sources.length > 1) {
    throw usageError(`--source: ${recording.name} is a recording, whose time is its own; it stands alone`);
  }
  return sources;
}
