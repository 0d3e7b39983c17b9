/**
 * A bounded set of keys, each at a slot for the owner's columns, linked in the order in which the owner appended or
 * touched them: the base of windows, registries and duplicate sets. Everything is constant time.
 */
import type { Key } from "./key.ts";
import { KeyTable } from "./key-table.ts";
import { SlotList } from "./slot-list.ts";

export class KeyedSlots {
  readonly capacity: number;
  readonly keyWords: number;
  readonly #table: KeyTable;
  readonly #order: SlotList;
  /** Slots not in use are free[0] to free[capacity - count - 1]. */
  readonly #free: Int32Array;

  constructor(capacity: number, keyWords: number) {
    this.capacity = capacity;
    this.keyWords = keyWords;
    this.#table = new KeyTable(capacity, keyWords);
    this.#order = new SlotList(capacity);
    this.#free = new Int32Array(capacity);
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i;
  }

  get count(): number {
    return this.#table.size;
  }

  get isFull(): boolean {
    return this.#table.size === this.capacity;
  }

  /** Slot s has its key at [s * keyWords, (s + 1) * keyWords). */
  get keys(): Uint32Array {
    return this.#table.keys;
  }

  /** The key's slot, or -1. */
  find(key: Key): number {
    return this.#table.find(key);
  }

  /** Gives a key that is not held a slot, the newest in the order. Not to be called when full. */
  add(key: Key): number {
    const slot = this.#free[this.capacity - 1 - this.#table.size] as number;
    this.#table.insert(slot, key);
    this.#order.append(slot);
    return slot;
  }

  /** Makes a slot the newest. */
  touch(slot: number): void {
    this.#order.moveToTail(slot);
  }

  remove(slot: number): void {
    this.#table.remove(slot);
    this.#order.remove(slot);
    this.#free[this.capacity - 1 - this.#table.size] = slot;
  }

  /** The oldest and the newest slot, -1 when empty. */
  get oldest(): number {
    return this.#order.head;
  }

  get newest(): number {
    return this.#order.tail;
  }

  /** The next newer and the next older slot, -1 where there is none. */
  newer(slot: number): number {
    return this.#order.next(slot);
  }

  older(slot: number): number {
    return this.#order.previous(slot);
  }

  get bytes(): number {
    return this.#table.bytes + this.#order.bytes + this.#free.byteLength;
  }
}
