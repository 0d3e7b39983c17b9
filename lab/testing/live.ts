/**
 * For tests: a stage whose chain a real server collects, and a stream-v2 client that reads its opportunities as they are
 * sent.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { type RunningServer, startServer } from "../../server/server.ts";
import { EvmSource } from "../../server/sources/evm/source.ts";
import { getSnapshot, StreamClient } from "../../server/testing/harness.ts";
import { type Pool, swapCall } from "../calls.ts";
import { chainSectionOf, factoriesOf, stableTokensOf, type Token } from "../deploy.ts";
import { otherToken, type PoolView, readMarket, reserves } from "../market.ts";
import { openPools } from "../open-pools.ts";
import { type AlgebraFee, Stage } from "./stage.ts";

const CHANNEL = "opportunity.main";
/** Batches that the client may be sent before it asks for more. */
const CREDIT = 8;
/** About half of the narrowest tick range there is in the lab's pools of WETH and USDC. */
const NUDGE = 0.0005;
/** How often it is looked whether the collector has reached the head. */
const HEAD_CHECK_MS = 10;

export class LiveLab {
  readonly stage: Stage;
  readonly server: RunningServer;
  readonly pools: readonly Pool[];
  /** What the server has written for a signal relay. */
  readonly signals: readonly Uint8Array[];
  readonly #reader: OpportunityReader;

  private constructor(
    stage: Stage,
    server: RunningServer,
    reader: OpportunityReader,
    pools: readonly Pool[],
    signals: readonly Uint8Array[],
  ) {
    this.stage = stage;
    this.server = server;
    this.pools = pools;
    this.signals = signals;
    this.#reader = reader;
  }

  /** The collector runs before the first pool exists, so it sees all that ever happens to them. */
  static async open(algebraFee: AlgebraFee): Promise<LiveLab> {
    const stage = await Stage.open(algebraFee);
    const { node, chain, deployment } = stage;
    const source = new EvmSource({
      endpoints: [node.wsUrl],
      factories: factoriesOf(deployment),
      stable_tokens: stableTokensOf(deployment),
    });
    const model = { chains: [chainSectionOf(deployment)] };
    const written: Uint8Array[] = [];
    const signals = {
      push: (message: Uint8Array) => void written.push(message),
      counts: () => ({ received: written.length, forwarded: written.length, held: 0, dropped: 0 }),
    };
    const server = await startServer({ sources: [source], port: 0, model, signals, log: () => {} });
    try {
      const head = Number(await chain.client.getBlockNumber());
      while (source.lastBlock < head) await sleep(HEAD_CHECK_MS);
      const reader = await OpportunityReader.open(server);
      const pools = await openPools(chain, deployment, stage.provider);
      return new LiveLab(stage, server, reader, pools, written);
    } catch (error) {
      await server.close();
      await stage.close();
      throw error;
    }
  }

  /**
   * Trades in `sell` until it pays about `gap` (0.02 = 2 %) more of the quote than `buy` asks, in a block of its own; `buy`
   * itself becomes a little cheaper, so that it stands at no tick range's upper boundary. Resolves with the block's number.
   */
  async openGap(buy: Pool, sell: Pool, quote: Token, gap: number): Promise<bigint> {
    const views = await readMarket(this.stage.chain.client, [buy, sell]);
    const [asks, pays] = views.map((view) => priceOf(view, quote)) as [number, number];
    await this.#move(views[0] as PoolView, quote, 1 - NUDGE);
    await this.#move(views[1] as PoolView, quote, (asks * (1 + gap)) / pays);
    return this.stage.mine();
  }

  /** Sends the swap that makes the price so many times what it is, as far as the liquidity at that price reaches. */
  async #move(view: PoolView, quote: Token, times: number): Promise<void> {
    const base = otherToken(view, quote);
    // A constant product's price goes with the square of its reserve.
    const [tokenIn, factor] = times > 1 ? [quote, Math.sqrt(times)] : [base, Math.sqrt(1 / times)];
    const amount = BigInt(Math.round(Number(reserves(view, tokenIn)[0]) * (factor - 1)));
    const swap = { exact: "in", tokenIn, tokenOut: otherToken(view, tokenIn), amount, limit: 0n } as const;
    const { mover } = this.stage;
    await this.stage.send(mover, swapCall(view.pool, swap, mover.address));
  }

  /** The first row that stream-v2 brings for which it holds, those of now among them. */
  opportunity(holds: (row: OpportunityEntity) => boolean): Promise<OpportunityEntity> {
    return this.#reader.find(holds);
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.server.close();
    await this.stage.close();
  }
}

/** Quote a base, in raw units. */
function priceOf(view: PoolView, quote: Token): number {
  const [ofQuote, ofBase] = reserves(view, quote);
  return Number(ofQuote) / Number(ofBase);
}

/** A copy of opportunity.main, as a client of stream-v2 has it. */
class OpportunityReader {
  readonly #rows = new Map<string, OpportunityEntity>();
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
      const found = [...this.#rows.values()].find(holds);
      if (found !== undefined) return found;
      const { patch } = await this.#client.nextBatch();
      for (const id of patch.remove) this.#rows.delete(id);
      for (const row of patch.upsert) this.#take(row);
      this.#client.credit(CHANNEL, 1);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #take(row: object): void {
    const opportunity = row as OpportunityEntity;
    this.#rows.set(opportunity.id, opportunity);
  }
}
