/**
 * What is known of each pool, as records of bytes: bounded, the pool heard of longest ago out first. A pool's tokens are
 * looked up in the token registry once they are known there, and their symbols copied, so a record stands by itself.
 */

import type { ChainSection } from "../../protocol/chain-section.ts";
import { readField } from "../../protocol/tlv/fields.ts";
import { DECIMALS_UNKNOWN } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Key } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";
import { clearPair, HAS, PAIR, PAIR_KNOWN, POOL, POOL_BYTES, SIDE_UNKNOWN } from "./pool-record.ts";
import { isToken0Quote } from "./quote.ts";
import { TokenGraph } from "./token-graph.ts";
import { SYMBOL_BYTES, type Tokens } from "./tokens.ts";

export const ADDRESS_WORDS = 5;
export const ADDRESS_BYTES = 20;

/** Where a record holds what belongs to one of its two tokens. */
interface Side {
  readonly token: number;
  readonly symbol: number;
  readonly decimals: number;
  readonly price: number;
  readonly known: number;
  readonly stable: number;
  readonly dollar: number;
}
const SIDE0: Side = {
  token: POOL.token0,
  symbol: PAIR.symbol0,
  decimals: PAIR.decimals0,
  price: PAIR.price0,
  known: PAIR_KNOWN.symbol0,
  stable: PAIR_KNOWN.stable0,
  dollar: PAIR_KNOWN.dollar0,
};
const SIDE1: Side = {
  token: POOL.token1,
  symbol: PAIR.symbol1,
  decimals: PAIR.decimals1,
  price: PAIR.price1,
  known: PAIR_KNOWN.symbol1,
  stable: PAIR_KNOWN.stable1,
  dollar: PAIR_KNOWN.dollar1,
};
const BOTH_KNOWN = PAIR_KNOWN.symbol0 | PAIR_KNOWN.symbol1;

export class PoolRegistry {
  readonly records: Slab;
  /** Each pool's row in pool.state, -1 where it has none. A pool with a row is not forgotten. */
  readonly rows: Int32Array;
  readonly graph: TokenGraph;
  readonly #slots: KeyedSlots;
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  readonly #key: Key;
  readonly #chains: ReadonlyMap<number, ChainSection>;

  /** `rowCap`: rows that pool.state may have. */
  constructor(rowCap: number, tokens: Tokens, { clock, hash, chains }: FoldContext) {
    this.#chains = new Map(chains.map((chain) => [chain.chain_id, chain]));
    const capacity = MODEL_LIMITS.pools_per_row_count * rowCap;
    this.records = new Slab(capacity, POOL_BYTES);
    this.rows = new Int32Array(capacity).fill(-1);
    this.graph = new TokenGraph(capacity, chains, hash);
    this.#slots = new KeyedSlots(capacity, ADDRESS_WORDS);
    this.#key = new Key(ADDRESS_WORDS, hash);
    this.#tokens = tokens;
    this.#clock = clock;
  }

  get count(): number {
    return this.#slots.count;
  }

  get bytes(): number {
    return this.#slots.bytes + this.records.bytes.length + this.rows.byteLength + this.graph.bytes;
  }

  /** Pools that there is room for. */
  get capacity(): number {
    return this.rows.length;
  }

  /** Slot s has its pool's address at [s * ADDRESS_WORDS, (s + 1) * ADDRESS_WORDS). */
  get addresses(): Uint32Array {
    return this.#slots.keys;
  }

  /** A pool's key, which holds until the next call. */
  keyOf(pool: number): Key {
    const start = pool * ADDRESS_WORDS;
    for (let i = 0; i < ADDRESS_WORDS; i++) this.#key.words[i] = this.#slots.keys[start + i] as number;
    return this.#key.seal();
  }

  /** The slot of the pool whose address lies at `address`, -1 where it is not known. */
  find(data: DataView, address: number): number {
    return this.#slots.find(this.#key.take(0, data, address, ADDRESS_WORDS).seal());
  }

