/** What a trader is: asked once a block, it answers with the transactions that it will send while the block lasts. */
import type { Call, Client, Fee, Wallet } from "../chain.ts";
import type { Deployment } from "../deploy.ts";
import type { PoolView } from "../market.ts";
import type { Random } from "../random.ts";

export interface Turn {
  /** Counts the blocks since trading began. */
  readonly block: number;
  readonly market: readonly PoolView[];
  readonly deployment: Deployment;
  readonly client: Client;
  /** 1 at the usual base fee, more when blockspace is cheap, less when it is dear. */
  readonly demand: number;
}

export interface Order {
  readonly from: Wallet;
  readonly call: Call;
  readonly fee: Fee;
  /** When it is sent, in blocks from the turn's beginning: 0.5 half way through, 1.2 early in the next block. */
  readonly at: number;
  /** Takes the place of the sender's last transaction: the same nonce. */
  readonly replaces?: true;
}

export interface Trader {
  readonly name: string;
  readonly wallets: readonly Wallet[];
  act(turn: Turn): Order[] | Promise<Order[]>;
}

/** Most senders use the newer kind of transaction, whose limit is twice the base fee, as wallets have it. */
export function usualFee(random: Random, lowTipGwei: number, highTipGwei: number): Fee {
  const tip_gwei = random.magnitude(lowTipGwei, highTipGwei);
  return random.chance(0.25)
    ? { type: "legacy", tip_gwei, base_fee_share: 1.13 }
    : { type: "eip1559", tip_gwei, base_fee_share: 2 };
}

/** How often something that happens `mean` times a block on average happens in this one. */
export function occurrences(random: Random, mean: number): number {
  let count = Math.floor(mean);
  if (random.chance(mean - count)) count += 1;
  return count;
}
