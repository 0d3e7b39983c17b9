/** A doubly linked list over slot numbers, in two typed arrays: append, take out and walk, all without an object. */
export class SlotList {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** First and last slot, -1 when empty. */
  head = -1;
  tail = -1;

  constructor(capacity: number) {
    this.#next = new Int32Array(capacity).fill(-1);
    this.#previous = new Int32Array(capacity).fill(-1);
  }

  /** The slot after, -1 after the last. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  /** The slot before, -1 before the first. */
  previous(slot: number): number {
    return this.#previous[slot] as number;
  }

  /** Appends a slot that is not in the list. */
  append(slot: number): void {
    this.#next[slot] = -1;
    this.#previous[slot] = this.tail;
    if (this.tail >= 0) this.#next[this.tail] = slot;
    else this.head = slot;
    this.tail = slot;
  }

  /** Takes out a slot that is in the list. */
  remove(slot: number): void {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (next >= 0) this.#previous[next] = previous;
    else this.tail = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.head = next;
  }

  moveToTail(slot: number): void {
    if (slot === this.tail) return;
    this.remove(slot);
    this.append(slot);
  }

  get bytes(): number {
    return this.#next.byteLength + this.#previous.byteLength;
  }
}
