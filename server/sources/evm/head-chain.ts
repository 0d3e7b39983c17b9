/**
 * Which blocks to fetch when the node names a new head. Nodes skip numbers when they are fast, and name a block of
 * another branch after a reorg; one rule serves both: walk back by parent hash to a block that was handed over, or to
 * the limit.
 */
import type { BlockRef } from "./chain.ts";

export const HEAD_LIMITS = {
  /** Blocks walked back over; what is farther behind is missed. */
  walk_count: 1_024,
  /** Handed over blocks remembered. */
  remembered_count: 2_048,
} as const;

export class HeadChain {
  /** When each remembered block was, Unix seconds, by hash. */
  readonly #times = new Map<string, number>();
  #last = 0;

  /** Number of the block handed over last; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * The blocks after the last one handed over, up to `head`, oldest first; and how many of them were out of reach.
   * The first head of all stands alone.
   */
  async upTo(
    head: BlockRef,
    parentOf: (child: BlockRef) => Promise<BlockRef | null>,
  ): Promise<{ blocks: BlockRef[]; missed: number }> {
    if (this.#times.has(head.hash)) return { blocks: [], missed: 0 };
    if (this.#times.size === 0) return { blocks: [head], missed: 0 };
    const newestFirst = [head];
    let oldest = head;
    while (!this.#times.has(oldest.parent_hash)) {
      const parent = newestFirst.length < HEAD_LIMITS.walk_count ? await parentOf(oldest) : null;
      if (parent === null) {
        return { blocks: newestFirst.toReversed(), missed: Math.max(0, oldest.number - this.#last - 1) };
      }
      newestFirst.push(parent);
      oldest = parent;
    }
    return { blocks: newestFirst.toReversed(), missed: 0 };
  }

  /** Marks a block as handed over. */
  add(number: number, hash: string, unix_s: number): void {
    this.#last = number;
    this.#times.set(hash, unix_s);
    if (this.#times.size <= HEAD_LIMITS.remembered_count) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      return;
    }
  }

  /** When a remembered block was, Unix seconds; null for another. */
  timeOf(hash: string | null): number | null {
    return (hash === null ? undefined : this.#times.get(hash)) ?? null;
  }
}
