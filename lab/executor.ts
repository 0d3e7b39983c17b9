/** Executes an opportunity as it stands in opportunity.main: its two swaps, with its input, in the next block. */
import { getAddress } from "viem";
import type { OpportunityEntity } from "../protocol/stream/entities.ts";
import * as abi from "./abi.ts";
import { type Pool, swapCall } from "./calls.ts";
import type { Chain, Fee, Wallet } from "./chain.ts";
import type { Token } from "./deploy.ts";

/** So much that nobody comes before it. */
const FEE: Fee = { type: "eip1559", tip_gwei: 50, base_fee_share: 2 };

export interface Realised {
  /** Of the token that went in, raw units: balance after less balance before. */
  readonly profit: bigint;
  /** Of the token in between: 0 where all that was bought was sold. */
  readonly left: bigint;
  /** Of the block that both swaps are in. */
  readonly block: bigint;
}

type Exact = Pick<OpportunityEntity, "buy_pool" | "sell_pool" | "token_in" | "optimal_in" | "expected_out">;

/**
 * Buys and sells through the pools' routers and mines the block, `seconds` after the last. Each swap takes nothing less than
 * what was predicted, else it is mined as reverted, for which this throws.
 */
export async function execute(
  chain: Chain,
  pools: readonly Pool[],
  wallet: Wallet,
  opportunity: Exact,
  seconds: number,
): Promise<Realised> {
  const buy = poolAt(pools, opportunity.buy_pool);
  const sell = poolAt(pools, opportunity.sell_pool);
  const { optimal_in, expected_out } = opportunity;
  if (optimal_in === null || expected_out === null) throw new Error("the opportunity tells no amounts");
  const isIn0 = buy.token0.address.toLowerCase() === opportunity.token_in;
  const [tokenIn, tokenOut] = isIn0 ? [buy.token0, buy.token1] : [buy.token1, buy.token0];
  const [amountIn, between] = [BigInt(optimal_in.raw), BigInt(expected_out.raw)];

  const before = await balances(chain, wallet, tokenIn, tokenOut);
  const swap = (pool: Pool, from: Token, to: Token, amount: bigint, limit: bigint) =>
    chain.send(
      wallet,
      swapCall(pool, { exact: "in", tokenIn: from, tokenOut: to, amount, limit }, wallet.address),
      FEE,
    );
  const first = await swap(buy, tokenIn, tokenOut, amountIn, between);
  const second = await swap(sell, tokenOut, tokenIn, between, 0n);
  await chain.mine(seconds);
  const reverted = await chain.revertedInHead();
  if (reverted.has(first)) throw new Error(`the swap in ${buy.address} brought less than predicted`);
  if (reverted.has(second)) throw new Error(`the swap in ${sell.address} failed`);
  const after = await balances(chain, wallet, tokenIn, tokenOut);
  const [profit, left] = [after[0] - before[0], after[1] - before[1]];
  return { profit, left, block: await chain.client.getBlockNumber() };
}

/** A pool by its address, in whichever case. */
export function poolAt(pools: readonly Pool[], address: string): Pool {
  const pool = pools.find((each) => getAddress(each.address) === getAddress(address));
  if (pool === undefined) throw new Error(`${address} is none of the lab's pools`);
  return pool;
}

function balances({ client }: Chain, { address: owner }: Wallet, ...tokens: readonly Token[]) {
  const balanceOf = ({ address }: Token) =>
    client.readContract({
      address,
      abi: abi.TOKEN,
      functionName: "balanceOf",
      args: [owner],
    });
  return Promise.all(tokens.map(balanceOf)) as Promise<[bigint, bigint]>;
}
