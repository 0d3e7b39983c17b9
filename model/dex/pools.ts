/**
 * Pools: a bounded registry of what is known of each, and the channel pool.state over those that changed last. The
 * registry is larger than the window and apart from it, so a pool whose row was evicted goes on where it stood.
 */

import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { Window } from "../window/window.ts";
import { PoolFold, poolAddressOf } from "./pool-fold.ts";
import { HAS, POOL, POOL_BYTES } from "./pool-record.ts";
import { ADDRESS_BYTES, ADDRESS_WORDS, PoolRegistry } from "./pool-registry.ts";
import { writePool } from "./pool-row.ts";
import { PoolUndo } from "./pool-undo.ts";
import type { Tokens } from "./tokens.ts";

/** A row's record is the pool's slot in the registry. */
const ROW_BYTES = 4;
/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_024;
/** No factory enables more: two ranges would be all that there is. */
const MAX_TICK_SPACING = 16_384;

const INFO = OFFSET.PoolInfo;

export class Pools {
  readonly window: Window;
  readonly registry: PoolRegistry;
  readonly #fold: PoolFold;
  readonly #undo: PoolUndo;
  readonly #tally: Tally;

  constructor(cap: number, tokens: Tokens, context: FoldContext) {
    this.registry = new PoolRegistry(cap, tokens, context);
    this.#fold = new PoolFold(this.registry, context.tally);
    this.#undo = new PoolUndo(cap, this.registry, this, context);
    this.#tally = context.tally;
    this.window = new Window(
      {
        name: "pool.state",
        cap,
        keyWords: ADDRESS_WORDS,
        recordBytes: ROW_BYTES,
        jsonBytes: JSON_BYTES,
        writeId: (id, keys, from) => id.bareHexOfWords(keys, from, ADDRESS_BYTES),
        writeRow: (row, slot, id, seq) => writePool(row, this.registry.records, this.#poolOf(slot), id, seq),
        onEvict: (slot) => {
          this.registry.rows[this.#poolOf(slot)] = -1;
        },
      },
      context.counter,
    );
  }

  /** Takes a PoolInfo. The pool's row changes where it has one and the info says something new. */
  learn(data: DataView, value: number): void {
    const pool = this.#open(data, value + INFO.pool, value + INFO.chain_id);
    if (pool < 0) return;
    const at = this.registry.records.at(pool);
    const before = this.registry.records.bytes.slice(at, at + POOL_BYTES);

    this.registry.records.take(pool, POOL.chain_id, data, value + INFO.chain_id, 8);
    this.registry.records.data.setUint32(at + POOL.fee, data.getUint32(value + INFO.fee, true), true);
    this.registry.records.data.setUint16(at + POOL.venue, data.getUint16(value + INFO.venue, true), true);
    this.registry.records.setByte(pool, POOL.kind, data.getUint8(value + INFO.kind));
    const spacing = data.getInt32(value + INFO.tick_spacing, true);
    const isSpacing = spacing > 0 && spacing <= MAX_TICK_SPACING;
    this.registry.records.data.setUint16(at + POOL.tick_spacing, isSpacing ? spacing : 0, true);
    this.registry.records.take(pool, POOL.token0, data, value + INFO.token0, ADDRESS_BYTES);
    this.registry.records.take(pool, POOL.token1, data, value + INFO.token1, ADDRESS_BYTES);
    if (!isEqual(this.registry.records.bytes, at + POOL.token0, before, POOL.token0, 2 * ADDRESS_BYTES)) {
      this.registry.forgetPair(pool);
    }
    this.registry.set(pool, HAS.chain | HAS.fee | HAS.tokens | HAS.info);
    this.registry.place(pool);
    this.registry.resolve(pool);

    const isNews = !isEqual(this.registry.records.bytes, at, before, 0, POOL_BYTES);
    if (isNews && (this.registry.rows[pool] as number) >= 0) this.publish(pool);
  }

  /**
   * Folds an event into its pool and returns the pool's slot. `chain` is where a chain id lies in `data`, or -1. An event
   * of another chain than the pool's changes nothing, and -1 is returned.
   */
  apply(type: number, data: DataView, value: number, chain: number): number {
    const pool = this.#open(data, value + poolAddressOf(type), chain);
    if (pool < 0) return pool;
    this.#undo.keep(pool);
    this.#fold.apply(pool, type, data, value, chain);
    return pool;
  }

  /**
   * Says that a pool's record has changed: its row is made from the record, so a record that has a row never changes
   * without this.
   */
  publish(pool: number): void {
    this.registry.graph.touch(pool);
    this.registry.set(pool, HAS.seen);
    this.show(pool);
  }

  /** The same where nothing has changed but what is known of prices. */
  show(pool: number): void {
    const known = this.registry.rows[pool] as number;
    if (known >= 0) return this.window.change(known);
    const row = this.window.insert(this.registry.keyOf(pool));
    this.window.records.data.setUint32(this.window.records.at(row), pool, true);
    this.registry.rows[pool] = row;
  }

  /** Takes a pool's row away. */
  withdraw(pool: number): void {
    const row = this.registry.rows[pool] as number;
    if (row >= 0) this.window.remove(row);
    this.registry.rows[pool] = -1;
  }

  /** Bytes of what is kept to take blocks back. */
  get undoBytes(): number {
    return this.#undo.bytes;
  }

  #poolOf(row: number): number {
    return this.window.records.data.getUint32(this.window.records.at(row), true);
  }

  /** The slot of the pool whose address lies at `address`; -1 where it is held by another chain than that at `chain`. */
  #open(data: DataView, address: number, chain: number): number {
    const pool = this.registry.open(data, address);
    if (this.registry.isNew(pool)) this.#undo.release(pool);
    else if (!this.registry.isOfChain(pool, data, chain)) {
      this.#tally.faults.pool_chain_conflict++;
      return -1;
    }
    return pool;
  }
}

function isEqual(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[fromA + i] !== b[fromB + i]) return false;
  return true;
}
