/**
 * For tests: a lab whose chain a real server collects, and a stream-v2 client that reads its opportunities as they are sent.
 * Blocks are mined when the test says so, and hold what it sent.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFunctionData } from "viem";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { type RunningServer, startServer } from "../../server/server.ts";
import { EvmSource } from "../../server/sources/evm/source.ts";
import { getSnapshot, StreamClient } from "../../server/testing/harness.ts";
import * as abi from "../abi.ts";
import { type Pool, swapCall } from "../calls.ts";
import { Chain, type Fee, Wallet } from "../chain.ts";
import type { Token } from "../deploy.ts";
import { chainSectionOf, type Deployment, deployContracts, factoriesOf, stableTokensOf } from "../deploy.ts";
import { otherToken, type PoolView, readMarket, reserves } from "../market.ts";
import { type EvmNode, startNode } from "../node.ts";
import { openPools } from "../open-pools.ts";
import { Setup } from "../setup.ts";
import { giveEther } from "../wallets.ts";

export const BLOCK_S = 2;
const BASE_FEE_WEI = 20_000_000_000n;
const FEE: Fee = { type: "eip1559", tip_gwei: 2, base_fee_share: 2 };
const CHANNEL = "opportunity.main";
/** Batches that the client may be sent before it asks for more. */
const CREDIT = 8;
/** About half of the narrowest tick range there is in the test's pools. */
const NUDGE = 0.0005;
/** How often it is looked whether the collector has reached the head. */
const HEAD_CHECK_MS = 10;

export interface LiveOptions {
  /** `constant`: Algebra's factory gives pools a fee that no unrest moves. */
  readonly algebraFee: "constant" | "adaptive";
}

export class LiveLab {
  readonly node: EvmNode;
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly server: RunningServer;
  /** Moves prices. */
  readonly mover: Wallet;
  /** Executes opportunities. */
  readonly executor: Wallet;
  readonly pools: readonly Pool[];
  readonly #reader: OpportunityReader;

  private constructor(parts: Omit<LiveLab, "openGap" | "opportunity" | "close">, reader: OpportunityReader) {
    this.node = parts.node;
    this.chain = parts.chain;
    this.deployment = parts.deployment;
    this.server = parts.server;
    this.mover = parts.mover;
    this.executor = parts.executor;
    this.pools = parts.pools;
    this.#reader = reader;
  }

  /** The collector runs before the first pool exists, so it sees all that ever happens to them. */
  static async open({ algebraFee }: LiveOptions): Promise<LiveLab> {
    const genesisUnixS = Math.floor(Date.now() / 1000) - 60;
    const node = await startNode({ port: 0, genesisUnixS, baseFeeWei: BASE_FEE_WEI });
    let server: RunningServer | undefined;
    try {
      const chain = new Chain(node.httpUrl, genesisUnixS, BASE_FEE_WEI);
      const deployer = new Wallet("deployer");
      const [provider, mover, executor] = [
        new Wallet("first provider"),
        new Wallet("mover"),
        new Wallet("executor"),
      ];
      const owners = [provider, mover, executor];
      await giveEther(chain, [deployer, ...owners]);
      const deployment = await deployContracts(chain, deployer, owners);
      if (algebraFee === "constant") await fixAlgebraFee(chain, deployer, deployment);
      const source = new EvmSource({
        endpoints: [node.wsUrl],
        factories: factoriesOf(deployment),
        stable_tokens: stableTokensOf(deployment),
      });
      server = await startServer({
        sources: [source],
        port: 0,
        model: { chains: [chainSectionOf(deployment)] },
        log: () => {},
      });
      const head = Number(await chain.client.getBlockNumber());
      while (source.lastBlock < head) await sleep(HEAD_CHECK_MS);
      const reader = await OpportunityReader.open(server);
      const pools = await openPools(chain, deployment, provider);
      return new LiveLab({ node, chain, deployment, server, mover, executor, pools }, reader);
    } catch (error) {
      await server?.close();
      await node.stop();
      throw error;
    }
  }

