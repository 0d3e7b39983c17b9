/** Many doubly linked lists over one range of slots, each slot in one of them at most. Constant time, no object. */
export class SlotLists {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Slot + 1, 0 when empty. */
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;

  constructor(capacity: number, lists: number) {
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#heads = new Int32Array(lists);
    this.#tails = new Int32Array(lists);
  }

  /** First and last slot of a list, -1 when empty. */
  head(list: number): number {
    return (this.#heads[list] as number) - 1;
  }

  tail(list: number): number {
    return (this.#tails[list] as number) - 1;
  }

  /** The slot after, -1 after the last. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  /** The slot before, -1 before the first. */
  previous(slot: number): number {
    return this.#previous[slot] as number;
  }

  /** Appends a slot that is in no list. */
  append(list: number, slot: number): void {
    const tail = this.tail(list);
    this.#next[slot] = -1;
    this.#previous[slot] = tail;
    if (tail >= 0) this.#next[tail] = slot;
    else this.#heads[list] = slot + 1;
    this.#tails[list] = slot + 1;
  }

  /** Takes out a slot that is in the list. */
  remove(list: number, slot: number): void {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (next >= 0) this.#previous[next] = previous;
    else this.#tails[list] = previous + 1;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[list] = next + 1;
  }

  moveToTail(list: number, slot: number): void {
    if (slot === this.tail(list)) return;
    this.remove(list, slot);
    this.append(list, slot);
  }

  get bytes(): number {
    return (
      this.#next.byteLength + this.#previous.byteLength + this.#heads.byteLength + this.#tails.byteLength
    );
  }
}
