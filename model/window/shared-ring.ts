/**
 * The last seqs of many owners in one ring, oldest out whoever owns it: what a ring an owner would hold, where there are
 * too many owners for that. Each entry links to its owner's one before. An owner's seqs ascend.
 */
export class SharedRing {
  readonly #capacity: number;
  readonly #seqs: Float64Array;
  /** Entries are numbered from 1 on; entry n is at n % capacity. */
  readonly #links: Float64Array;
  readonly #newest: Float64Array;
  #total = 0;
  /** Place of the newest entry: a remainder at each push costs more than all else of it. */
  #place = 0;

  constructor(capacity: number, owners: number) {
    this.#capacity = capacity;
    this.#seqs = new Float64Array(capacity);
    this.#links = new Float64Array(capacity);
    this.#newest = new Float64Array(owners);
  }

  /** Where in the ring the next entry goes, and whether that takes the place of the oldest. */
  get next(): number {
    return (this.#total + 1) % this.#capacity;
  }

  get isFull(): boolean {
    return this.#total >= this.#capacity;
  }

  /** The seq at a place in the ring. */
  seqAt(place: number): number {
    return this.#seqs[place] as number;
  }

  push(owner: number, seq: number): void {
    const number = ++this.#total;
    const place = this.#place + 1 === this.#capacity ? 0 : this.#place + 1;
    this.#place = place;
    this.#seqs[place] = seq;
    this.#links[place] = this.#newest[owner] as number;
    this.#newest[owner] = number;
  }

  /** Forgets an owner's entries. */
  clear(owner: number): void {
    this.#newest[owner] = 0;
  }

  /** How many of an owner's held seqs are in (after, upTo]. Looks through those after `after`. */
  count(owner: number, after: number, upTo: number): number {
    let count = 0;
    for (let number = this.#newest[owner] as number; this.#isHeld(number); ) {
      const place = number % this.#capacity;
      const seq = this.#seqs[place] as number;
      if (seq <= after) break;
      if (seq <= upTo) count++;
      number = this.#links[place] as number;
    }
    return count;
  }

  /** Places of an owner's entries after `seq`, ascending. */
  after(owner: number, seq: number): number[] {
    const places: number[] = [];
    for (let number = this.#newest[owner] as number; this.#isHeld(number); ) {
      const place = number % this.#capacity;
      if ((this.#seqs[place] as number) <= seq) break;
      places.push(place);
      number = this.#links[place] as number;
    }
    return places.toReversed();
  }

  #isHeld(number: number): boolean {
    return number > 0 && number > this.#total - this.#capacity;
  }

  get bytes(): number {
    return this.#seqs.byteLength + this.#links.byteLength + this.#newest.byteLength;
  }
}
