/** `mempulse serve`: a recording or a live node, served. */
import { basename } from "node:path";
import { logToStderr, runServer } from "../run.ts";
import { RecordingSource } from "../sources/recording.ts";
import { readRecordingFile } from "../sources/recording-file.ts";
import type { Source } from "../sources/source.ts";
import { usageError } from "./errors.ts";
import {
  LISTEN_OPTIONS,
  LISTEN_USAGE,
  REPLAY_OPTIONS,
  REPLAY_USAGE,
  readArgs,
  readListenOptions,
  readReplayOptions,
} from "./options.ts";

const USAGE = `usage: mempulse serve --source FILE.tlv [OPTIONS]

Serves a recording (.tlv, .tlv.gz): the page, snapshot-v2 and stream-v2.

  --source SOURCE      what to serve
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
  return runServer({ ...listen, source: await openSource(values.source, replay) });
}

async function openSource(source: string, replay: ReturnType<typeof readReplayOptions>): Promise<Source> {
  const recording = await readRecordingFile(source, logToStderr);
  return new RecordingSource(recording, { name: basename(source), ...replay });
}
