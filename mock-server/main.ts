/** The mock-server: replays a recording through the real server. What `npm start` runs; tests start it in process. */
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { CliError } from "../server/cli/errors.ts";
import { LISTEN_USAGE, REPLAY_USAGE, readServeArgs } from "../server/cli/options.ts";
import { logToStderr } from "../server/log.ts";
import { runServer } from "../server/run.ts";
import { type RunningServer, type ServerOptions, startServer } from "../server/server.ts";
import { RecordingSource, type ReplayOptions } from "../server/sources/recording.ts";
import { readRecordingFile } from "../server/sources/recording-file.ts";

const RECORDINGS = resolve(import.meta.dirname, "..", "recordings");

const USAGE = `usage: npm start -- [OPTIONS]

Replays a recording and serves the dashboard on it.

  --recording FILE     recording to replay (default: the one in recordings/)
${REPLAY_USAGE} (default --loop)
${LISTEN_USAGE}
`;

export interface MockServerOptions extends Partial<Omit<ServerOptions, "sources">> {
  /** Default: the bundled one. */
  readonly recording?: string;
  /** Default: its own rhythm. */
  readonly pace?: ReplayOptions["pace"];
  /** Default true. */
  readonly loop?: boolean;
}

/** A running mock-server, on any free port unless one is named. Throws CliError with one line that says what is wrong. */
export async function startMockServer(options: MockServerOptions = {}): Promise<RunningServer> {
  const { log = logToStderr, port = 0 } = options;
  return startServer({ ...options, port, log, sources: [await openReplay({ ...options, log })] });
}

async function openReplay(options: MockServerOptions & Pick<ServerOptions, "log">): Promise<RecordingSource> {
  const path = options.recording ?? (await bundledRecording());
  const { recording, chains } = await readRecordingFile(path, options.log);
  return new RecordingSource(recording, {
    name: basename(path),
    chains,
    pace: options.pace ?? { kind: "speed", factor: 1 },
    loop: options.loop ?? true,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
}

async function bundledRecording(): Promise<string> {
  const names = await readdir(RECORDINGS).catch(() => []);
  const name = names.toSorted((a, b) => a.localeCompare(b)).find((each) => /\.tlv(\.gz)?$/.test(each));
  if (name === undefined) throw new CliError("--recording: none is bundled in recordings/; name one");
  return join(RECORDINGS, name);
}

/** Resolves with the exit code; throws CliError for a line on stderr. */
export async function main(args: string[]): Promise<number> {
  const read = readServeArgs(args, {
    own: { recording: { type: "string" } },
    usage: USAGE,
    loopByDefault: true,
  });
  if (read === null) return 0;
  const { own, listen, replay } = read;
  const source = await openReplay({
    ...replay,
    log: logToStderr,
    ...own,
  });
  return runServer({ ...listen, sources: [source] });
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`mock-server: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
