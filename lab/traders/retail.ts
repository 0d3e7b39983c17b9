/** Many people with small swaps through the routers: exact in and exact out, one pool or two, tokens or ether. */
import { swapCall, v2EtherSwapCall, v2PathSwapCall } from "../calls.ts";
import type { Call, Wallet } from "../chain.ts";
import type { Token } from "../deploy.ts";
import { dearToken, otherToken, type PoolView, quoteOut, swapAt } from "../market.ts";
import { VENUES, worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { occurrences, type Trader, type Turn, usualFee } from "./trader.ts";

const SWAPS_PER_BLOCK = 13;
/** Share of trades by those who know what the tokens are worth; it keeps prices from straying for ever. */
const KNOWING = 0.25;
const TOLERANCE = 0.01;

function isV2({ pool }: PoolView): boolean {
  return VENUES[pool.row.venue].kind === "v2";
}

/** A pool of the same venue that goes on from `token`, other than the one that led there. */
function nextHop(market: readonly PoolView[], from: PoolView, token: Token): PoolView | undefined {
  const { router, token0, token1 } = from.pool;
  return market.find(
    ({ pool }) =>
      pool.router === router &&
      (pool.token0 === token || pool.token1 === token) &&
      (pool.token0 !== token0 || pool.token1 !== token1),
  );
}

function randomSwap(random: Random, { market }: Turn, { address }: Wallet): Call {
  const view = random.pick(market);
  const tokenIn = random.chance(KNOWING)
    ? dearToken(view)
    : random.pick([view.pool.token0, view.pool.token1]);
  const tokenOut = otherToken(view, tokenIn);
  const usd = random.magnitude(40, 6_000);
  if (random.chance(0.25)) {
    return swapCall(view.pool, swapAt(view, tokenIn, "out", worth(tokenOut.name, usd), TOLERANCE), address);
  }
  const amount = worth(tokenIn.name, usd);
  const hop = isV2(view) && random.chance(0.25) ? nextHop(market, view, tokenOut) : undefined;
  if (hop !== undefined) {
    const out = quoteOut(hop, tokenOut, quoteOut(view, tokenIn, amount));
    const path = [tokenIn, tokenOut, otherToken(hop, tokenOut)];
    return v2PathSwapCall(view.pool.router, path, amount, (out * 98n) / 100n, address);
  }
  const swap = swapAt(view, tokenIn, "in", amount, TOLERANCE);
  const hasEther = isV2(view) && (tokenIn.name === "WETH" || tokenOut.name === "WETH");
  return hasEther && random.chance(0.4)
    ? v2EtherSwapCall(view.pool, swap, address)
    : swapCall(view.pool, swap, address);
}

export function retail(seed: number): Trader {
  const random = new Random(seed, "retail");
  const wallets = createWallets("retail", 16);
  return {
    name: "retail",
    wallets,
    act: (turn) =>
      Array.from({ length: occurrences(random, SWAPS_PER_BLOCK * turn.demand) }, () => {
        const from = random.pick(wallets);
        const at = random.next();
        return { from, at, call: randomSwap(random, turn, from), fee: usualFee(random, 0.05, 3) };
      }),
  };
}
