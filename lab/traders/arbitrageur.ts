/**
 * Looks at two pools of one pair; where their prices are further apart than both fees, it buys in the cheaper one and
 * sells in the dearer one, early in the block and with a high tip, so as to be first.
 */
import { swapCall } from "../calls.ts";
import type { Token } from "../deploy.ts";
import { type PoolView, quoteOut, reserves, swapAt } from "../market.ts";
import { TOKENS } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { type Order, type Trader, type Turn, usualFee } from "./trader.ts";

/** Less is not worth the gas of two swaps. */
const LEAST_PROFIT_USD = 15;
const TRADES_PER_BLOCK = 2;
const TOLERANCE = 0.01;

interface Trade {
  readonly buy: PoolView;
  readonly sell: PoolView;
  readonly token: Token;
  readonly amount: bigint;
  readonly profitUsd: number;
}

/** The input that gains most, as two constant-product pools have it in closed form; negative where none gains. */
export function bestInput(buy: PoolView, sell: PoolView, token: Token): number {
  const [in1, out1] = reserves(buy, token).map(Number) as [number, number];
  const [out2, in2] = reserves(sell, token).map(Number) as [number, number];
  const [kept1, kept2] = [1 - buy.fee / 1e6, 1 - sell.fee / 1e6];
  // The two pools in a row are one constant-product pool with these reserves.
  const reserveIn = (in1 * in2) / (in2 + kept2 * out1);
  const reserveOut = (kept2 * out1 * out2) / (in2 + kept2 * out1);
  return (Math.sqrt(kept1 * reserveIn * reserveOut) - reserveIn) / kept1;
}

function trade(buy: PoolView, sell: PoolView, token: Token): Trade {
  const amount = BigInt(Math.max(0, Math.floor(bestInput(buy, sell, token))));
  const middle = buy.pool.token0 === token ? buy.pool.token1 : buy.pool.token0;
  const gain = quoteOut(sell, middle, quoteOut(buy, token, amount)) - amount;
  const { decimals, usd } = TOKENS[token.name];
  return { buy, sell, token, amount, profitUsd: (Number(gain) / 10 ** decimals) * usd };
}

function* gaps(market: readonly PoolView[]): Generator<Trade> {
  for (const buy of market) {
    for (const sell of market) {
      const { token0, token1 } = buy.pool;
      if (buy === sell || sell.pool.token0 !== token0 || sell.pool.token1 !== token1) continue;
      yield trade(buy, sell, token0);
    }
  }
}

export function arbitrageur(seed: number): Trader {
  const random = new Random(seed, "arbitrageur");
  const wallets = createWallets("arbitrageur", 2);

  function orders({ buy, sell, token, amount }: Trade): Order[] {
    const from = random.pick(wallets);
    const fee = usualFee(random, 5, 20);
    const first = swapAt(buy, token, "in", amount, TOLERANCE);
    const second = swapAt(sell, first.tokenOut, "in", quoteOut(buy, token, amount), TOLERANCE);
    return [
      { from, call: swapCall(buy.pool, first, from.address), fee, at: 0.05 },
      { from, call: swapCall(sell.pool, second, from.address), fee, at: 0.06 },
    ];
  }

  return {
    name: "arbitrageur",
    wallets,
    act({ market }: Turn) {
      const best = [...gaps(market)]
        .filter(({ profitUsd }) => profitUsd >= LEAST_PROFIT_USD)
        .toSorted((a, b) => b.profitUsd - a.profitUsd);
      const busy = new Set<PoolView>();
      const chosen: Order[] = [];
      for (const candidate of best) {
        const { buy, sell } = candidate;
        if (busy.has(buy) || busy.has(sell) || chosen.length >= 2 * TRADES_PER_BLOCK) continue;
        busy.add(buy).add(sell);
        chosen.push(...orders(candidate));
      }
      return chosen;
    },
  };
}
