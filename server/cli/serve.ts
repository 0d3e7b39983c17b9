/** `mempulse serve`: a recording or a live node, served. */
import { basename } from "node:path";
import { logToStderr, runServer } from "../run.ts";
import { RpcError } from "../sources/evm/rpc/rpc.ts";
import { EvmSource } from "../sources/evm/source.ts";
import { RecordingSource } from "../sources/recording.ts";
import { readRecordingFile } from "../sources/recording-file.ts";
import type { Source } from "../sources/source.ts";
import { CliError, usageError } from "./errors.ts";
import { LISTEN_USAGE, REPLAY_USAGE, readServeArgs, type ServeArgs } from "./options.ts";

const USAGE = `usage: mempulse serve --source FILE.tlv|rpc:WS_URL [OPTIONS]

Serves a recording (.tlv, .tlv.gz) or a live EVM node: the page, snapshot-v2 and stream-v2.

  --source SOURCE      a file, or rpc: and the node's ws:// or wss:// URL
${REPLAY_USAGE} (default --no-loop)
${LISTEN_USAGE}
`;

export async function run(args: string[]): Promise<number> {
  const read = readServeArgs(args, { own: "source", usage: USAGE, loopByDefault: false });
  if (read === null) return 0;
  if (read.what === undefined) throw usageError("--source: is needed; --help says more");
  try {
    return await runServer({ ...read.listen, source: await openSource(read.what, read.replay) });
  } catch (error) {
    throw error instanceof RpcError ? new CliError(error.message) : error;
  }
}

const RPC_PREFIX = "rpc:";

async function openSource(source: string, replay: ServeArgs["replay"]): Promise<Source> {
  if (source.startsWith(RPC_PREFIX)) return new EvmSource({ url: source.slice(RPC_PREFIX.length) });
  const recording = await readRecordingFile(source, logToStderr);
  return new RecordingSource(recording, { name: basename(source), ...replay });
}
