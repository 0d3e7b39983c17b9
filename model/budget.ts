/**
 * The byte budget. Everything the model holds is counted by rule, so that two models with one log evict alike whatever
 * was read of them: fixed tables by their size, a row by its record, key, columns and an allowance for its JSON text.
 * Over the budget, what is least missed goes first, and floors rise.
 */
import { MODEL_LIMITS } from "./limits.ts";

/** Something of rows that the budget counts. */
export interface Store {
  readonly count: number;
  readonly cap: number;
  /** What one held row counts. */
  readonly rowBytes: number;
  /** Lets the oldest rows go. */
  shed(rows: number): void;
}

export interface Stores extends Readonly<Record<string, Store>> {
  /** Transactions that have left tx.main: what that sheds goes here. */
  readonly archive: Store;
}

/** In this order. Stores that are not named are small and shed nothing. */
const SHED_ORDER = ["feature.main", "opportunity.main", "archive", "market.bars", "pool.main", "tx.main"];

export class Budget {
  readonly #limit: number;
  readonly #fixed: Readonly<Record<string, number>>;
  readonly #fixedBytes: number;
  readonly #stores: Stores;
  readonly #list: readonly Store[];

  /** Stores by name. Throws RangeError where the fixed part and what is never shed pass the limit. */
  constructor(limitBytes: number, fixed: Readonly<Record<string, number>>, stores: Stores) {
    this.#limit = limitBytes;
    this.#fixed = fixed;
    this.#fixedBytes = Object.values(fixed).reduce((sum, bytes) => sum + bytes, 0);
    this.#stores = stores;
    this.#list = Object.values(stores);
    const kept = Object.entries(stores).map(([name, store]) => keptRows(name, store) * store.rowBytes);
    const least = kept.reduce((sum, bytes) => sum + bytes, this.#fixedBytes);
    if (limitBytes < least) {
      throw new RangeError(`byte_budget_bytes: ${limitBytes} is less than the ${least} that are always held`);
    }
  }

  /** Sheds until what is held is within the limit. */
  enforce(): void {
    if (this.#total() <= this.#limit) return;
    const { archive } = this.#stores;
    for (const name of SHED_ORDER) {
      const over = this.#total() - this.#limit;
      if (over <= 0) return;
      const store = this.#stores[name] as Store;
      // The archive is no channel, so it can let go of just as much as it must.
      const least = store === archive ? 0 : MODEL_LIMITS.shed_rows_count;
      const wanted = Math.max(least, Math.ceil(over / store.rowBytes));
      const rows = Math.min(wanted, store.count - keptRows(name, store));
      if (rows > 0) store.shed(rows);
    }
    // What tx.main shed went to the archive, which may not hold it.
    archive.shed(Math.ceil(Math.max(0, this.#total() - this.#limit) / archive.rowBytes));
  }

  held(): Record<string, number> {
    const held: Record<string, number> = { ...this.#fixed };
    for (const [name, store] of Object.entries(this.#stores)) held[name] = store.count * store.rowBytes;
    return held;
  }

  #total(): number {
    let total = this.#fixedBytes;
    for (const { count, rowBytes } of this.#list) total += count * rowBytes;
    return total;
  }
}

/** Rows of a full store that the budget never takes. */
function keptRows(name: string, store: Store): number {
  if (name === "tx.main") return Math.ceil(store.cap / MODEL_LIMITS.kept_one_in_count);
  return SHED_ORDER.includes(name) ? 0 : store.cap;
}
