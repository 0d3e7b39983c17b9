/** client.py as a child process: what it says, and what it answers. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BUSY_CHANNELS } from "../recording.ts";

const DIRECTORY = import.meta.dirname;

/** One line of the client's stdout. */
export interface ClientEvent {
  event: string;
  epoch?: string;
  next?: string;
}

export interface ClientState extends ClientEvent {
  event: "state";
  epoch: string;
  channels: Record<string, { seq: number; count: number; digest: string; diverged: boolean }>;
  /** Those that never counted are missing. */
  counters: Record<string, number>;
}

export interface PythonClient {
  /** All that it has said so far, but for states. */
  readonly events: readonly ClientEvent[];
  /** How often it has said this. */
  said(event: string): number;
  state(): Promise<ClientState>;
  /** Asks for its state until it is so; rejects with all that is known after `ms`. */
  until(what: string, holds: (state: ClientState) => boolean, ms?: number): Promise<ClientState>;
  /** It follows a channel of bars from now on, or leaves it. */
  tell(command: "follow" | "leave", channel: string): void;
  /** Until every channel that changes all the time has gone on since that state. */
  flows(since?: ClientState): Promise<ClientState>;
  stop(): Promise<void>;
}

/** Throws what to do where there is no Python. */
export function requirePython(): void {
  const { error, stdout } = spawnSync("python3", ["--version"], { encoding: "utf8" });
  if (error !== undefined) {
    throw new Error(
      `python3 is needed (3.8 or later, no packages): sudo apt-get install python3 (${error.message})`,
    );
  }
  const minor = Number(/^Python 3\.(\d+)/.exec(stdout)?.[1]);
  if (!(minor >= 8)) throw new Error(`python3 3.8 or later is needed, this one is ${stdout}`);
}

/** What a Python expression over the client's modules prints. */
export function evaluatePython(program: string): string {
  const { status, stdout, stderr } = spawnSync("python3", ["-B", "-c", program], {
    cwd: DIRECTORY,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

export function startClient(url: string): PythonClient {
  const child = spawn("python3", ["-B", join(DIRECTORY, "client.py"), url], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const events: ClientEvent[] = [];
  const waiting: ((state: ClientState) => void)[] = [];
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  child.stdin.on("error", () => {
    // It has ended: whoever waits for a state is told by its exit.
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const said = JSON.parse(line) as ClientEvent;
    if (said.event === "state") waiting.shift()?.(said as ClientState);
    else events.push(said);
  });
  const exited = once(child, "exit");
  const ended = exited.then(() => {
    throw new Error(`client.py has ended\n${JSON.stringify(events)}\n${errors}`);
  });
  ended.catch(() => undefined);

  const state = () => {
    const answer = new Promise<ClientState>((resolve) => waiting.push(resolve));
    child.stdin.write("state\n");
    return Promise.race([answer, ended]);
  };
  const client: PythonClient = {
    events,
    said: (name) => events.filter(({ event }) => event === name).length,
    state,
    tell: (command, channel) => void child.stdin.write(`${command} ${channel}\n`),
    flows(since) {
      return client.until("batches of every busy channel", ({ channels }) =>
        BUSY_CHANNELS.every((name) => (channels[name]?.seq ?? 0) > (since?.channels[name]?.seq ?? 0)),
      );
    },
    async until(what, holds, ms = 10_000) {
      const deadline = performance.now() + ms;
      for (;;) {
        const now = await state();
        if (holds(now)) return now;
        if (performance.now() > deadline) {
          throw new Error(
            `client.py: not within ${ms} ms: ${what}\n${JSON.stringify({ now, events })}\n${errors}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
  return client;
}
