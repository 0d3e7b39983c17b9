/**
 * Brings what was handed over up to the node's chain, whatever happened in between: one block more, an outage, a reorg,
 * both at once, another node. One rule serves all of it:
 *
 * 1. Find the newest block handed over that the node's chain has too, by hash; take back those after it, newest first.
 * 2. Hand over what follows it, in order, each block the child of the one before. Where the node's chain changes under
 *    it, begin again at 1.
 *
 * The cursor is the number after the last block handed over. Nothing else moves it: heads that come meanwhile only say
 * that there is more to do.
 */

import { type BackoffLimits, backoffMs } from "../../backoff.ts";
import type { Clock } from "../../clock.ts";
import type { BlockFetch } from "./block-fetch.ts";
import type { BlockRef, BlockUnit } from "./chain.ts";
import type { BlockEncoder } from "./encoder.ts";
import type { EvmFaults } from "./faults.ts";
import { HANDED_LIMITS, HandedBlocks } from "./handed-blocks.ts";
import { RpcError } from "./rpc/rpc.ts";

export const FOLLOW_LIMITS = {
  /** Blocks caught up with after an outage; older ones are missed, and counted. */
  max_outage_blocks_count: 10_000,
  /** The newest blocks of these are fetched whole, the others as their pool events and heads alone. */
  whole_blocks_count: 256,
  /** Whole blocks being fetched at once. */
  blocks_in_flight_count: 8,
  /** Blocks whose pool events are fetched and handed over at once. */
  log_blocks_count: 128,
  /** Blocks behind from which on it is a backfill, while connected; after a connection, two are one. */
  backfill_blocks_count: 8,
  /** A block that the node names and does not give in so many attempts, 5 to 10 s, is missed, and counted. */
  block_attempts_count: 12,
} as const;

export type FollowLimits = { readonly [K in keyof typeof FOLLOW_LIMITS]: number };

/** Remembered blocks compared with the node's at once. */
const COMPARED_COUNT = 16;
/** Any full node knows what pools held after so many of the last blocks: 128, less those that come meanwhile. */
const STATE_BLOCKS_COUNT = 64;
/** A node may name a block before all its servers have it. */
const ATTEMPT_BACKOFF: BackoffLimits = { first_ms: 100, most_ms: 1_000 };

/**
 * What came of an attempt to reach a head. `changed`: the node's chain is another one by now, or its answers do not fit
 * together. `withheld`: it names a block that it does not give.
 */
type Outcome = "reached" | "changed" | "withheld";

export interface FollowerOptions {
  readonly blocks: BlockFetch;
  readonly encoder: BlockEncoder;
  readonly faults: EvmFaults;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: FollowLimits;
  /** Blocks first to last are fetched now. */
  onBackfill(first: number, last: number): void;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #handed = new HandedBlocks();
  /** Number of the next block to hand over; of no meaning while there is none. */
  #next = Number.POSITIVE_INFINITY;
  #isResuming = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Number of the last block that was handed over; 0 before the first. */
  get last(): number {
    return this.#handed.last?.ref.number ?? 0;
  }

  /** No block was handed over yet. */
  get isFresh(): boolean {
    return this.#next === Number.POSITIVE_INFINITY;
  }

  /** A connection was made: other blocks may have come since the last one. */
  resume(): void {
    this.#isResuming = true;
  }

  has(hash: string): boolean {
    return this.#handed.has(hash);
  }

