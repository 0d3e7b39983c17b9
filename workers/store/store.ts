/**
 * One channel's window as the client holds it: rows by id, in the order of their seqs. Mutable, deterministic, no I/O.
 *
 * A row lives in a slot of a ring; slots are absolute numbers that only grow (until `generation` changes), so the order
 * of slots is the order of seqs, a changed row takes a new slot at the tail and leaves a hole, and a reader who has seen
 * everything below slot N finds what is new in [N, tail). The rows are the parsed objects as they came.
 *
 * Under want of memory `shed` drops bodies of the oldest rows. Such a row keeps its slot, id and seq, so that digest and
 * count hold, and is evicted, removed or replaced like any other; to readers of rows it is a hole.
 */
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { MEMORY_LIMITS } from "../limits.ts";
import { type Shed, shareOf } from "./bytes.ts";
import { capacityFor, type Held, HOLD_FACTOR, idOf, MAX_SLOT } from "./ring.ts";

export interface Patch {
  upsert: readonly Row[];
  remove: readonly string[];
  evict_before: number;
}

const OVERHEAD = MEMORY_LIMITS.row_overhead_bytes;

export class Store {
  /** Counts changes; a reader compares it with the one that it has seen. */
  version = 0;
  /** Changes when slots were renumbered: what was read before by slot is void. */
  generation = 0;
  /** Whole windows that were put in, ever. */
  windows = 0;
  /** Ids that came new, ever. A row's arrival number is this at its insertion; updates keep it. */
  arrivals = 0;
  /** Rows dropped because the server sent more than twice the cap. */
  overflows = 0;
  /** A row's share of the text that it came in and the fixed overhead, summed; of a shed row the overhead. */
  bytes = 0;
  /** Rows of which only id and seq are left. */
  shedRows = 0;
  /** Bytes that left the window, ever: a reader who took its rows before may still hold so much of them. */
  freed = 0;

  #cap: number;
  #slots = new Map<string, number>();
  #digest = new Digest();
  #head = 0;
  #tail = 0;
  #lastSeq = -1;
  /** No slot below it has a body. */
  #shedTo = 0;
  #mask!: number;
  #rows!: Held[];
  #seqs!: Float64Array;
  #arrival!: Float64Array;
  #mix1!: Int32Array;
  #mix2!: Int32Array;
  /** Each row's share of the text that it came in. */
  #shares!: Uint32Array;

  /** `cap`: rows that the server's window holds at most. */
  constructor(cap: number) {
    this.#cap = cap;
    this.#allocate(0);
  }

  get cap(): number {
    return this.#cap;
  }

  /** Rows held, shed ones among them. */
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

  /** null also for a row that was shed. */
  get(id: string): Row | null {
    const slot = this.#slots.get(id);
    return slot === undefined ? null : this.rowAt(slot);
  }

  /** Seq of a row held, shed or not; null for none. */
  seqOf(id: string): number | null {
    const slot = this.#slots.get(id);
    return slot === undefined ? null : this.#seqs[slot & this.#mask]!;
  }

  /** The row in a slot; null for a hole, a shed row, and slots outside [head, tail). */
  rowAt(slot: number): Row | null {
    if (slot < this.#head || slot >= this.#tail) return null;
    const held = this.#rows[slot & this.#mask]!;
    return typeof held === "string" ? null : held;
  }

  arrivalAt(slot: number): number {
    return this.#arrival[slot & this.#mask]!;
  }

  /** The rows that have their bodies, in the order of their seqs. */
  *rows(): Generator<Row> {
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const row = this.rowAt(slot);
      if (row !== null) yield row;
    }
  }

  /** Id and seq of every row held, shed ones too, in the order of their seqs. */
  *keys(): Generator<{ id: string; seq: number }> {
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const held = this.#rows[slot & this.#mask]!;
      if (held !== null) yield { id: idOf(held), seq: this.#seqs[slot & this.#mask]! };
    }
  }

  /**
   * Applies a change set: upserts are last-write-wins by (id, seq), so applying one again changes nothing. `text_bytes`:
   * length of the text that it came in, which its rows share.
   */
  apply(patch: Patch, text_bytes = 0): void {
    const share = shareOf(text_bytes, patch.upsert);
    for (const id of patch.remove) this.#remove(id);
    for (const row of patch.upsert) this.#upsert(row, share);
    this.#evictBefore(patch.evict_before);
    this.version++;
  }

