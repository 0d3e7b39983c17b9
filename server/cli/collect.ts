/** `mempulse collect`: live sources into a relay, until a signal or until a source fails. */
import { SOURCE } from "../../protocol/tlv/registry.ts";
import { logToStderr } from "../log.ts";
import { parseRelayAddress, type RelayAddress } from "../relay/address.ts";
import { Outlet } from "../relay/outlet.ts";
import { RpcError } from "../sources/evm/rpc/rpc.ts";
import { LIVE_SOURCE_USAGE, openLiveSource } from "../sources/open.ts";
import type { Source } from "../sources/source.ts";
import { CliError, usageError } from "./errors.ts";
import { readArgs, stopSignal } from "./options.ts";

const USAGE = `usage: mempulse collect --source SOURCE... --to [DOMAIN=]ADDRESS

Writes what live sources tell to a relay, as one producer. While the relay is away it is kept, and the oldest dropped and
counted where that becomes too much.

  --source SOURCE      may be repeated:
${LIVE_SOURCE_USAGE}
  --to [DOMAIN=]ADDRESS  the relay, unix:PATH or tcp:HOST:PORT; DOMAIN is market_data (default), signal or execution
  --help               say this
`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      source: { type: "string", multiple: true },
      to: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.source === undefined) throw usageError("--source: is needed; --help says more");
  if (values.to === undefined) throw usageError("--to: is needed; --help says more");
  const to = parseRelayAddress(values.to, "--to");
  try {
    return await collect(values.source.map(openLiveSource), to);
  } catch (error) {
    throw error instanceof RpcError ? new CliError(error.message) : error;
  }
}

/** Resolves with exit code 0 after SIGINT or SIGTERM, what was held written as far as the relay takes it. */
async function collect(sources: readonly Source[], to: RelayAddress): Promise<number> {
  const aborter = new AbortController();
  const stopped = stopSignal(aborter.signal);
  const outlet = new Outlet({ ...to, source: SOURCE.dashboard, log: logToStderr });
  const ended = Promise.all(sources.map((source) => source.start((message) => outlet.push(message))));
  try {
    await Promise.race([stopped, ended]);
    return 0;
  } finally {
    await Promise.all(sources.map((source) => source.stop()));
    await outlet.close();
    const { received, forwarded, held, dropped } = outlet.counts();
    logToStderr(`in ${received}, forwarded ${forwarded}, held ${held}, dropped ${dropped}`);
    aborter.abort();
  }
}
