/** Counts over the last minute of fold time, in one bucket a second: `count` buckets' worth of slots, all in one array. */
export const RATE_SECONDS = 60;

export class Rates {
  readonly #buckets: Uint32Array;
  readonly #sums: Float64Array;
  /** The second of each slot's newest bucket. */
  readonly #newest: Float64Array;

  constructor(slots: number) {
    this.#buckets = new Uint32Array(slots * RATE_SECONDS);
    this.#sums = new Float64Array(slots);
    this.#newest = new Float64Array(slots);
  }

  /** `second`: Unix seconds, whole; as everywhere here. */
  reset(slot: number, second: number): void {
    this.#buckets.fill(0, slot * RATE_SECONDS, (slot + 1) * RATE_SECONDS);
    this.#sums[slot] = 0;
    this.#newest[slot] = second;
  }

  add(slot: number, second: number): void {
    this.#advance(slot, second);
    const bucket = this.#bucket(slot, this.#newest[slot] as number);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#sums[slot] = (this.#sums[slot] as number) + 1;
  }

  /** How many in the last minute. */
  count(slot: number, second: number): number {
    this.#advance(slot, second);
    return this.#sums[slot] as number;
  }

  /** Empties the buckets of the seconds that passed. The first Tick may set the time back: then they are all void. */
  #advance(slot: number, second: number): void {
    const newest = this.#newest[slot] as number;
    if (second === newest) return;
    if (second < newest || second - newest >= RATE_SECONDS) return this.reset(slot, second);
    for (let passed = newest + 1; passed <= second; passed++) {
      const bucket = this.#bucket(slot, passed);
      this.#sums[slot] = (this.#sums[slot] as number) - (this.#buckets[bucket] as number);
      this.#buckets[bucket] = 0;
    }
    this.#newest[slot] = second;
  }

  #bucket(slot: number, second: number): number {
    return slot * RATE_SECONDS + (second % RATE_SECONDS);
  }

  get bytes(): number {
    return this.#buckets.byteLength + this.#sums.byteLength + this.#newest.byteLength;
  }
}
