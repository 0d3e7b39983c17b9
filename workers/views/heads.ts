/** The chains' heads, for the columns that are told by them. */
import type { Row } from "../../protocol/stream/messages.ts";
import type { Context } from "../format/columns.ts";
import type { Store } from "../store/store.ts";

const DECIMAL = /^\d+$/;

export class Heads implements Context {
  /** Counts changes of any head. */
  version = 0;
  #chains: Store;
  #seen = -1;
  #blocks = new Map<string, string>();

  /** `chains`: the store of chain.main, whose ids are chain ids. */
  constructor(chains: Store) {
    this.#chains = chains;
  }

  headBlock(chainId: number): string | null {
    return this.#blocks.get(String(chainId)) ?? null;
  }

  refresh(): void {
    if (this.#seen === this.#chains.version) return;
    this.#seen = this.#chains.version;
    const blocks = new Map<string, string>();
    for (const { id, head_block } of this.#chains.rows() as Iterable<Row & { head_block?: unknown }>) {
      if (typeof head_block === "string" && DECIMAL.test(head_block)) blocks.set(id, head_block);
    }
    const same =
      blocks.size === this.#blocks.size && [...blocks].every(([id, block]) => this.#blocks.get(id) === block);
    if (same) return;
    this.#blocks = blocks;
    this.version++;
  }
}
