/** The real mock-server as a child process, on a free port. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "..");
const START_TIMEOUT_MS = 20_000;

export interface RunningServer {
  url: string;
  /** SIGTERM, and wait until it has ended. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash looks like to its clients. */
  kill(): Promise<void>;
}

/** Starts it with `args` beside `--port 0 --json`; rejects with its stderr when it does not come up. */
export async function startServer(...args: string[]): Promise<RunningServer> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(ROOT, "mock-server", "main.ts"), "--port", "0", "--json", ...args],
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
  );
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  try {
    return { url: await firstUrl(child), stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
  } catch (error) {
    await end("SIGKILL");
    throw new Error(`mock-server ${args.join(" ")}: ${(error as Error).message}\n${errors}`, {
      cause: error,
    });
  }
}

function firstUrl(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no URL within ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    );
    child.once("exit", (code) => reject(new Error(`exit code ${code} before it gave its URL`)));
    lines.on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
}
