/** From what a user writes after `--source` to a source. */
import { basename } from "node:path";
import { usageError } from "../cli/errors.ts";
import { logToStderr } from "../log.ts";
import { parseAddress } from "../relay/address.ts";
import { RpcError } from "./evm/rpc/rpc.ts";
import { EvmSource } from "./evm/source.ts";
import { FirehoseSource, readFirehoseSpec } from "./firehose/source.ts";
import { RecordingSource, type ReplayOptions } from "./recording.ts";
import { readRecordingFile } from "./recording-file.ts";
import { RelaySource } from "./relay/source.ts";
import type { Source } from "./source.ts";

export interface OpenOptions {
  /** Of recordings. */
  readonly replay: Pick<ReplayOptions, "pace" | "loop">;
}

/** By prefix: opens what stands after it. What begins with none of them is a recording. */
const OPENERS: Readonly<Record<string, (rest: string) => Source>> = {
  "firehose:": (spec) =>
    new FirehoseSource({ ...readFirehoseSpec(spec, "--source firehose"), log: logToStderr }),
  "unix:": (path) => relaySource(`unix:${path}`),
  "tcp:": (place) => relaySource(`tcp:${place}`),
  "rpc:": rpcSource,
};

/** One line a prefix. */
export const LIVE_SOURCE_USAGE = `                         rpc:URL           an EVM node, ws:// or wss://
                         firehose:URL      trades, ws:// or wss://, after a # what to subscribe to
                         unix:PATH         a relay, or any writer of Protocol V2 messages
                         tcp:HOST:PORT     the same`;

export const SOURCE_USAGE = `  --source SOURCE      FILE.tlv or FILE.tlv.gz, a recording; or what is live:
${LIVE_SOURCE_USAGE}
                       may be repeated where all are live`;

function rpcSource(url: string): Source {
  try {
    return new EvmSource({ endpoints: [url], log: logToStderr });
  } catch (error) {
    throw error instanceof RpcError ? usageError(`--source: ${error.message}`) : error;
  }
}

function relaySource(spec: string): Source {
  return new RelaySource({ address: parseAddress(spec, "--source"), log: logToStderr });
}

/** Throws CliError where it can be said beforehand that nothing can be read. */
export async function openSource(spec: string, { replay }: OpenOptions): Promise<Source> {
  const live = openLive(spec);
  if (live !== null) return live;
  const { recording, chains } = await readRecordingFile(spec, logToStderr);
  return new RecordingSource(recording, { name: basename(spec), chains, ...replay });
}

/** As `openSource`, of what is live; throws CliError for anything else. */
export function openLiveSource(spec: string): Source {
  const live = openLive(spec);
  if (live !== null) return live;
  const prefixes = Object.keys(OPENERS).join(", ");
  throw usageError(`--source: ${JSON.stringify(spec)} is not live; it begins with none of ${prefixes}`);
}

function openLive(spec: string): Source | null {
  // Not shown: its path may hold a key.
  if (/^\w+:\/\//.test(spec)) {
    throw usageError("--source: a bare URL; rpc:URL is an EVM node, firehose:URL a feed of trades");
  }
  for (const [prefix, open] of Object.entries(OPENERS)) {
    if (spec.startsWith(prefix)) return open(spec.slice(prefix.length));
  }
  return null;
}
