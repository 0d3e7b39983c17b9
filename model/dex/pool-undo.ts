/**
 * Takes back what blocks did to pools. A pool's record is restored, and its row published anew; a pool that was first
 * seen in the block loses its row. What a PoolInfo told of a pool (venue, kind, fee, tokens) is no block's doing and
 * stands. A pool that the full registry has forgotten since stays forgotten, or as it began again.
 */
import type { FoldContext } from "../context.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { BeforeImages } from "../reorg/before-images.ts";
import type { Undoable } from "../reorg/journal.ts";
import { HAS, HAS_IDENTITY, POOL, POOL_BYTES, POOL_IDENTITY } from "./pool-record.ts";
import { ADDRESS_BYTES, ADDRESS_WORDS, type PoolRegistry } from "./pool-registry.ts";

/** An image: the pool's address, then its record. */
const RECORD = ADDRESS_BYTES;
const IMAGE_BYTES = RECORD + POOL_BYTES;

/** The channel over the pools. */
interface PoolRows {
  publish(pool: number): void;
  withdraw(pool: number): void;
}

export class PoolUndo implements Undoable {
  readonly #images: BeforeImages;
  readonly #registry: PoolRegistry;
  readonly #rows: PoolRows;

  /** @param rowCap rows that pool.state may have */
  constructor(rowCap: number, registry: PoolRegistry, rows: PoolRows, { journal }: FoldContext) {
    const images = MODEL_LIMITS.undo_pools_per_row_count * rowCap;
    this.#images = new BeforeImages(journal, registry.capacity, images, IMAGE_BYTES);
    this.#registry = registry;
    this.#rows = rows;
    journal.add(this);
  }

  get bytes(): number {
    return this.#images.bytes;
  }

  /** To be called when the slot is a new pool's. */
  release(pool: number): void {
    this.#images.release(pool);
  }

  /** To be called before a pool's record changes. */
  keep(pool: number): void {
    const image = this.#images.open(pool);
    if (image < 0) return;
    const { records } = this.#images;
    const { addresses, records: pools } = this.#registry;
    const at = records.at(image) >>> 2;
    for (let i = 0; i < ADDRESS_WORDS; i++)
      records.words[at + i] = addresses[pool * ADDRESS_WORDS + i] as number;
    // What a PoolInfo told is not restored, so it need not be kept.
    const length = this.#registry.has(pool, HAS.info) ? POOL_IDENTITY : POOL_BYTES;
    records.takeRecord(image, RECORD, pools, pool, 0, length);
    records.setByte(image, RECORD + POOL.has, pools.getByte(pool, POOL.has));
  }

  holds(frame: number): boolean {
    return this.#images.holds(frame);
  }

  undo(frame: number): void {
    this.#images.undo(frame, (pool, image) => this.#restore(pool, image));
  }

  #restore(pool: number, image: number): void {
    const registry = this.#registry;
    const images = this.#images.records;
    if (registry.find(images.data, images.at(image)) !== pool) return;
    const { records } = registry;
    const now = records.getByte(pool, POOL.has);
    const before = images.getByte(image, RECORD + POOL.has);
    const hasInfo = (now & HAS.info) !== 0;
    // What a PoolInfo told does not go, so the pool was forgotten since, and has begun again.
    if (!hasInfo && (before & HAS.info) !== 0) return;
    records.takeRecord(pool, 0, images, image, RECORD, hasInfo ? POOL_IDENTITY : POOL_BYTES);
    if (hasInfo) {
      records.setByte(pool, POOL.has, (now & HAS_IDENTITY) | (before & ~HAS_IDENTITY));
      registry.graph.touch(pool);
    } else registry.place(pool);
    if (before & HAS.seen) {
      registry.resolve(pool);
      registry.takePrices(pool);
      this.#rows.publish(pool);
      return;
    }
    this.#rows.withdraw(pool);
    if (!hasInfo) registry.forget(pool);
  }
}
