/** Changes its mind about what it has just sent: a higher fee for the same, or a payment to itself, by the same nonce. */
import { etherCall, swapCall } from "../calls.ts";
import type { Fee } from "../chain.ts";
import { swapAt } from "../market.ts";
import { worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import type { Trader } from "./trader.ts";

/** Each wallet acts once in so many blocks: its last transaction is mined by then. */
const BLOCKS_BETWEEN = 6;
const CAUTIOUS: Fee = { type: "eip1559", tip_gwei: 1, base_fee_share: 1.5 };
const DETERMINED: Fee = { type: "eip1559", tip_gwei: 6, base_fee_share: 2.5 };

export function impatient(seed: number): Trader {
  const random = new Random(seed, "impatient");
  const wallets = createWallets("impatient", 3);
  return {
    name: "impatient",
    wallets,
    act({ block, market }) {
      const from = wallets[(block % BLOCKS_BETWEEN) / 2];
      if (from === undefined) return [];
      const view = random.pick(market);
      const amount = worth(view.pool.token0.name, random.magnitude(100, 2_000));
      const call = swapCall(view.pool, swapAt(view, view.pool.token0, "in", amount, 0.1), from.address);
      const cancels = random.chance(0.3);
      const at = random.between(0.05, 0.4);
      const again = at + random.between(0.2, 0.55);
      const second = cancels ? etherCall(from.address, 0n) : call;
      return [
        { from, call, fee: CAUTIOUS, at },
        { from, call: second, fee: DETERMINED, at: again, replaces: true },
      ];
    },
  };
}
