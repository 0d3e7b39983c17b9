/** A local EVM node: anvil, the binary that its npm package brings for this platform. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CliError } from "../server/cli/errors.ts";

/** The usual id of a local development chain; wallets and explorers know it as one. */
export const LAB_CHAIN_ID = 31_337;

/** States of past blocks that the node keeps, in memory; without the limit it spills every state to the disk. */
const STATES_KEPT = 128;
/** Blocks whose transactions it keeps, in memory: half an hour of the lab's. */
const BLOCKS_KEPT = 1_000;
/** Room for the set-up, whose blocks hold hundreds of transactions. */
const SETUP_BLOCK_GAS = 30_000_000_000;
const START_TIMEOUT_MS = 10_000;

export interface EvmNode {
  readonly pid: number;
  readonly httpUrl: string;
  readonly wsUrl: string;
  /** Rejects with one line when the node ends without being asked to; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the node and removes its files. */
  stop(): Promise<void>;
}

/** `linux`, `x64` -> `linux-amd64`, as the packages are named. */
function binaryPath(): string {
  const os = process.platform;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const name = os === "win32" ? "anvil.exe" : "anvil";
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json"));
    return require.resolve(`@foundry-rs/anvil-${os}-${arch}/bin/${name}`);
  } catch {
    throw new CliError(
      `no EVM node for ${os}-${arch}: npm package @foundry-rs/anvil-${os}-${arch} is not there`,
    );
  }
}

/** Resolves with the port that the node says it listens on; never, where it ends before. */
async function listening(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the node's output is not piped");
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^Listening on .*:(\d+)$/.exec(line.trim())?.[1];
    if (port !== undefined) return Number(port);
  }
  return new Promise<never>(() => {});
}

/** Starts a node with an empty chain that mines only when told to. `port` 0: any free one. */
export async function startNode(options: {
  port: number;
  genesisUnixS: number;
  baseFeeWei: bigint;
}): Promise<EvmNode> {
  const binary = binaryPath();
  const folder = mkdtempSync(join(tmpdir(), "mempulse-lab-"));
  const args = ["--port", options.port, "--chain-id", LAB_CHAIN_ID, "--no-mining", "--accounts", 1];
  args.push("--prune-history", STATES_KEPT, "--cache-path", folder, "--timestamp", options.genesisUnixS);
  args.push("--transaction-block-keeper", BLOCKS_KEPT);
  args.push("--gas-limit", SETUP_BLOCK_GAS, "--block-base-fee-per-gas", `${options.baseFeeWei}`);
  const child = spawn(binary, args.map(String), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const lastWords: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords.push(...text.split("\n").filter((line) => line.trim() !== ""));
    lastWords.splice(0, lastWords.length - 3);
  });

  const kill = () => child.kill("SIGKILL");
  const removeFiles = () => rmSync(folder, { recursive: true, force: true });
  // Whatever ends this process, a thrown error too, ends the node with it.
  const onExit = () => {
    kill();
    removeFiles();
  };
  process.on("exit", onExit);
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(lastWords.join(" ") || `exit ${code ?? signal}`));
  });
  let stopping = false;
  const failed = ended.then((reason) => {
    if (stopping) return new Promise<never>(() => {});
    throw new CliError(`the EVM node (port ${options.port || "any"}) ended: ${reason}`);
  });
  // Who does not wait for it need not hear of it.
  failed.catch(() => {});

  const stop = async () => {
    stopping = true;
    kill();
    await ended;
    process.off("exit", onExit);
    removeFiles();
  };
  const timeout = setTimeout(kill, START_TIMEOUT_MS);
  try {
    const port = await Promise.race([listening(child), failed]);
    child.stdout.resume();
    const address = `127.0.0.1:${port}`;
    return { pid: child.pid ?? 0, httpUrl: `http://${address}`, wsUrl: `ws://${address}`, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timeout);
  }
}
