/**
 * Prices of tokens in US dollars, found anew for a chain when a block is complete and something moved.
 *
 * A dollar of the registry is worth 1. Of all pools with one token priced and the other not, the one whose priced side
 * holds most goes first, if that is 10,000 dollars at least, and prices its other token; equal ones by the lower
 * address. A token that is two pools away from a dollar prices no other. So a token is priced along the deepest way,
 * and whoever would forge a price must put up more than the deepest honest pool holds. What a side holds is compared in
 * doubles; a price itself is the product of its pools' exact ratios, rounded once, and is reckoned again only where a
 * pool on its way changed.
 */
import { MODEL_LIMITS } from "../limits.ts";
import type { Slab } from "../window/slab.ts";
import { CandidateHeap } from "./candidate-heap.ts";
import { DoubleDouble } from "./double-double.ts";
import { DECIMALS_TO_DOUBLE, toNumber } from "./float.ts";
import { HAS, PAIR, POOL, ratioAt, takeRatio } from "./pool-record.ts";
import type { Pools } from "./pools.ts";
import { divide } from "./price.ts";

/** What the priced side of a pool holds at least to price the other, US dollars. */
export const MIN_DEPTH_USD = 10_000;
/** Pools from a dollar to a token at most. */
export const MAX_HOPS = 2;
const NONE = -1;

export class Prices {
  readonly #pools: Pools;
  /** By entry: whole units of the token that the pool holds, as a double; 0 where that is not known. */
  readonly #held: Float64Array;
  readonly #heap: CandidateHeap;
  /** Of each token: the pricing that found it last, and the one that its price was reckoned in. */
  readonly #foundIn: Float64Array;
  readonly #reckonedIn: Float64Array;
  /** Of each token: how many pools it is from a dollar, and the entry of the pool that prices it, on its own side. */
  readonly #hops: Uint8Array;
  readonly #via: Int32Array;
  /** Tokens that have a price through a pool, each once. */
  readonly #priced: Int32Array;
  readonly #isPriced: Uint8Array;
  #pricedCount = 0;
  /** Pools whose rows are to be shown again, each once: a ring. */
  readonly #waiting: Int32Array;
  readonly #isWaiting: Uint8Array;
  #waitingFrom = 0;
  #waitingCount = 0;

  constructor(pools: Pools) {
    const { capacity, graph, addresses } = pools.registry;
    this.#pools = pools;
    this.#held = new Float64Array(2 * capacity);
    this.#heap = new CandidateHeap(2 * capacity, addresses);
    this.#foundIn = new Float64Array(graph.capacity);
    this.#reckonedIn = new Float64Array(graph.capacity);
    this.#hops = new Uint8Array(graph.capacity);
    this.#via = new Int32Array(graph.capacity).fill(NONE);
    this.#priced = new Int32Array(graph.capacity);
    this.#isPriced = new Uint8Array(graph.capacity);
    this.#waiting = new Int32Array(capacity);
    this.#isWaiting = new Uint8Array(capacity);
  }

