/**
 * Which pools trade one pair of tokens: an index by (chain, token0, token1), bounded in pairs and in pools of each, and
 * which pairs were touched since their chain's last head. A pool joins with its events; one that is known no more, or that
 * turned out to have other tokens, is passed over when its pair is looked at.
 */
import { HAS, POOL } from "../dex/pool-record.ts";
import type { PoolRegistry } from "../dex/pool-registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";

const CHAIN_WORDS = 2;
/** token0 and token1, one after the other as in a pool's record. */
const TOKEN_WORDS = 10;
const KEY_WORDS = CHAIN_WORDS + TOKEN_WORDS;
const MEMBERS = MODEL_LIMITS.pools_per_pair_count;

export class Pairs {
  readonly #registry: PoolRegistry;
  readonly #slots: KeyedSlots;
  readonly #key: Key;
  /** Pools of pair p lie at [p * MEMBERS, p * MEMBERS + count[p]). */
  readonly #members: Int32Array;
  readonly #counts: Uint8Array;
  readonly #isTouched: Uint8Array;
  /** Touched pairs in the order in which they were. */
  readonly #touched: Int32Array;
  #touchedCount = 0;
  /** Of each pool: its pair, or -1; and whether it had a swap since its pair was looked at. */
  readonly #pairOf: Int32Array;
  readonly #isSwapped: Uint8Array;

  constructor(registry: PoolRegistry, hash: KeyHash) {
    // There are no more pairs than pools.
    const capacity = registry.records.count;
    this.#registry = registry;
    this.#slots = new KeyedSlots(capacity, KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
    this.#members = new Int32Array(capacity * MEMBERS);
    this.#counts = new Uint8Array(capacity);
    this.#isTouched = new Uint8Array(capacity);
    this.#touched = new Int32Array(capacity);
    this.#pairOf = new Int32Array(capacity).fill(-1);
    this.#isSwapped = new Uint8Array(capacity);
  }

  get bytes(): number {
    return (
      this.#slots.bytes +
      this.#members.byteLength +
      this.#touched.byteLength +
      this.#pairOf.byteLength +
      3 * this.#counts.byteLength
    );
  }

