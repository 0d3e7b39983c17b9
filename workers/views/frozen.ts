/**
 * The rows of a view that stopped following: those that it showed, in their places, changed in place where their ids
 * change, kept where they leave the window. As many as the view held when it froze, so at most twice the channel's cap.
 */
import type { Row } from "../../protocol/stream/messages.ts";

export class Frozen {
  /** Rows that passed since and are not among these. */
  newer = 0;
  #rows: Row[];
  #places = new Map<string, number>();

  constructor(rows: Row[]) {
    this.#rows = rows;
    for (const [place, row] of rows.entries()) this.#places.set(row.id, place);
  }

  get length(): number {
    return this.#rows.length;
  }

  at(index: number): Row {
    return this.#rows[index]!;
  }

  take(row: Row, matches: boolean, fresh: boolean): void {
    const place = this.#places.get(row.id);
    if (place !== undefined) this.#rows[place] = row;
    else if (matches && fresh) this.newer++;
  }
}