  /**
   * Trades in `sell` until it pays about `gap` (0.02 = 2 %) more of the quote than `buy` asks, in a block of its own; `buy`
   * itself becomes a little cheaper, so that it stands at no tick range's upper boundary. Resolves with the block's number.
   */
  async openGap(buy: Pool, sell: Pool, quote: Token, gap: number): Promise<bigint> {
    const views = await readMarket(this.chain.client, [buy, sell]);
    const [asks, pays] = views.map((view) => priceOf(view, quote)) as [number, number];
    await this.#move(views[0] as PoolView, quote, 1 - NUDGE);
    await this.#move(views[1] as PoolView, quote, (asks * (1 + gap)) / pays);
    await this.chain.mine(BLOCK_S);
    if ((await this.chain.revertedInHead()).size > 0) throw new Error("a swap that was to open a gap failed");
    return this.chain.client.getBlockNumber();
  }

  /** Sends the swap that makes the price so many times what it is, as far as the liquidity at that price reaches. */
  async #move(view: PoolView, quote: Token, times: number): Promise<void> {
    const base = otherToken(view, quote);
    // A constant product's price goes with the square of its reserve.
    const [tokenIn, factor] = times > 1 ? [quote, Math.sqrt(times)] : [base, Math.sqrt(1 / times)];
    const amount = BigInt(Math.round(Number(reserves(view, tokenIn)[0]) * (factor - 1)));
    const swap = { exact: "in", tokenIn, tokenOut: otherToken(view, tokenIn), amount, limit: 0n } as const;
    await this.chain.send(this.mover, swapCall(view.pool, swap, this.mover.address), FEE);
  }

  /** The first row that stream-v2 brings for which it holds, those of now among them. */
  opportunity(holds: (row: OpportunityEntity) => boolean): Promise<OpportunityEntity> {
    return this.#reader.find(holds);
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.server.close();
    await this.node.stop();
  }
}

/** Quote a base, in raw units. */
function priceOf(view: PoolView, quote: Token): number {
  const [ofQuote, ofBase] = reserves(view, quote);
  return Number(ofQuote) / Number(ofBase);
}

/** A copy of opportunity.main, as a client of stream-v2 has it. */
class OpportunityReader {
  readonly rows = new Map<string, OpportunityEntity>();
  readonly #client: StreamClient;

  private constructor(client: StreamClient) {
    this.#client = client;
  }

  static async open(server: RunningServer): Promise<OpportunityReader> {
    const snapshot = await getSnapshot(server, `?channels=${CHANNEL}`);
    const reader = new OpportunityReader(new StreamClient(server.url));
    await reader.#client.identify(snapshot.epoch, snapshot.snapshot_seq, [CHANNEL]);
    reader.#client.credit(CHANNEL, CREDIT);
    for (const row of snapshot.channels[CHANNEL]?.upsert ?? []) reader.#take(row);
    return reader;
  }

  async find(holds: (row: OpportunityEntity) => boolean): Promise<OpportunityEntity> {
    for (;;) {
      const found = [...this.rows.values()].find(holds);
      if (found !== undefined) return found;
      const { patch } = await this.#client.nextBatch();
      for (const id of patch.remove) this.rows.delete(id);
      for (const row of patch.upsert) this.#take(row);
      this.#client.credit(CHANNEL, 1);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #take(row: object): void {
    const opportunity = row as OpportunityEntity;
    this.rows.set(opportunity.id, opportunity);
  }
}

/** Pools that the factory makes from now on keep its lowest fee: both of the curves that raise it are flat. */
async function fixAlgebraFee(chain: Chain, deployer: Wallet, { venues }: Deployment): Promise<void> {
  const setup = new Setup(chain);
  const args = [0, 0, 360, 60_000, 59, 8_500, 0, 10, 100] as const;
  const data = encodeFunctionData({
    abi: abi.ALGEBRA_FACTORY,
    functionName: "setBaseFeeConfiguration",
    args,
  });
  setup.send(deployer, "a constant fee", { to: venues["quickswap-v3"].factory, data });
  await setup.mine();
}
