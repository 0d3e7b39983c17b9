/** Bounded measurements. */

const SAMPLES = 512;

/** The last 512 of a measurement. */
export class Samples {
  #values = new Float64Array(SAMPLES);
  #taken = 0;

  get size(): number {
    return Math.min(this.#taken, SAMPLES);
  }

  add(value: number): void {
    this.#values[this.#taken++ % SAMPLES] = value;
  }

  sum(): number {
    return this.#values.subarray(0, this.size).reduce((sum, value) => sum + value, 0);
  }

  /** Nearest-rank 95th percentile; null without samples. */
  p95(): number | null {
    const { size } = this;
    if (size === 0) return null;
    return this.#values.slice(0, size).toSorted()[Math.ceil(size * 0.95) - 1]!;
  }
}

const BUCKET_MS = 500;
const BUCKETS = 10;

/** Events a second over the last 5 s. */
export class Rate {
  #counts = new Float64Array(BUCKETS);
  /** Number of the newest bucket, by the clock. */
  #newest = 0;

  add(count: number, now: number): void {
    this.#turn(now);
    this.#counts[this.#newest % BUCKETS]! += count;
  }

  perSecond(now: number): number {
    this.#turn(now);
    return this.#counts.reduce((sum, count) => sum + count, 0) / ((BUCKETS * BUCKET_MS) / 1000);
  }

  #turn(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    const passed = Math.min(BUCKETS, Math.max(0, bucket - this.#newest));
    for (let i = 1; i <= passed; i++) this.#counts[(this.#newest + i) % BUCKETS] = 0;
    // A jump over all buckets cleared them wherever it lands.
    if (bucket > this.#newest) this.#newest = bucket;
  }
}
