/** `mempulse serve`: a recording or a live node, served. */
import { basename } from "node:path";
import { logToStderr, runServer } from "../run.ts";
import { RpcError } from "../sources/evm/rpc/rpc.ts";
import { EvmSource } from "../sources/evm/source.ts";
import { RecordingSource } from "../sources/recording.ts";
import { readRecordingFile } from "../sources/recording-file.ts";
import type { Source } from "../sources/source.ts";
import { CliError, usageError } from "./errors.ts";
import {
  LISTEN_OPTIONS,
  LISTEN_USAGE,
  REPLAY_OPTIONS,
  REPLAY_USAGE,
  readArgs,
  readListenOptions,
  readReplayOptions,
} from "./options.ts";

const USAGE = `usage: mempulse serve --source FILE.tlv|rpc:WS_URL [OPTIONS]

Serves a recording (.tlv, .tlv.gz) or a live EVM node: the page, snapshot-v2 and stream-v2.

  --source SOURCE      a file, or rpc: and the node's ws:// or wss:// URL
${REPLAY_USAGE} (default --no-loop)
${LISTEN_USAGE}
`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      source: { type: "string" },
      ...REPLAY_OPTIONS,
      ...LISTEN_OPTIONS,
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.source === undefined) throw usageError("--source: is needed; --help says more");
  const listen = readListenOptions(values);
  const replay = readReplayOptions(values, false);
  try {
    return await runServer({ ...listen, source: await openSource(values.source, replay) });
  } catch (error) {
    throw error instanceof RpcError ? new CliError(error.message) : error;
  }
}

const RPC_PREFIX = "rpc:";

async function openSource(source: string, replay: ReturnType<typeof readReplayOptions>): Promise<Source> {
  if (source.startsWith(RPC_PREFIX)) return new EvmSource({ url: source.slice(RPC_PREFIX.length) });
  const recording = await readRecordingFile(source, logToStderr);
  return new RecordingSource(recording, { name: basename(source), ...replay });
}
