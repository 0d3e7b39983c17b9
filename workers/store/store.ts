/**
 * One channel's window as the client holds it: rows by id, in the order of their seqs. Mutable, deterministic, no I/O.
 *
 * A row lives in a slot of a ring; slots are absolute numbers that only grow (until `generation` changes), so the order
 * of slots is the order of seqs, a changed row takes a new slot at the tail and leaves a hole, and a reader who has seen
 * everything below slot N finds what is new in [N, tail). The rows are the parsed objects as they came.
 */
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";

export interface Patch {
  upsert: readonly Row[];
  remove: readonly string[];
  evict_before: number;
}

/** Slots are renumbered beyond this, so that the map's values stay small integers. */
const MAX_SLOT = 2 ** 29;
/** Between the parts of a cut batch a window may hold more than its cap, never more than this many times. */
const HOLD_FACTOR = 2;
const MIN_CAPACITY = 64;

export class Store {
  /** Counts changes; a reader compares it with the one that it has seen. */
  version = 0;
  /** Changes when slots were renumbered: what was read before by slot is void. */
  generation = 0;
  /** Ids that came new, ever. A row's arrival number is this at its insertion; updates keep it. */
  arrivals = 0;
  /** Rows dropped because the server sent more than twice the cap. */
  overflows = 0;

  #cap: number;
  #slots = new Map<string, number>();
  #digest = new Digest();
  #head = 0;
  #tail = 0;
  #lastSeq = -1;
  #mask!: number;
  #rows!: (Row | null)[];
  #seqs!: Float64Array;
  #arrival!: Float64Array;
  #mix1!: Int32Array;
  #mix2!: Int32Array;

  /** `cap`: rows that the server's window holds at most. */
  constructor(cap: number) {
    this.#cap = cap;
    this.#allocate();
  }

  get cap(): number {
    return this.#cap;
  }

  get count(): number {
    return this.#slots.size;
  }

  /** Slots in use: [head, tail), holes among them. At most `capacity` of them. */
  get head(): number {
    return this.#head;
  }

  get tail(): number {
    return this.#tail;
  }

  get capacity(): number {
    return this.#mask + 1;
  }

  /** 16 hex digits over (id, seq) of every row held. */
  digest(): string {
    return this.#digest.toString();
  }

  get(id: string): Row | null {
    const slot = this.#slots.get(id);
    return slot === undefined ? null : this.#rows[slot & this.#mask]!;
  }

  /** The row in a slot; null for a hole and for slots outside [head, tail). */
  rowAt(slot: number): Row | null {
    return slot >= this.#head && slot < this.#tail ? this.#rows[slot & this.#mask]! : null;
  }

  arrivalAt(slot: number): number {
    return this.#arrival[slot & this.#mask]!;
  }

  /** The rows held, in the order of their seqs. */
  *rows(): Generator<Row> {
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const row = this.#rows[slot & this.#mask]!;
      if (row !== null) yield row;
    }
  }

  /** Applies a change set: upserts are last-write-wins by (id, seq), so applying one again changes nothing. */
  apply(patch: Patch): void {
    for (const id of patch.remove) this.#remove(id);
    for (const row of patch.upsert) this.#upsert(row);
    this.#evictBefore(patch.evict_before);
    this.version++;
  }

  /** Puts a whole window in place of what is held. Rows whose ids were held keep their arrival. */
  replace(rows: readonly Row[], cap: number): void {
    const arrivals = new Map<string, number>();
    for (const [id, slot] of this.#slots) arrivals.set(id, this.arrivalAt(slot));
    this.#cap = cap;
    this.#slots = new Map();
    this.#digest.clear();
    this.#allocate();
    for (const row of rows) this.#upsert(row, arrivals.get(row.id));
    this.version++;
  }

  /** `known`: the arrival of an id that was held before. */
  #upsert(row: Row, known?: number): void {
    const old = this.#slots.get(row.id);
    if (old !== undefined) {
      if (this.#seqs[old & this.#mask]! >= row.seq) return;
      const arrival = this.#arrival[old & this.#mask]!;
      this.#vacate(old);
      this.#append(row, arrival);
    } else {
      this.#append(row, known ?? this.arrivals++);
      if (this.#slots.size > this.#cap * HOLD_FACTOR) this.#dropLowest();
    }
    if (row.seq < this.#lastSeq) this.#renumber(true);
    else this.#lastSeq = row.seq;
  }

  #append(row: Row, arrival: number): void {
    if (this.#tail - this.#head > this.#mask || this.#tail >= MAX_SLOT) this.#renumber(false);
    const slot = this.#tail++;
    const at = slot & this.#mask;
    const { h1, h2 } = this.#digest;
    this.#digest.add(row.id, row.seq);
    this.#rows[at] = row;
    this.#seqs[at] = row.seq;
    this.#arrival[at] = arrival;
    this.#mix1[at] = this.#digest.h1 ^ h1;
    this.#mix2[at] = this.#digest.h2 ^ h2;
    this.#slots.set(row.id, slot);
  }

  /** Takes the row out of its slot and of the digest; the caller minds the map. */
  #vacate(slot: number): void {
    const at = slot & this.#mask;
    this.#digest.h1 ^= this.#mix1[at]!;
    this.#digest.h2 ^= this.#mix2[at]!;
    this.#rows[at] = null;
  }

  #remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#vacate(slot);
    this.#slots.delete(id);
  }

  #evictBefore(floor: number): void {
    while (this.#head < this.#tail) {
      const at = this.#head & this.#mask;
      const row = this.#rows[at]!;
      if (row !== null) {
        if (this.#seqs[at]! >= floor) return;
        this.#vacate(this.#head);
        this.#slots.delete(row.id);
      }
      this.#head++;
    }
  }

  /** Holds the window under its hard bound whatever the server sends; the check of the count then finds the loss. */
  #dropLowest(): void {
    while (this.rowAt(this.#head) === null) this.#head++;
    this.#slots.delete(this.rowAt(this.#head)!.id);
    this.#vacate(this.#head++);
    this.overflows++;
  }

  #allocate(): void {
    let capacity = MIN_CAPACITY;
    while (capacity < this.#cap * HOLD_FACTOR * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#rows = Array.from<Row | null>({ length: capacity }).fill(null);
    this.#seqs = new Float64Array(capacity);
    this.#arrival = new Float64Array(capacity);
    this.#mix1 = new Int32Array(capacity);
    this.#mix2 = new Int32Array(capacity);
    this.#head = 0;
    this.#tail = 0;
    this.#lastSeq = -1;
    this.generation++;
  }

  /**
   * Squeezes the holes out. At most half of the ring is live, so a renumbering is paid by as many changes. `sorted`
   * also puts the rows in seq order: a row that came late, which a server that keeps the contract never sends.
   */
  #renumber(sorted: boolean): void {
    const live: { row: Row; arrival: number }[] = [];
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const row = this.#rows[slot & this.#mask]!;
      if (row !== null) live.push({ row, arrival: this.arrivalAt(slot) });
    }
    if (sorted) live.sort((a, b) => a.row.seq - b.row.seq);
    const lastSeq = this.#lastSeq;
    this.#digest.clear();
    this.#allocate();
    for (const { row, arrival } of live) this.#append(row, arrival);
    this.#lastSeq = lastSeq;
  }
}
