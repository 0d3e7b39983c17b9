/** Seldom, but then a share of a whole pool that moves its price for everybody to see. */
import { swapCall } from "../calls.ts";
import { dearToken, swapAt } from "../market.ts";
import { worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { type Trader, usualFee } from "./trader.ts";

const CHANCE_PER_BLOCK = 0.2;
const LEAST_SHARE = 0.004;
const MOST_SHARE = 0.03;
/** How often it knows what the tokens are worth. */
const KNOWING = 0.5;
/** It would rather have its trade than the best price. */
const TOLERANCE = 0.05;

export function whale(seed: number): Trader {
  const random = new Random(seed, "whale");
  const wallets = createWallets("whale", 2);
  return {
    name: "whale",
    wallets,
    act({ market }) {
      if (!random.chance(CHANCE_PER_BLOCK)) return [];
      const view = random.pick(market);
      const tokenIn = random.chance(KNOWING)
        ? dearToken(view)
        : random.pick([view.pool.token0, view.pool.token1]);
      const amount = worth(tokenIn.name, view.pool.row.side_usd * random.magnitude(LEAST_SHARE, MOST_SHARE));
      const from = random.pick(wallets);
      const call = swapCall(view.pool, swapAt(view, tokenIn, "in", amount, TOLERANCE), from.address);
      return [{ from, call, fee: usualFee(random, 2, 8), at: random.next() }];
    },
  };
}
