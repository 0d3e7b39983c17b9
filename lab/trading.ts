/** Trading, block by block: everybody is asked, what they answer is sent through the block's time, the block is mined. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "./calls.ts";
import type { Chain } from "./chain.ts";
import type { Deployment } from "./deploy.ts";
import { readMarket } from "./market.ts";
import type { Order, Trader } from "./traders/trader.ts";

/** Chain time and, as the lab runs, real time from one block to the next. */
export const BLOCK_S = 2;
const BLOCK_MS = BLOCK_S * 1000;

/**
 * Of a block. About twice of what the traders use at the usual base fee, so that the fee moves in both directions; more
 * or less demand holds it near there.
 */
const BLOCK_GAS = 4_400_000n;
export const USUAL_BASE_FEE_WEI = 20_000_000_000n;
const LEAST_DEMAND = 0.4;
const MOST_DEMAND = 1.5;

export interface TradingOptions {
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly pools: readonly Pool[];
  readonly traders: readonly Trader[];
  /** Ends before the next block when it says so. */
  readonly isOver: (block: number) => boolean;
  /** Cuts waiting short; rejects with its reason. */
  readonly signal: AbortSignal;
}

/** An order in the queue: `at` counts from the beginning of trading. */
interface Queued extends Order {
  readonly trader: string;
}

/**
 * Nodes can mine by a clock of their own (`evm_setIntervalMining`). The lab mines each block itself when all that belongs
 * into it was sent: so the same seed gives the same transactions in the same blocks, however busy the machine is.
 */
export async function trade(options: TradingOptions): Promise<void> {
  const { chain, deployment, pools, traders, isOver, signal } = options;
  const { client } = chain;
  await client.setBlockGasLimit({ gasLimit: BLOCK_GAS });
  await chain.setBaseFee(USUAL_BASE_FEE_WEI);
  const queue: Queued[] = [];
  const begin = performance.now();
  const until = async (block: number) => {
    const wait = begin + block * BLOCK_MS - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    signal.throwIfAborted();
  };
  for (let block = 0; !isOver(block); block++) {
    const market = await readMarket(client, pools);
    const turn = { block, market, deployment, client, demand: demandAt(chain.baseFeeWei) };
    for (const trader of traders) {
      const orders = await trader.act(turn);
      queue.push(...orders.map((order) => ({ ...order, trader: trader.name, at: block + order.at })));
    }
    queue.sort((a, b) => a.at - b.at);
    const later = queue.findIndex(({ at }) => at >= block + 1);
    const due = queue.splice(0, later < 0 ? queue.length : later);
    for (const order of due) {
      await until(order.at);
      await send(chain, order);
    }
    await until(block + 1);
    await chain.mine(BLOCK_S);
  }
}

async function send(chain: Chain, { trader, from, call, fee, replaces }: Queued): Promise<void> {
  try {
    await chain.send(from, call, fee, replaces === true ? from.nonce - 1 : undefined);
  } catch (error) {
    throw new Error(`the node refused a transaction of the ${trader}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** People trade less while gas is dear. */
function demandAt(baseFeeWei: bigint): number {
  const ratio = Number(USUAL_BASE_FEE_WEI) / Number(baseFeeWei);
  return Math.min(MOST_DEMAND, Math.max(LEAST_DEMAND, ratio));
}
