/** Swaps with limits that the market has already left behind, and transfers more than it has: mined, and reverted. */
import { swapCall, transferCall } from "../calls.ts";
import { otherToken, swapAt } from "../market.ts";
import { worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { type Trader, usualFee } from "./trader.ts";

const CHANCE_PER_BLOCK = 0.7;
/** It asks for this much more than there is to get. */
const GREED = -0.03;
const SWAP_USD = 500;
/** More than any wallet has. */
const TOO_MUCH_USD = 1e12;

export function careless(seed: number): Trader {
  const random = new Random(seed, "careless");
  const wallets = createWallets("careless", 2);
  return {
    name: "careless",
    wallets,
    act({ market }) {
      if (!random.chance(CHANCE_PER_BLOCK)) return [];
      const from = random.pick(wallets);
      const view = random.pick(market);
      const tokenIn = random.pick([view.pool.token0, view.pool.token1]);
      const exact = random.pick(["in", "out"] as const);
      const amount = worth((exact === "in" ? tokenIn : otherToken(view, tokenIn)).name, SWAP_USD);
      const call = random.chance(0.2)
        ? transferCall(tokenIn, random.pick(wallets).address, worth(tokenIn.name, TOO_MUCH_USD))
        : swapCall(view.pool, swapAt(view, tokenIn, exact, amount, GREED), from.address);
      return [{ from, call, fee: usualFee(random, 0.1, 2), at: random.next() }];
    },
  };
}
