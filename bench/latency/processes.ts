/** Processes that a way leads through, and the sockets at its ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Child } from "../child.ts";
import type { ServerOrder, ServerReport } from "./server.ts";

const MEMPULSE = resolve(import.meta.dirname, "..", "..", "bin", "mempulse.mjs");

/** A command that runs until it is stopped. */
export interface Command {
  /** The one line that it prints with `--json` when it listens. */
  readonly said: string;
  stop(): Promise<void>;
}

/** Rejects where the command ends before it listens. */
export async function startMempulse(args: readonly string[]): Promise<Command> {
  const child = spawn(process.execPath, [MEMPULSE, ...args, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`mempulse ${args[0]} ended with ${code}`);
  });
  ended.catch(() => {});
  const said = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
  const [line] = await Promise.race([said, ended]);
  return { said: line, stop: () => end(child) };
}

export function startServerProcess(): Child<ServerOrder, ServerReport> {
  return new Child(join(import.meta.dirname, "server.ts"));
}

export async function dial(path: string): Promise<Socket> {
  const socket = connect({ path });
  await once(socket, "connect");
  return socket;
}

/** A relay says nothing to a producer that it must answer; what comes is not to pile up. */
export async function dialAsProducer(path: string): Promise<Socket> {
  return (await dial(path)).resume();
}

export const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}
