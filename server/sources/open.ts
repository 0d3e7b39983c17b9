/** From what a user writes after `--source` to a source. */
import { basename } from "node:path";
import { logToStderr } from "../run.ts";
import { EvmSource } from "./evm/source.ts";
import { FirehoseSource, readFirehoseSpec } from "./firehose/source.ts";
import { RecordingSource, type ReplayOptions } from "./recording.ts";
import { readRecordingFile } from "./recording-file.ts";
import type { Source } from "./source.ts";

export interface OpenOptions {
  /** Of recordings. */
  readonly replay: Pick<ReplayOptions, "pace" | "loop">;
}

/** By prefix: opens what stands after it. What begins with none of them is a recording's path. */
const OPENERS: Readonly<Record<string, (rest: string) => Source>> = {
  "firehose:": (spec) => new FirehoseSource({ ...readFirehoseSpec(spec), log: logToStderr }),
  "rpc:": (url) => new EvmSource({ endpoints: [url] }),
};

export const SOURCE_USAGE = `  --source SOURCE      FILE.tlv or FILE.tlv.gz, a recording; or what is live:
                         rpc:URL           an EVM node, ws:// or wss://
                         firehose:URL      trades, ws:// or wss://, after a # what to subscribe to
                       may be repeated where all are live`;

/** Throws CliError or RpcError where it can be said beforehand that nothing can be read. */
export async function openSource(spec: string, { replay }: OpenOptions): Promise<Source> {
  for (const [prefix, open] of Object.entries(OPENERS)) {
    if (spec.startsWith(prefix)) return open(spec.slice(prefix.length));
  }
  const { recording, chains } = await readRecordingFile(spec, logToStderr);
  return new RecordingSource(recording, { name: basename(spec), chains, ...replay });
}
