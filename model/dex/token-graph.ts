/**
 * The tokens of the known pools, each with the pools that it is in: what prices are found on, and where they are kept.
 * Only chains of the registry are in it, for on others no token is a dollar and none can have a price.
 *
 * An entry is one side of a pool: 2 * pool for token0, 2 * pool + 1 for token1. Each token has a list of its entries. A
 * token is there as long as one pool has it, so twice as many tokens as pools are room for all.
 */

import type { ChainSection } from "../../protocol/chain-section.ts";
import { parseHex } from "../hex.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyTable } from "../window/key-table.ts";

/** Place of the chain's section among the sections, address. */
const KEY_WORDS = 6;
const ADDRESS_WORDS = 5;
const NONE = -1;

export class TokenGraph {
  /** US dollars a whole token; 0: unknown. */
  readonly prices: Float64Array;
  /** Section of the token's chain. */
  readonly sections: Int16Array;
  /** 1: a dollar of the registry. */
  readonly dollars: Uint8Array;
  /** By section: did one of its pools change, or go, since it was last priced? */
  readonly moved: Uint8Array;
  /** Pools that changed since `settle`, each once. */
  readonly movedPools: Int32Array;
  movedCount = 0;
  /** Pricing during or before which the pool changed last; they are numbered. */
  readonly changedIn: Float64Array;
  /** Number of the pricing that changes now are before. */
  pricing = 1;
  readonly #isMoved: Uint8Array;
  readonly #sectionOf: ReadonlyMap<number, number>;
  /** By section: words of each dollar's address, one after the other. */
  readonly #dollarWords: readonly Uint32Array[];
  /** By section: words of the wrapped native token's address. */
  readonly #nativeWords: readonly Uint32Array[];
  readonly #table: KeyTable;
  readonly #free: Int32Array;
  readonly #key: Key;
  /** By entry: the token, the next and the previous entry of that token. */
  readonly #tokens: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** By token: its first entry. */
  readonly #first: Int32Array;

  constructor(pools: number, chains: readonly ChainSection[], hash: KeyHash) {
    const tokens = 2 * pools;
    this.prices = new Float64Array(tokens);
    this.sections = new Int16Array(tokens);
    this.dollars = new Uint8Array(tokens);
    this.moved = new Uint8Array(chains.length);
    this.movedPools = new Int32Array(pools);
    this.#isMoved = new Uint8Array(pools);
    this.changedIn = new Float64Array(pools);
    this.#sectionOf = new Map(chains.map(({ chain_id }, section) => [chain_id, section]));
    this.#dollarWords = chains.map(({ stables }) => wordsOf(stables));
    this.#nativeWords = chains.map(({ wrapped_native }) => wordsOf([wrapped_native]));
    this.#table = new KeyTable(tokens, KEY_WORDS);
    this.#free = new Int32Array(tokens);
    for (let i = 0; i < tokens; i++) this.#free[i] = tokens - 1 - i;
    this.#key = new Key(KEY_WORDS, hash);
    this.#tokens = new Int32Array(tokens).fill(NONE);
    this.#next = new Int32Array(tokens).fill(NONE);
    this.#previous = new Int32Array(tokens).fill(NONE);
    this.#first = new Int32Array(tokens).fill(NONE);
  }

  /** Tokens that there is room for. */
  get capacity(): number {
    return this.prices.length;
  }

