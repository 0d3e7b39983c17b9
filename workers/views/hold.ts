/**
 * What a reader took of a store at an instant. Of those rows it holds alone, at most, as much as has left the store
 * since: counted so, it costs nothing to know.
 */
import type { Store } from "../store/store.ts";

export class Hold {
  #store: Store;
  #bytes: number;
  #freed: number;

  constructor(store: Store) {
    this.#store = store;
    this.#bytes = store.bytes;
    this.#freed = store.freed;
  }

  /** Bytes that the reader may hold and the store has not. */
  get beyond_bytes(): number {
    return Math.min(this.#bytes, this.#store.freed - this.#freed);
  }
}
