/** The blocks that were handed over last, with what is needed to take them back: bounded by count and by bytes. */
import type { BlockRef } from "./chain.ts";
import type { Told } from "./encoder.ts";

export const HANDED_LIMITS = {
  /** Blocks remembered. */
  blocks_count: 128,
  /** What was told of them; the oldest are forgotten beyond. */
  told_bytes: 67_108_864,
} as const;

export interface HandedBlock {
  readonly ref: BlockRef;
  readonly told: Told;
}

export class HandedBlocks {
  /** Blocks forgotten so far. */
  dropped = 0;
  /** Oldest first, by rising number; a number is missing where a block was. */
  readonly #blocks: HandedBlock[] = [];
  #bytes = 0;

  get size(): number {
    return this.#blocks.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get last(): HandedBlock | null {
    return this.#blocks.at(-1) ?? null;
  }

  /** The newest ones first. */
  newestFirst(): HandedBlock[] {
    return this.#blocks.toReversed();
  }

  has(hash: string): boolean {
    return this.#blocks.some(({ ref }) => ref.hash === hash);
  }

  push(block: HandedBlock): void {
    this.#blocks.push(block);
    this.#bytes += block.told.bytes;
    while (this.#blocks.length > HANDED_LIMITS.blocks_count || this.#bytes > HANDED_LIMITS.told_bytes) {
      this.#bytes -= this.#blocks.shift()?.told.bytes ?? 0;
      this.dropped += 1;
    }
  }

  pop(): HandedBlock | null {
    const block = this.#blocks.pop();
    this.#bytes -= block?.told.bytes ?? 0;
    return block ?? null;
  }
}
