/** For tests: a real EVM node, and a Uniswap V2 pair on it made of the published contracts. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { type Abi, encodeDeployData, encodeFunctionData, type Hex } from "viem";

const require = createRequire(import.meta.url);

function binary(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const fromAnvil = createRequire(require.resolve("@foundry-rs/anvil/package.json"));
  return fromAnvil.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/bin/anvil`);
}

export interface Contract {
  abi: Abi;
  bytecode: Hex;
}

/** @param path of a published artifact, in its package */
export function contract(path: string): Contract {
  const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(path), "utf8")) as {
    abi: Abi;
    bytecode: string;
  };
  return { abi, bytecode: `0x${bytecode.replace(/^0x/, "")}` };
}

export const FACTORY = contract("@uniswap/v2-core/build/UniswapV2Factory.json");
export const PAIR = contract("@uniswap/v2-core/build/UniswapV2Pair.json");
export const TOKEN = contract("@uniswap/v2-core/build/ERC20.json");

export interface Mined {
  readonly status: Hex;
  readonly blockNumber: Hex;
  readonly contractAddress: Hex;
  readonly logs: readonly { topics: Hex[]; data: Hex; address: Hex; logIndex: Hex }[];
}

/** A node that mines each transaction at once, with its first account unlocked. */
export class Anvil {
  readonly host: string;
  readonly #child: ChildProcess;
  #account: Hex = "0x";

  private constructor(child: ChildProcess, host: string) {
    this.#child = child;
    this.host = host;
  }

  /** @param state where the node keeps its chain over a stop and a start; by default it keeps none */
  static async start(state?: string): Promise<Anvil> {
    const keep = state === undefined ? [] : ["--state", state];
    const child = spawn(binary(), ["--port", "0", "--prune-history", "128", ...keep], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const host = /^Listening on (\S+)$/.exec(line.trim())?.[1];
      if (host === undefined) continue;
      child.stdout.resume();
      const node = new Anvil(child, host);
      const [account] = (await node.rpc("eth_accounts", [])) as Hex[];
      node.#account = account as Hex;
      return node;
    }
    throw new Error("anvil ended before it listened");
  }

  get wsUrl(): string {
    return `ws://${this.host}`;
  }

  get account(): Hex {
    return this.#account;
  }

  async rpc(method: string, params: unknown[]): Promise<unknown> {
    const response = await fetch(`http://${this.host}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Sends from the unlocked account; the receipt, whatever the outcome. */
  async send(to: Hex | undefined, data: Hex): Promise<Mined> {
    const gas = "0x5b8d80";
    const hash = await this.rpc("eth_sendTransaction", [{ from: this.#account, to, data, gas }]);
    // The node answers with the hash before it has mined.
    for (;;) {
      const receipt = (await this.rpc("eth_getTransactionReceipt", [hash])) as Mined | null;
      if (receipt !== null) return receipt;
      await setTimeout(5);
    }
  }

  async deploy({ abi, bytecode }: Contract, ...args: unknown[]): Promise<Hex> {
    return (await this.send(undefined, encodeDeployData({ abi, bytecode, args }))).contractAddress;
  }

  call(to: Hex, { abi }: Contract, functionName: string, ...args: unknown[]): Promise<Mined> {
    return this.send(to, encodeFunctionData({ abi, functionName, args }));
  }

  read(to: Hex, { abi }: Contract, functionName: string, ...args: unknown[]): Promise<Hex> {
    return this.rpc("eth_call", [
      { to, data: encodeFunctionData({ abi, functionName, args }) },
      "latest",
    ]) as Promise<Hex>;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    // The signal on which it writes its state.
    this.#child.kill("SIGINT");
    await exit;
  }
}