  /** Notes that a pool's state changed; nothing where its chain or its tokens are unknown. */
  touch(pool: number, isSwap: boolean): void {
    if (!this.#registry.has(pool, HAS.chain) || !this.#registry.has(pool, HAS.tokens)) return;
    let pair = this.#pairOf[pool] as number;
    if (pair < 0 || !this.#isOf(pair, pool)) pair = this.#join(pool, pair);
    if (isSwap) this.#isSwapped[pool] = 1;
    if (this.#isTouched[pair] === 1) return;
    this.#isTouched[pair] = 1;
    this.#touched[this.#touchedCount++] = pair;
  }

  /** The touched pairs of the chain whose id lies at `chain`, in the order of their touch; they are so no more. */
  takeTouched(data: DataView, chain: number): number[] {
    const taken: number[] = [];
    let kept = 0;
    for (let i = 0; i < this.#touchedCount; i++) {
      const pair = this.#touched[i] as number;
      const at = pair * KEY_WORDS;
      if (
        this.#slots.keys[at] === data.getUint32(chain, true) &&
        this.#slots.keys[at + 1] === data.getUint32(chain + 4, true)
      ) {
        this.#isTouched[pair] = 0;
        this.#slots.touch(pair);
        taken.push(pair);
      } else this.#touched[kept++] = pair;
    }
    this.#touchedCount = kept;
    return taken;
  }

  /** The pools of a pair, in the order in which they joined. */
  poolsOf(pair: number): number[] {
    const start = pair * MEMBERS;
    const pools: number[] = [];
    for (let i = start; i < start + (this.#counts[pair] as number); i++) {
      const pool = this.#members[i] as number;
      if (this.#pairOf[pool] === pair && this.#isOf(pair, pool)) pools.push(pool);
    }
    return pools;
  }

  /** Had the pool a swap since this was asked last? */
  takeSwapped(pool: number): boolean {
    const was = this.#isSwapped[pool] === 1;
    this.#isSwapped[pool] = 0;
    return was;
  }

  /** A pool of the two tokens at `one` and `other`, in whichever order; -1 where none is known. `chain`: its id alone. */
  findEither(chain: DataView, data: DataView, one: number, other: number): number {
    const found = this.#find(chain, data, one, other);
    return found >= 0 ? found : this.#find(chain, data, other, one);
  }

  #find(chain: DataView, data: DataView, token0: number, token1: number): number {
    const half = TOKEN_WORDS / 2;
    this.#key.take(0, chain, 0, CHAIN_WORDS);
    this.#key.take(CHAIN_WORDS, data, token0, half).take(CHAIN_WORDS + half, data, token1, half);
    const pair = this.#slots.find(this.#key.seal());
    return pair < 0 ? -1 : (this.poolsOf(pair)[0] ?? -1);
  }

  /** Puts the pool into its pair; where that is full, in place of the pool that was seen longest ago. */
  #join(pool: number, before: number): number {
    if (before >= 0) this.#leave(pool, before);
    const { records } = this.#registry;
    const at = records.at(pool);
    this.#key.take(0, records.data, at + POOL.chain_id, CHAIN_WORDS);
    this.#key.take(CHAIN_WORDS, records.data, at + POOL.token0, TOKEN_WORDS).seal();
    let pair = this.#slots.find(this.#key);
    if (pair < 0) {
      if (this.#slots.isFull) this.#forget(this.#slots.oldest);
      pair = this.#slots.add(this.#key);
      this.#counts[pair] = 0;
    }
    const start = pair * MEMBERS;
    const count = this.#counts[pair] as number;
    let place = start + count;
    if (count < MEMBERS) this.#counts[pair] = count + 1;
    else {
      place = start;
      for (let i = start + 1; i < start + MEMBERS; i++) {
        if (this.#lastSeen(i) < this.#lastSeen(place)) place = i;
      }
      this.#pairOf[this.#members[place] as number] = -1;
    }
    this.#members[place] = pool;
    this.#pairOf[pool] = pair;
    return pair;
  }

  #lastSeen(place: number): number {
    return this.#registry.records.getNumber(this.#members[place] as number, POOL.last_seen);
  }

  #leave(pool: number, pair: number): void {
    const start = pair * MEMBERS;
    const end = start + (this.#counts[pair] as number);
    const place = this.#members.subarray(start, end).indexOf(pool);
    if (place < 0) return;
    this.#members.copyWithin(start + place, start + place + 1, end);
    this.#counts[pair] = (this.#counts[pair] as number) - 1;
  }

  /** Its pools join anew with their next events. */
  #forget(pair: number): void {
    const start = pair * MEMBERS;
    for (const pool of this.#members.subarray(start, start + (this.#counts[pair] as number))) {
      if (this.#pairOf[pool] === pair) this.#pairOf[pool] = -1;
    }
    if (this.#isTouched[pair] === 1) {
      const place = this.#touched.subarray(0, this.#touchedCount).indexOf(pair);
      this.#touched.copyWithin(place, place + 1, this.#touchedCount--);
      this.#isTouched[pair] = 0;
    }
    this.#slots.remove(pair);
  }

  /** Are the pair's chain and tokens those of the pool's record? */
  #isOf(pair: number, pool: number): boolean {
    const { words } = this.#registry.records;
    const at = this.#registry.records.at(pool);
    const { keys } = this.#slots;
    const key = pair * KEY_WORDS;
    const chain = (at + POOL.chain_id) >>> 2;
    if (keys[key] !== words[chain] || keys[key + 1] !== words[chain + 1]) return false;
    const tokens = (at + POOL.token0) >>> 2;
    for (let i = 0; i < TOKEN_WORDS; i++) {
      if (keys[key + CHAIN_WORDS + i] !== words[tokens + i]) return false;
    }
    return true;
  }
}
