/**
 * The rows of a view that stopped following: those that it showed, in their places, changed in place where their ids
 * change, kept where they leave the window. As many as the view held when it froze, so at most twice the channel's cap;
 * under want of memory only those that the window still has.
 */
import type { Row } from "../../protocol/stream/messages.ts";
import type { Store } from "../store/store.ts";
import { Hold } from "./hold.ts";

export class Frozen {
  /** Rows that passed since and are not among these. */
  newer = 0;
  #store: Store;
  #rows!: Row[];
  #places!: Map<string, number>;
  #hold!: Hold;

  /** `hold`: of the instant at which `rows` were taken of `store`. */
  constructor(rows: Row[], store: Store, hold: Hold) {
    this.#store = store;
    this.#set(rows, hold);
  }

  get length(): number {
    return this.#rows.length;
  }

  /** Bytes of rows that may be held here and not in the store. */
  get beyond_bytes(): number {
    return this.#hold.beyond_bytes;
  }

  at(index: number): Row {
    return this.#rows[index]!;
  }

  take(row: Row, matches: boolean, fresh: boolean): void {
    const place = this.#places.get(row.id);
    if (place !== undefined) this.#rows[place] = row;
    else if (matches && fresh) this.newer++;
  }

  /** Lets go of the rows that the store has not. */
  release(): void {
    const held = this.#rows.filter(({ id }) => this.#store.get(id) !== null);
    this.#set(held, new Hold(this.#store));
  }

  #set(rows: Row[], hold: Hold): void {
    this.#rows = rows;
    this.#places = new Map(rows.map(({ id }, place) => [id, place]));
    this.#hold = hold;
  }
}
