/**
 * Blocks of which each opens one opportunity: its Sync makes one of a pair's two pools dear, and the next block's puts that
 * back. Around it goes on what the fold's log has: swaps in other pools, transactions.
 */
import { chainHead, hash } from "../../model/testing/messages.ts";
import {
  APART_RESERVE1,
  LAP_MESSAGES,
  REST_RESERVE1,
  TURNS,
  tx,
  V2_POOLS,
  v2Pool,
  v2Swap,
  v2Sync,
  v3Swap,
} from "../fold-log.ts";

const PAIRS = V2_POOLS / 2;
/** Of the log's turns. */
const ROUNDS = 3;
/** Beyond those of all laps of the log. */
const FIRST_BLOCK = 1_000_000;
const FIRST_TRANSACTION = 100_000_000;

export const BLOCK_NOTE =
  `${ROUNDS * 8} swaps in as many V3 pools, a Sync and a swap in each of 6 V2 pools, ${ROUNDS * 6} transactions, the ` +
  "ChainHead";

export interface Block {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export interface OpeningBlock extends Block {
  /** What it opens, as `wayOf` names it. */
  readonly opens: string;
}

/** A way to buy in one pool and sell in another, by their addresses. */
export function wayOf(buyPool: string, sellPool: string): string {
  return `${buyPool}:${sellPool}`;
}

export class Blocks {
  #made = 0;

  /** All pools of all pairs worth the same. */
  settling(): Block {
    return this.#block(
      Array.from({ length: V2_POOLS }, (_, pool) => pool),
      null,
    );
  }

  /** Opens a way in the pair that was left alone for longest. */
  next(): OpeningBlock {
    const pair = this.#made % PAIRS;
    const [before, other] = [(pair + PAIRS - 1) % PAIRS, (pair + PAIRS / 2) % PAIRS];
    const pools = [before, other, pair].flatMap((each) => [2 * each, 2 * each + 1]);
    const [dear, cheap] = [2 * pair, 2 * pair + 1];
    return { ...this.#block(pools, dear), opens: wayOf(v2Pool(cheap), v2Pool(dear)) };
  }

  /** `dear`: the pool of V2's `pools` that the block leaves apart from the other one of its pair. */
  #block(pools: readonly number[], dear: number | null): Block {
    const made = this.#made++;
    const number = FIRST_BLOCK + made;
    const ms = Date.now();
    const rest = { block_hash: hash(number), block_number: BigInt(number) };
    let logs = 0;
    const at = () => ({ ...rest, tx_hash: hash(number), log_index: logs++ });
    const transactions: Uint8Array[] = [];
    const events: Uint8Array[] = [];
    for (let n = made * ROUNDS * TURNS; n < (made + 1) * ROUNDS * TURNS; n++) {
      const turn = n % TURNS;
      if (turn < 8) events.push(v3Swap(n % LAP_MESSAGES, at(), ms));
      else if (turn >= 12 && turn < 18) transactions.push(tx(FIRST_TRANSACTION + n, number, ms));
    }
    for (const pool of pools) {
      const reserve1 = pool === dear ? REST_RESERVE1 + APART_RESERVE1 : REST_RESERVE1;
      events.push(v2Sync(pool, reserve1, at(), ms), v2Swap(pool, at(), ms));
    }
    const head = chainHead(number, { block_timestamp: BigInt(ms) / 1_000n }, { ms });
    return { number, bytes: Buffer.concat([...transactions, ...events, head]) };
  }
}