  get bytes(): number {
    const byToken = [this.#foundIn, this.#reckonedIn, this.#hops, this.#via, this.#priced, this.#isPriced];
    const columns = [...byToken, this.#held, this.#waiting, this.#isWaiting];
    return columns.reduce((sum, column) => sum + column.byteLength, this.#heap.bytes);
  }

  /** A block of the chain whose id lies at `chain` is complete. */
  head(data: DataView, chain: number): void {
    this.#settle();
    const section = this.#pools.registry.graph.sectionAt(data, chain);
    if (section >= 0) this.#reprice(section);
  }

  /** Prices what moved since its chain's last head, and shows rows that wait for it. */
  tick(): void {
    this.#settle();
    const { graph } = this.#pools.registry;
    for (let section = 0; section < graph.moved.length; section++) this.#reprice(section);
    this.#show();
  }

  /** Takes in what the pools that changed hold now. */
  #settle(): void {
    const { graph } = this.#pools.registry;
    for (let i = 0; i < graph.movedCount; i++) {
      const pool = graph.movedPools[i] as number;
      const token = graph.tokenOf(2 * pool);
      if (token < 0) continue;
      graph.moved[graph.sections[token] as number] = 1;
      this.#held[2 * pool] = this.#heldNow(pool, PAIR.decimals0, POOL.reserve0);
      this.#held[2 * pool + 1] = this.#heldNow(pool, PAIR.decimals1, POOL.reserve1);
    }
    graph.settle();
  }

  #heldNow(pool: number, decimals: number, reserve: number): number {
    const { records } = this.#pools.registry;
    const scale = DECIMALS_TO_DOUBLE[records.getByte(pool, POOL.pair + decimals)];
    if (scale === undefined || !this.#pools.registry.has(pool, HAS.reserves)) return 0;
    return toNumber(records.data, records.at(pool) + reserve) / scale;
  }

  #reprice(section: number): void {
    const { graph } = this.#pools.registry;
    if (graph.moved[section] === 0) return;
    graph.moved[section] = 0;
    this.#heap.clear();
    for (const token of graph.dollarsOf(section)) {
      this.#foundIn[token] = graph.pricing;
      this.#hops[token] = 0;
      this.#offerPoolsOf(token);
    }
    for (let entry = this.#heap.pop(); entry >= 0; entry = this.#heap.pop()) this.#priceThrough(entry);
    this.#dropUnfound(section);
    graph.pricing++;
  }

  /** Prices of the section's tokens that were not found again are lost. */
  #dropUnfound(section: number): void {
    const { graph } = this.#pools.registry;
    let kept = 0;
    for (let i = 0; i < this.#pricedCount; i++) {
      const token = this.#priced[i] as number;
      if (graph.sections[token] === section && this.#foundIn[token] !== graph.pricing)
        this.#setPrice(token, 0);
      // A token whose pools are all forgotten has lost its price, too.
      if (graph.prices[token] === 0) this.#isPriced[token] = 0;
      else this.#priced[kept++] = token;
    }
    this.#pricedCount = kept;
  }

  /** Makes candidates of a priced token's pools: those whose other token is not priced and that are deep enough. */
  #offerPoolsOf(token: number): void {
    const { graph } = this.#pools.registry;
    const price = graph.prices[token] as number;
    for (let entry = graph.firstEntry(token); entry >= 0; entry = graph.nextEntry(entry)) {
      if (this.#foundIn[graph.tokenOf(entry ^ 1)] === graph.pricing) continue;
      const depth = (this.#held[entry] as number) * price;
      if (depth >= MIN_DEPTH_USD) this.#heap.push(entry, depth);
    }
  }

  /** Prices the token on the other side of a candidate, unless a deeper pool has. */
  #priceThrough(entry: number): void {
    const { graph } = this.#pools.registry;
    const from = graph.tokenOf(entry);
    const token = graph.tokenOf(entry ^ 1);
    if (this.#foundIn[token] === graph.pricing) return;
    const price = this.#reckon(token, entry ^ 1, from);
    if (price === null) return;
    this.#foundIn[token] = graph.pricing;
    this.#hops[token] = (this.#hops[from] as number) + 1;
    if (price !== graph.prices[token]) this.#setPrice(token, price);
    if (this.#hops[token] < MAX_HOPS) this.#offerPoolsOf(token);
  }

  /** The price of the token of an entry whose pool's other token is priced; null where there is none within a double. */
  #reckon(token: number, entry: number, from: number): number | null {
    const { graph } = this.#pools.registry;
    const reckonedIn = this.#reckonedIn[token] as number;
    const isPast =
      this.#via[token] === entry &&
      (graph.prices[token] as number) > 0 &&
      (graph.changedIn[entry >>> 1] as number) <= reckonedIn &&
      (this.#hops[from] === 0 || (this.#reckonedIn[from] as number) <= reckonedIn);
    if (isPast) return graph.prices[token] as number;
    const way = this.#hops[from] === 0 ? [entry] : [entry, this.#via[from] as number];
    const price = this.#nearest(way);
    if (price === null) return null;
    this.#via[token] = entry;
    this.#reckonedIn[token] = graph.pricing;
    return price;
  }

  /** The product of the ratios of a way: by numbers of 106 bits where these tell the nearest double, else exact. */
  #nearest(way: readonly number[]): number | null {
    const { records } = this.#pools.registry;
    let isKnown = true;
    numerators.set(1);
    denominators.set(1);
    for (const side of way) {
      isKnown &&= takeRatio(records, side >>> 1, numerator, denominator);
      const isToken0 = (side & 1) === 0;
      numerators.timesOther(isToken0 ? numerator : denominator);
      denominators.timesOther(isToken0 ? denominator : numerator);
    }
    const price = isKnown ? numerators.over(denominators).rounded() : Number.NaN;
    return Number.isNaN(price) ? exactProduct(records, way) : price;
  }

  /** Rows of a token's pools are shown again where its price becomes known or is lost. */
  #setPrice(token: number, price: number): void {
    const { graph, rows } = this.#pools.registry;
    const isNews = ((graph.prices[token] as number) === 0) !== (price === 0);
    graph.prices[token] = price;
    if (!isNews) return;
    if (price !== 0 && this.#isPriced[token] === 0) {
      this.#isPriced[token] = 1;
      this.#priced[this.#pricedCount++] = token;
    }
    for (let entry = graph.firstEntry(token); entry >= 0; entry = graph.nextEntry(entry)) {
      const pool = entry >>> 1;
      if (this.#isWaiting[pool] === 1 || (rows[pool] as number) < 0) continue;
      this.#isWaiting[pool] = 1;
      this.#waiting[(this.#waitingFrom + this.#waitingCount++) % this.#waiting.length] = pool;
    }
  }

  #show(): void {
    const { registry } = this.#pools;
    const count = Math.min(this.#waitingCount, MODEL_LIMITS.repriced_rows_per_tick_count);
    for (let i = 0; i < count; i++) {
      const pool = this.#waiting[this.#waitingFrom] as number;
      this.#waitingFrom = (this.#waitingFrom + 1) % this.#waiting.length;
      this.#waitingCount--;
      this.#isWaiting[pool] = 0;
      // Its row may have gone, and the slot may be another pool's by now, which does no harm.
      if ((registry.rows[pool] as number) < 0) continue;
      registry.takePrices(pool);
      this.#pools.show(pool);
    }
  }
}

const [numerator, denominator] = [new DoubleDouble(), new DoubleDouble()];
const [numerators, denominators] = [new DoubleDouble(), new DoubleDouble()];

function exactProduct(records: Slab, way: readonly number[]): number | null {
  let top = 1n;
  let bottom = 1n;
  for (const side of way) {
    const ratio = ratioAt(records, side >>> 1);
    if (ratio === null) return null;
    const isToken0 = (side & 1) === 0;
    top *= isToken0 ? ratio.numerator : ratio.denominator;
    bottom *= isToken0 ? ratio.denominator : ratio.numerator;
  }
  return divide(top, bottom);
}
