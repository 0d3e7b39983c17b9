/** A map of at most `cap` entries: the one that was used longest ago makes room. */
export class BoundedMap<K, V> {
  readonly cap: number;
  /** Entries that made room so far. */
  dropped = 0;
  readonly #entries = new Map<K, V>();

  constructor(cap: number) {
    this.cap = cap;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Counts as a use. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.cap) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      this.dropped += 1;
      return;
    }
  }
}
