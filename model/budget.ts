/**
 * The byte budget. Everything the model holds is counted by rule, so that two models with one log evict alike whatever
 * was read of them: fixed tables by their size, a row by its record, key, columns and an allowance for its JSON text.
 * Over the budget, what is least missed goes first, and floors rise.
 */
import type { ChannelName } from "../protocol/stream/channels.ts";
import type { TxArchive } from "./chain/tx-archive.ts";
import { MODEL_LIMITS } from "./limits.ts";
import type { Window } from "./window/window.ts";

/** In this order, after the archive. Channels that are not named are small and shed nothing. */
const SHED_ORDER: readonly ChannelName[] = ["feature.main", "opportunity.main", "pool.main", "tx.main"];

export class Budget {
  readonly #limit: number;
  readonly #fixed: Readonly<Record<string, number>>;
  readonly #fixedBytes: number;
  readonly #windows: readonly Window[];
  readonly #archive: TxArchive;

  /** Throws RangeError where the fixed part and what is never shed pass the limit. */
  constructor(
    limitBytes: number,
    fixed: Readonly<Record<string, number>>,
    windows: readonly Window[],
    archive: TxArchive,
  ) {
    this.#limit = limitBytes;
    this.#fixed = fixed;
    this.#fixedBytes = Object.values(fixed).reduce((sum, bytes) => sum + bytes, 0);
    this.#windows = windows;
    this.#archive = archive;
    const least = windows.reduce((sum, w) => sum + keptRows(w) * w.rowBytes, this.#fixedBytes);
    if (limitBytes < least) {
      throw new RangeError(`byte_budget_bytes: ${limitBytes} is less than the ${least} that are always held`);
    }
  }

  /** Sheds until what is held is within the limit. */
  enforce(): void {
    if (this.#total() <= this.#limit) return;
    const over = () => this.#total() - this.#limit;
    this.#archive.shed(Math.ceil(over() / this.#archive.rowBytes));
    for (const name of SHED_ORDER) {
      if (over() <= 0) return;
      const window = this.#windows.find((w) => w.name === name) as Window;
      const wanted = Math.max(MODEL_LIMITS.shed_rows_count, Math.ceil(over() / window.rowBytes));
      const rows = Math.min(wanted, window.count - keptRows(window));
      if (rows > 0) window.shed(rows);
      // What tx.main sheds goes to the archive, which may not hold it.
      this.#archive.shed(Math.ceil(Math.max(0, over()) / this.#archive.rowBytes));
    }
  }

  held(): Record<string, number> {
    const held: Record<string, number> = {
      ...this.#fixed,
      archive: this.#archive.count * this.#archive.rowBytes,
    };
    for (const window of this.#windows) held[window.name] = window.count * window.rowBytes;
    return held;
  }

  #total(): number {
    let total = this.#fixedBytes + this.#archive.count * this.#archive.rowBytes;
    for (const window of this.#windows) total += window.count * window.rowBytes;
    return total;
  }
}

/** Rows of a full window that the budget never takes. */
function keptRows(window: Window): number {
  if (window.name === "tx.main") return Math.ceil(window.cap / MODEL_LIMITS.kept_one_in_count);
  return SHED_ORDER.includes(window.name) ? 0 : window.cap;
}