  /** The slot of the pool whose address lies at `address`, newest from now on; a new one has nothing known. */
  open(data: DataView, address: number): number {
    const known = this.#slots.find(this.#key.take(0, data, address, ADDRESS_WORDS).seal());
    if (known >= 0) {
      this.#slots.touch(known);
      return known;
    }
    if (this.#slots.isFull) this.#forgetOldest();
    const slot = this.#slots.add(this.#key);
    this.records.clear(slot);
    this.forgetPair(slot);
    return slot;
  }

  /** Pools with a row are passed over, to the end of the order, so that they are met again only a round later. */
  #forgetOldest(): void {
    let oldest = this.#slots.oldest;
    for (; (this.rows[oldest] as number) >= 0; oldest = this.#slots.oldest) this.#slots.touch(oldest);
    this.forget(oldest);
  }

  /** A pool that has no row goes. */
  forget(pool: number): void {
    this.graph.unlink(pool);
    this.#slots.remove(pool);
  }

  /** Was nothing told of the pool yet? */
  isNew(pool: number): boolean {
    return this.records.getByte(pool, POOL.has) === 0;
  }

  /** False where the pool is known to be of another chain than that whose id lies at `chain` (-1: none is told). */
  isOfChain(pool: number, data: DataView, chain: number): boolean {
    if (chain < 0 || !this.has(pool, HAS.chain)) return true;
    const word = (this.records.at(pool) + POOL.chain_id) >>> 2;
    const { words } = this.records;
    return words[word] === data.getUint32(chain, true) && words[word + 1] === data.getUint32(chain + 4, true);
  }

  /** Notes an event of the pool: when, and where it is told its venue (at `venue`) and chain (at `chain`, or -1). */
  see(pool: number, data: DataView, venue: number, chain: number): void {
    this.records.setNumber(pool, POOL.last_seen, this.#clock.now);
    if (!this.has(pool, HAS.info)) {
      this.records.data.setUint16(this.records.at(pool) + POOL.venue, data.getUint16(venue, true), true);
    }
    if (chain >= 0 && !this.has(pool, HAS.chain)) {
      this.records.take(pool, POOL.chain_id, data, chain, 8);
      this.set(pool, HAS.chain);
      if (this.has(pool, HAS.tokens)) this.place(pool);
    }
  }

  /** Takes the tokens from the addresses at `token0` and `token1`. */
  setTokens(pool: number, data: DataView, token0: number, token1: number): void {
    this.records.take(pool, POOL.token0, data, token0, ADDRESS_BYTES);
    this.records.take(pool, POOL.token1, data, token1, ADDRESS_BYTES);
    this.set(pool, HAS.tokens);
    this.place(pool);
  }

  /** Takes in what follows from a pool's chain and tokens, whenever they are new. */
  place(pool: number): void {
    const at = this.records.at(pool);
    const { data } = this.records;
    const isPlaced = this.has(pool, HAS.tokens) && this.has(pool, HAS.chain);
    const section = isPlaced ? this.graph.sectionAt(data, at + POOL.chain_id) : -1;
    if (section >= 0) this.graph.link(pool, section, data, at + POOL.token0, at + POOL.token1);
    else this.graph.unlink(pool);
    for (const [entry, side] of [SIDE0, SIDE1].entries()) {
      const known = this.records.getByte(pool, POOL.pair + PAIR.known) & ~side.dollar;
      const dollar = this.graph.isDollar(2 * pool + entry) ? side.dollar : 0;
      this.records.setByte(pool, POOL.pair + PAIR.known, known | dollar);
    }
    this.takePrices(pool);
    this.orient(pool);
  }

  /** Writes the present prices of the pool's tokens into its record. */
  takePrices(pool: number): void {
    this.records.setNumber(pool, POOL.pair + SIDE0.price, this.graph.priceOf(2 * pool));
    this.records.setNumber(pool, POOL.pair + SIDE1.price, this.graph.priceOf(2 * pool + 1));
  }

  /** Takes decimals that an event told where none are known; a TokenInfo's come before them. */
  setDecimals(pool: number, decimals0: number, decimals1: number): void {
    const pair = this.records.at(pool) + POOL.pair;
    const { bytes } = this.records;
    if (bytes[pair + PAIR.decimals0] === DECIMALS_UNKNOWN) bytes[pair + PAIR.decimals0] = decimals0;
    if (bytes[pair + PAIR.decimals1] === DECIMALS_UNKNOWN) bytes[pair + PAIR.decimals1] = decimals1;
  }

  /** Are both tokens' decimals known? */
  hasDecimals(pool: number): boolean {
    const pair = this.records.at(pool) + POOL.pair;
    const { bytes } = this.records;
    return (
      bytes[pair + PAIR.decimals0] !== DECIMALS_UNKNOWN && bytes[pair + PAIR.decimals1] !== DECIMALS_UNKNOWN
    );
  }

  /** Symbols and decimals unknown again. */
  forgetPair(pool: number): void {
    clearPair(this.records, this.records.at(pool) + POOL.pair);
  }

  /** Looks for the tokens' infos while one is missing. A row keeps what was known when it changed. */
  resolve(pool: number): void {
    const known = this.records.getByte(pool, POOL.pair + PAIR.known);
    if ((known & BOTH_KNOWN) === BOTH_KNOWN || !this.has(pool, HAS.tokens)) return;
    const isNew0 = this.#resolveSide(pool, SIDE0);
    const isNew1 = this.#resolveSide(pool, SIDE1);
    if (isNew0 || isNew1) this.orient(pool);
  }

  /** True where the side's token info was missing and is now there. */
  #resolveSide(pool: number, side: Side): boolean {
    const at = this.records.at(pool);
    const pair = at + POOL.pair;
    const { bytes, data } = this.records;
    const known = bytes[pair + PAIR.known] as number;
    if ((known & side.known) !== 0) return false;
    const token = this.#tokens.find(data, at + POOL.chain_id, at + side.token);
    if (token < 0) return false;
    this.records.takeRecord(pool, POOL.pair + side.symbol, this.#tokens.records, token, 0, SYMBOL_BYTES);
    const decimals = this.#tokens.decimals(token);
    if (decimals !== DECIMALS_UNKNOWN) bytes[pair + side.decimals] = decimals;
    bytes[pair + PAIR.known] = known | side.known | (this.#tokens.saysStable(token) ? side.stable : 0);
    return true;
  }

  /** Decides which side quotes, whenever what it follows from is new. */
  orient(pool: number): void {
    const { bytes, data } = this.records;
    const at = this.records.at(pool);
    const known = bytes[at + POOL.pair + PAIR.known] as number;
    const chain = this.has(pool, HAS.chain)
      ? this.#chains.get(Number(data.getBigUint64(at + POOL.chain_id, true)))
      : undefined;
    const claimOf = (side: Side) => ({
      address: readField("addr20", bytes, data, at + side.token) as string,
      saysStable: (known & side.stable) !== 0,
    });
    const quotes0 = isToken0Quote(chain, claimOf(SIDE0), claimOf(SIDE1));
    bytes[at + POOL.pair + PAIR.token0_quotes] = quotes0 ? 1 : 0;
  }

  /** Is the address at `address` the pool's token0? */
  isToken0(pool: number, data: DataView, address: number): boolean {
    return this.#holdsAddress(pool, POOL.token0, data, address);
  }

  isToken1(pool: number, data: DataView, address: number): boolean {
    return this.#holdsAddress(pool, POOL.token1, data, address);
  }

  /** Which token of the pool a swap takes in, 0 or 1, by the addresses at these bytes; SIDE_UNKNOWN: neither. */
  sideOf(pool: number, data: DataView, tokenIn: number, tokenOut: number): number {
    if (this.isToken0(pool, data, tokenIn)) return this.isToken1(pool, data, tokenOut) ? 0 : SIDE_UNKNOWN;
    return this.isToken1(pool, data, tokenIn) && this.isToken0(pool, data, tokenOut) ? 1 : SIDE_UNKNOWN;
  }

  #holdsAddress(pool: number, offset: number, data: DataView, address: number): boolean {
    const start = (this.records.at(pool) + offset) >>> 2;
    for (let word = 0; word < ADDRESS_WORDS; word++) {
      if (this.records.words[start + word] !== data.getUint32(address + 4 * word, true)) return false;
    }
    return true;
  }

  has(pool: number, bit: number): boolean {
    return (this.records.getByte(pool, POOL.has) & bit) !== 0;
  }

  set(pool: number, bits: number): void {
    this.records.setByte(pool, POOL.has, this.records.getByte(pool, POOL.has) | bits);
  }

  unset(pool: number, bits: number): void {
    this.records.setByte(pool, POOL.has, this.records.getByte(pool, POOL.has) & ~bits);
  }
}

/** Of a pool of the tokens whose addresses lie at `a` and `b`, is that at `a` token0? Pools of all venues sort them by address. */
export function isToken0Of(data: DataView, a: number, b: number): boolean {
  for (let at = 0; at < ADDRESS_BYTES; at += 4) {
    const wordA = data.getUint32(a + at);
    const wordB = data.getUint32(b + at);
    if (wordA !== wordB) return wordA < wordB;
  }
  return false;
}