  /**
   * Resolves when all up to `head` is handed over, or is known to be out of reach. Rejects with RpcError when the node is
   * gone, or has less of the chain than what is remembered.
   */
  async follow(head: BlockRef): Promise<void> {
    const { limits, clock, random, blocks } = this.#options;
    let target = head;
    let stuckAt = -1;
    let attempt = 1;
    for (;;) {
      const outcome = await this.#attempt(target, attempt);
      if (outcome === "reached") break;
      attempt = stuckAt === this.#next ? attempt + 1 : 2;
      stuckAt = this.#next;
      const pause = backoffMs(attempt, ATTEMPT_BACKOFF, random());
      await new Promise<void>((resolve) => void clock.after(pause, resolve));
      const latest = await blocks.latest();
      if (latest.number >= target.number) target = latest;
      if (attempt <= limits.block_attempts_count) continue;
      // It was named too early, or is of a branch that was left.
      if (latest.number < this.#next) break;
      if (outcome === "changed") throw new RpcError(`the node's chain does not hold still at ${this.#next}`);
      this.#miss(this.#next, "the node does not have it whole");
    }
    this.#isResuming = false;
  }

  async #attempt(head: BlockRef, attempt: number): Promise<Outcome> {
    if (this.#handed.has(head.hash)) return "reached";
    const last = this.#handed.last?.ref;
    if (last === undefined) this.#next = Math.min(this.#next, head.number);
    else if (head.parent_hash !== last.hash) {
      const parted = await this.#branchPoint(head.number);
      if (parted === null) return "changed";
      this.#takeBackTo(parted);
    }
    const first = head.number - this.#options.limits.max_outage_blocks_count + 1;
    if (first > this.#next) this.#miss(first - 1, "too far behind");
    return this.#forward(head, attempt);
  }

  /**
   * Number of the newest block handed over that nothing in the node's chain speaks against; of none, -1. Null where the
   * node cannot tell.
   */
  async #branchPoint(head: number): Promise<number | null> {
    if (head < this.last - HANDED_LIMITS.blocks_count) {
      throw new RpcError(`the node is at block ${head}, far behind block ${this.last}`);
    }
    // A node that is a little behind says nothing of the blocks that it does not have yet.
    const known = this.#handed.newestFirst().filter(({ ref }) => ref.number <= head);
    if (known.length === 0) return this.last;
    for (let at = 0; at < known.length; at += COMPARED_COUNT) {
      const some = known.slice(at, at + COMPARED_COUNT);
      const theirs = await this.#options.blocks.headers(some.map(({ ref }) => ref.number));
      for (const [index, { ref }] of some.entries()) {
        const header = theirs[index];
        if (header === null || header === undefined) return null;
        if (header.hash === ref.hash) return at + index === 0 ? this.last : ref.number;
      }
    }
    return -1;
  }

  #takeBackTo(number: number): void {
    const { encoder, faults, clock } = this.#options;
    const unix_ms = Math.floor(clock.now().unix_ms);
    for (let last = this.#handed.last; last !== null && last.ref.number > number; last = this.#handed.last) {
      this.#handed.pop();
      encoder.takeBack(last.ref, last.told, unix_ms);
      this.#next = last.ref.number;
    }
    if (number < 0 && this.#handed.dropped > 0) {
      faults.add("deep_reorg", `below block ${this.#next}`);
      encoder.restate();
    }
  }

  /** Gives up the blocks up to `number`. */
  #miss(number: number, reason: string): void {
    const { faults, encoder } = this.#options;
    const blocks = number === this.#next ? `block ${number}` : `blocks ${this.#next} to ${number}`;
    faults.add("missed_block", `${blocks}: ${reason}`, number - this.#next + 1);
    this.#next = number + 1;
    encoder.restate();
  }

  /** Hands over the blocks up to `head`. */
  async #forward(head: BlockRef, attempt: number): Promise<Outcome> {
    const { limits, blocks, onBackfill } = this.#options;
    const behind = head.number - this.#next + 1;
    if (behind > (this.#isResuming ? 1 : limits.backfill_blocks_count)) onBackfill(this.#next, head.number);
    const logsUntil = head.number - limits.whole_blocks_count;
    // What did not fit together is fetched block by block.
    let usesLogs = attempt === 1;
    while (this.#next <= head.number) {
      const units =
        usesLogs && this.#next <= logsUntil
          ? await blocks.unitsOfLogs(
              this.#next,
              Math.min(logsUntil, this.#next + limits.log_blocks_count - 1),
            )
          : await this.#wholeBlocks(this.#next, head);
      if (units === null) return "withheld";
      if (!(await this.#handOver(units, head.number))) return "changed";
      usesLogs = true;
    }
    return "reached";
  }

  /** Some blocks from `first` on; null where the node does not have the first. */
  async #wholeBlocks(first: number, head: BlockRef): Promise<BlockUnit[] | null> {
    const { blocks, limits } = this.#options;
    const count = Math.min(limits.blocks_in_flight_count, head.number - first + 1);
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    const refs = first === head.number ? [head] : await blocks.headers(numbers);
    const units = await Promise.all(refs.map(async (ref) => (ref === null ? null : blocks.unit(ref.hash))));
    const gap = units.indexOf(null);
    return gap === 0 ? null : (units.slice(0, gap < 0 ? count : gap) as BlockUnit[]);
  }

  /** Hands over units while each is the child of the one before; false where one is not. */
  async #handOver(units: readonly BlockUnit[], target: number): Promise<boolean> {
    const { encoder, faults, clock } = this.#options;
    for (const unit of units) {
      const { header } = unit;
      const last = this.#handed.last?.ref;
      if (header === null || header.number !== this.#next) return false;
      if (last?.number === header.number - 1 && last.hash !== header.parent_hash) return false;
      const told = await encoder.block(
        unit,
        Math.floor(clock.now().unix_ms),
        header.number < target - STATE_BLOCKS_COUNT,
      );
      const { number, hash, parent_hash } = header;
      this.#handed.push({ ref: { number, hash, parent_hash }, told });
      this.#next = header.number + 1;
      if (header.tx_count > 0 && unit.transactions.length === 0) {
        faults.add("missed_transaction", `block ${number}: its pool events and head alone`, header.tx_count);
      }
    }
    return true;
  }
}