  /** Puts a whole window in place of what is held. Rows whose ids were held keep their arrival. */
  replace(rows: readonly Row[], cap: number, text_bytes = 0): void {
    const share = shareOf(text_bytes, rows);
    const arrivals = new Map<string, number>();
    for (const [id, slot] of this.#slots) arrivals.set(id, this.arrivalAt(slot));
    this.#cap = cap;
    this.freed += this.bytes;
    this.#slots = new Map();
    this.#allocate(rows.length);
    for (const row of rows) this.#upsert(row, share, arrivals.get(row.id));
    this.windows++;
    this.version++;
  }

  /**
   * Drops bodies, oldest first, until `want_bytes` are freed, but none of the newest `keep_rows` that have one. Null when
   * there was none to drop.
   */
  shed(want_bytes: number, keep_rows: number): Shed | null {
    const before = this.bytes;
    let shed: Shed | null = null;
    let slot = Math.max(this.#shedTo, this.#head);
    for (; slot < this.#tail && before - this.bytes < want_bytes; slot++) {
      const at = slot & this.#mask;
      const held = this.#rows[at]!;
      if (held === null || typeof held === "string") continue;
      if (this.count - this.shedRows <= keep_rows) break;
      this.#rows[at] = held.id;
      this.bytes -= this.#shares[at]!;
      this.#shares[at] = 0;
      this.shedRows++;
      shed ??= { rows: 0, from_seq: held.seq - 1, to_seq: held.seq };
      shed.rows++;
      shed.to_seq = held.seq;
    }
    this.#shedTo = slot;
    this.freed += before - this.bytes;
    if (shed !== null) this.version++;
    return shed;
  }

  /** `known`: the arrival of an id that was held before. */
  #upsert(row: Row, share: number, known?: number): void {
    const old = this.#slots.get(row.id);
    if (old !== undefined) {
      if (this.#seqs[old & this.#mask]! >= row.seq) return;
      const arrival = this.#arrival[old & this.#mask]!;
      this.#vacate(old);
      this.#append(row, row.id, row.seq, arrival, share);
    } else {
      this.#append(row, row.id, row.seq, known ?? this.arrivals++, share);
      if (this.#slots.size > this.#cap * HOLD_FACTOR) this.#dropLowest();
    }
    if (row.seq < this.#lastSeq) this.#renumber(true);
    else this.#lastSeq = row.seq;
  }

  #append(held: Row | string, id: string, seq: number, arrival: number, share: number): void {
    if (this.#tail - this.#head > this.#mask || this.#tail >= MAX_SLOT) this.#renumber(false);
    const slot = this.#tail++;
    const at = slot & this.#mask;
    const { h1, h2 } = this.#digest;
    this.#digest.add(id, seq);
    this.#rows[at] = held;
    this.#seqs[at] = seq;
    this.#arrival[at] = arrival;
    this.#shares[at] = share;
    this.#mix1[at] = this.#digest.h1 ^ h1;
    this.#mix2[at] = this.#digest.h2 ^ h2;
    this.bytes += share + OVERHEAD;
    if (typeof held === "string") this.shedRows++;
    this.#slots.set(id, slot);
  }

  /** Takes the row out of its slot, the digest and the bytes; the caller minds the map. */
  #vacate(slot: number): void {
    const at = slot & this.#mask;
    const bytes = this.#shares[at]! + OVERHEAD;
    this.#digest.h1 ^= this.#mix1[at]!;
    this.#digest.h2 ^= this.#mix2[at]!;
    this.bytes -= bytes;
    this.freed += bytes;
    if (typeof this.#rows[at] === "string") this.shedRows--;
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
      const held = this.#rows[at]!;
      if (held !== null && this.#seqs[at]! >= floor) return;
      this.#dropHead();
    }
  }

  /** Holds the window under its hard bound whatever the server sends; the check of the count then finds the loss. */
  #dropLowest(): void {
    while (this.#rows[this.#head & this.#mask] === null) this.#head++;
    this.#dropHead();
    this.overflows++;
  }

  #dropHead(): void {
    const held = this.#rows[this.#head & this.#mask]!;
    if (held !== null) {
      this.#vacate(this.#head);
      this.#slots.delete(idOf(held));
    }
    this.#head++;
  }

  /** An empty ring with room for so many rows, and for changes of them. */
  #allocate(rows: number): void {
    const capacity = capacityFor(rows);
    this.#mask = capacity - 1;
    this.#rows = Array.from<Held>({ length: capacity }).fill(null);
    this.#seqs = new Float64Array(capacity);
    this.#arrival = new Float64Array(capacity);
    this.#mix1 = new Int32Array(capacity);
    this.#mix2 = new Int32Array(capacity);
    this.#shares = new Uint32Array(capacity);
    this.#digest.clear();
    this.#head = 0;
    this.#tail = 0;
    this.#lastSeq = -1;
    this.bytes = 0;
    this.shedRows = 0;
    this.#shedTo = 0;
    this.generation++;
  }

  /**
   * Squeezes the holes out, into a ring that is a quarter full at most: so a renumbering is paid by three times as many
   * changes. `sorted` also puts the rows in seq order: a row that came late, which a server that keeps the contract never sends.
   */
  #renumber(sorted: boolean): void {
    const live: { held: Row | string; seq: number; arrival: number; share: number }[] = [];
    for (let slot = this.#head; slot < this.#tail; slot++) {
      const at = slot & this.#mask;
      const held = this.#rows[at]!;
      if (held === null) continue;
      live.push({ held, seq: this.#seqs[at]!, arrival: this.#arrival[at]!, share: this.#shares[at]! });
    }
    if (sorted) live.sort((a, b) => a.seq - b.seq);
    const lastSeq = this.#lastSeq;
    this.#allocate(live.length);
    for (const { held, seq, arrival, share } of live) this.#append(held, idOf(held), seq, arrival, share);
    this.#lastSeq = lastSeq;
  }
}
