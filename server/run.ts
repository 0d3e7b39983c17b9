/** A server as a command: prints where it listens, and runs until a signal or until a source fails. */
import { stopSignal } from "./cli/options.ts";
import { logToStderr } from "./log.ts";
import { type ServerOptions, startServer } from "./server.ts";

export interface RunOptions extends Omit<ServerOptions, "log"> {
  /** stdout gets one line `{"url": ...}` instead of a line for a person. */
  readonly json: boolean;
}

/** Resolves with exit code 0 after SIGINT or SIGTERM, everything closed. Throws what made it impossible to go on. */
export async function runServer(options: RunOptions): Promise<number> {
  const aborter = new AbortController();
  const stopped = stopSignal(aborter.signal);
  try {
    const server = await startServer({ ...options, log: logToStderr });
    process.stdout.write(options.json ? `${JSON.stringify({ url: server.url })}\n` : `${server.url}\n`);
    try {
      const first = await Promise.race([stopped.then(() => "signal"), server.ended.then(() => "end")]);
      if (first === "end") {
        const names = options.sources.map(({ name }) => name).join(", ");
        logToStderr(`${names} has ended; its last state is served`);
        await stopped;
      }
    } finally {
      await server.close();
    }
    return 0;
  } finally {
    aborter.abort();
  }
}
