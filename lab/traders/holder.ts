/** Moves tokens and ether to others, and lets routers spend: what fills blocks between the trades. */
import { approveCall, etherCall, transferCall } from "../calls.ts";
import type { Call, Wallet } from "../chain.ts";
import { TOKEN_NAMES, worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { occurrences, type Trader, type Turn, usualFee } from "./trader.ts";

const PER_BLOCK = 3.5;

export function holder(seed: number): Trader {
  const random = new Random(seed, "holder");
  const wallets = createWallets("holder", 6);

  function call({ deployment }: Turn, from: Wallet): Call {
    const token = deployment.tokens[random.pick(TOKEN_NAMES)];
    const amount = worth(token.name, random.magnitude(5, 20_000));
    const to = random.pick(wallets.filter((wallet) => wallet !== from)).address;
    const kind = random.next();
    if (kind < 0.55) return transferCall(token, to, amount);
    if (kind < 0.8) return etherCall(to, worth("WETH", random.magnitude(10, 5_000)));
    return approveCall(token, random.pick(Object.values(deployment.venues)).router, amount);
  }

  return {
    name: "holder",
    wallets,
    act: (turn) =>
      Array.from({ length: occurrences(random, PER_BLOCK) }, () => {
        const from = random.pick(wallets);
        return { from, call: call(turn, from), fee: usualFee(random, 0.02, 1.5), at: random.next() };
      }),
  };
}