  get bytes(): number {
    const arrays = [this.prices, this.sections, this.dollars, this.changedIn, this.#free];
    const lists = [
      this.moved,
      this.movedPools,
      this.#isMoved,
      this.#tokens,
      this.#next,
      this.#previous,
      this.#first,
    ];
    return [...arrays, ...lists].reduce((sum, array) => sum + array.byteLength, this.#table.bytes);
  }

  /** The section of a chain id's u64; -1 where the registry has none. */
  sectionAt(data: DataView, chain: number): number {
    return this.#sectionOf.get(Number(data.getBigUint64(chain, true))) ?? NONE;
  }

  /** Puts a pool in, with its tokens' addresses as they lie at these bytes; in place of what it had. */
  link(pool: number, section: number, data: DataView, token0: number, token1: number): void {
    this.unlink(pool);
    this.#linkSide(2 * pool, section, data, token0);
    this.#linkSide(2 * pool + 1, section, data, token1);
    this.touch(pool);
  }

  unlink(pool: number): void {
    this.touch(pool);
    this.#unlinkSide(2 * pool);
    this.#unlinkSide(2 * pool + 1);
  }

  /** The pool's state changed, so that prices may have. */
  touch(pool: number): void {
    this.changedIn[pool] = this.pricing;
    if (this.#isMoved[pool] === 1) return;
    this.#isMoved[pool] = 1;
    this.movedPools[this.movedCount++] = pool;
  }

  /** What moved so far has been looked at. */
  settle(): void {
    for (let i = 0; i < this.movedCount; i++) this.#isMoved[this.movedPools[i] as number] = 0;
    this.movedCount = 0;
  }

  /** The token of an entry; -1 where its pool is not in the graph. */
  tokenOf(entry: number): number {
    return this.#tokens[entry] as number;
  }

  /** The token's first entry, and the one after an entry; -1 where there is none. In no order that means anything. */
  firstEntry(token: number): number {
    return this.#first[token] as number;
  }

  nextEntry(entry: number): number {
    return this.#next[entry] as number;
  }

  /** Price of the token on that side of a pool; 0: unknown. */
  priceOf(entry: number): number {
    const token = this.#tokens[entry] as number;
    return token < 0 ? 0 : (this.prices[token] as number);
  }

  /** US dollars a whole one of the coin that a section's chain is paid in; 0: unknown. */
  nativePrice(section: number): number {
    this.#key.words[0] = section;
    this.#key.words.set(this.#nativeWords[section] as Uint32Array, 1);
    const token = this.#table.find(this.#key.seal());
    return token < 0 ? 0 : (this.prices[token] as number);
  }

  isDollar(entry: number): boolean {
    const token = this.#tokens[entry] as number;
    return token >= 0 && this.dollars[token] === 1;
  }

  /** The dollars of a section that a known pool has, in the registry's order. */
  *dollarsOf(section: number): Generator<number> {
    const words = this.#dollarWords[section] as Uint32Array;
    this.#key.words[0] = section;
    for (let at = 0; at < words.length; at += ADDRESS_WORDS) {
      this.#key.words.set(words.subarray(at, at + ADDRESS_WORDS), 1);
      const token = this.#table.find(this.#key.seal());
      if (token >= 0) yield token;
    }
  }

  #linkSide(entry: number, section: number, data: DataView, address: number): void {
    this.#key.words[0] = section;
    let token = this.#table.find(this.#key.take(1, data, address, ADDRESS_WORDS).seal());
    if (token < 0) {
      token = this.#free[this.capacity - 1 - this.#table.size] as number;
      this.#table.insert(token, this.#key);
      this.sections[token] = section;
      this.dollars[token] = this.#isDollar(section) ? 1 : 0;
      this.prices[token] = this.dollars[token] as number;
    }
    const first = this.#first[token] as number;
    this.#tokens[entry] = token;
    this.#next[entry] = first;
    this.#previous[entry] = NONE;
    if (first >= 0) this.#previous[first] = entry;
    this.#first[token] = entry;
  }

  #unlinkSide(entry: number): void {
    const token = this.#tokens[entry] as number;
    if (token < 0) return;
    this.moved[this.sections[token] as number] = 1;
    const next = this.#next[entry] as number;
    const previous = this.#previous[entry] as number;
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#first[token] = next;
    this.#tokens[entry] = NONE;
    if (this.#first[token] !== NONE) return;
    this.#table.remove(token);
    this.#free[this.capacity - 1 - this.#table.size] = token;
    this.prices[token] = 0;
  }

  /** Is the address in the key a dollar? */
  #isDollar(section: number): boolean {
    const words = this.#dollarWords[section] as Uint32Array;
    const key = this.#key.words;
    for (let at = 0; at < words.length; at += ADDRESS_WORDS) {
      let word = 0;
      while (word < ADDRESS_WORDS && words[at + word] === key[1 + word]) word++;
      if (word === ADDRESS_WORDS) return true;
    }
    return false;
  }
}

function wordsOf(addresses: readonly string[]): Uint32Array {
  const words = new Uint32Array(ADDRESS_WORDS * addresses.length);
  for (const [i, address] of addresses.entries())
    parseHex(address, 4 * ADDRESS_WORDS, words, ADDRESS_WORDS * i);
  return words;
}
