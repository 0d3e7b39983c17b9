/** The lab as a whole: a node with contracts and traders, and the collector that records them. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { RecordingManifest } from "../protocol/recording/manifest.ts";
import { recordChain } from "../server/sources/evm/record-chain.ts";
import type { EvmSource } from "../server/sources/evm/source.ts";
import type { Pool } from "./calls.ts";
import { Chain, Wallet } from "./chain.ts";
import { chainSectionOf, type Deployment, deployContracts, factoriesOf, stableTokensOf } from "./deploy.ts";
import { type EvmNode, startNode } from "./node.ts";
import { openPools } from "./open-pools.ts";
import { SETUP_BLOCK_S } from "./setup.ts";
import type { Trader } from "./traders/trader.ts";
import { createTraders } from "./traders/traders.ts";
import { BLOCK_S, trade, USUAL_BASE_FEE_WEI } from "./trading.ts";
import { giveEther } from "./wallets.ts";

export const EXTENSION = ".tlv.gz";
const TITLE = "Lab: real DEX contracts on a local chain";
/** How often it is looked whether the collector has reached the head. */
const HEAD_CHECK_MS = 20;
/** A failure that comes so long before the node's end is taken for its consequence. */
const NODE_END_MS = 200;

export interface LabOptions {
  readonly seed: number;
  /** Of the node; 0 takes any free one. */
  readonly port: number;
  /** Stops whatever goes on; what then rejects does so with its reason. */
  readonly signal: AbortSignal;
}

export interface RecordLabOptions {
  /** Blocks of trading, BLOCK_S seconds each. */
  readonly blocks: number;
  /** `NAME.tlv.gz`; its manifest is `NAME.json`. */
  readonly out: string;
}

export interface LabRecording {
  readonly manifest: RecordingManifest;
  /** What the collector could not record, a line a kind; empty in a healthy lab. */
  readonly faults: readonly string[];
}

export class Lab {
  readonly node: EvmNode;
  readonly chain: Chain;
  readonly deployment: Deployment;
  pools: readonly Pool[] = [];
  readonly #traders: readonly Trader[];
  readonly #provider: Wallet;
  readonly #signal: AbortSignal;

  private constructor(node: EvmNode, chain: Chain, deployment: Deployment, cast: Cast, signal: AbortSignal) {
    this.node = node;
    this.chain = chain;
    this.deployment = deployment;
    this.#traders = cast.traders;
    this.#provider = cast.provider;
    this.#signal = signal;
  }

  /** A node with contracts and funded wallets. Rejects with CliError where the node does not start. */
  static async open({ seed, port, signal }: LabOptions): Promise<Lab> {
    const genesisUnixS = unixSeconds() - 60;
    const node = await startNode({ port, genesisUnixS, baseFeeWei: USUAL_BASE_FEE_WEI });
    try {
      const chain = new Chain(node.httpUrl, genesisUnixS, USUAL_BASE_FEE_WEI);
      const deployer = new Wallet("deployer");
      const cast = { traders: createTraders(seed), provider: new Wallet("first provider") };
      const owners = [cast.provider, ...cast.traders.flatMap(({ wallets }) => wallets)];
      await giveEther(chain, [deployer, ...owners]);
      const deployment = await deployContracts(chain, deployer, owners);
      signal.throwIfAborted();
      // A collector begins with the head: let it not be the hundreds of transactions of the set-up.
      await chain.mine(SETUP_BLOCK_S);
      return new Lab(node, chain, deployment, cast, signal);
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  /**
   * Opens the pools and lets everybody trade, with the collector running before the first pool exists: so the recording
   * holds all that ever happened to them. Once a lab.
   */
  async record({ blocks, out }: RecordLabOptions): Promise<LabRecording> {
    const folder = await mkdtemp(join(tmpdir(), "mempulse-lab-recording-"));
    const file = join(folder, basename(out).replace(/\.gz$/, ""));
    const stop = new AbortController();
    let source: EvmSource | undefined;
    const recording = recordChain({
      endpoints: [this.node.wsUrl],
      out: file,
      signal: stop.signal,
      title: TITLE,
      shows: `${blocks * BLOCK_S} seconds of Uniswap V2 and V3, SushiSwap and QuickSwap V3: swaps, liquidity, arbitrage, reverted and replaced transactions.`,
      factories: factoriesOf(this.deployment),
      stable_tokens: stableTokensOf(this.deployment),
      chains: [chainSectionOf(this.deployment)],
      onSource: (created) => {
        source = created;
      },
    });
    const trading = async () => {
      await this.#collected(source);
      this.chain.setTime(unixSeconds());
      await this.chain.setBaseFee(USUAL_BASE_FEE_WEI);
      this.pools = await openPools(this.chain, this.deployment, this.#provider);
      await this.trade((block) => block >= blocks);
      await this.#collected(source);
      stop.abort();
    };
    try {
      const [{ manifest, faults }] = await this.#whileNodeLives(Promise.all([recording, trading()]));
      await writeFile(out, await promisify(gzip)(await readFile(file), { level: 9 }));
      await writeFile(out.replace(EXTENSION, ".json"), `${JSON.stringify(manifest, null, 2)}\n`);
      return { manifest, faults };
    } finally {
      stop.abort();
      await Promise.allSettled([recording]);
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Trading block after block until `isOver`, or until the lab's signal, for which it rejects. */
  async trade(isOver: (block: number) => boolean): Promise<void> {
    const { chain, deployment, pools } = this;
    const trading = trade({ chain, deployment, pools, traders: this.#traders, isOver, signal: this.#signal });
    await this.#whileNodeLives(trading);
  }

  close(): Promise<void> {
    return this.node.stop();
  }

  /** What `work` gives. A node that ends breaks every connection to it; of the two its own end is the better news. */
  async #whileNodeLives<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.node.failed]);
    } catch (error) {
      await Promise.race([this.node.failed, sleep(NODE_END_MS)]);
      throw error;
    }
  }

  /** Resolves when the collector has handed over the chain's head. */
  async #collected(source: EvmSource | undefined): Promise<void> {
    const head = Number(await this.chain.client.getBlockNumber());
    while ((source?.lastBlock ?? 0) < head) await sleep(HEAD_CHECK_MS, undefined, { signal: this.#signal });
  }
}

interface Cast {
  readonly traders: readonly Trader[];
  /** Fills the pools at the beginning. */
  readonly provider: Wallet;
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
