/** The contract's channel in its plainest form: rows come, change and are evicted; nothing removes them. */
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";

export interface Changes {
  upsert: Row[];
  evict_before: number;
  /** How many there were, and of how many the row was evicted since. */
  changes: number;
  evicted: number;
  /** Up to where they go: the head, or where they were cut. */
  seq: number;
  complete: boolean;
}

export class ReferenceChannel {
  readonly cap: number;
  floor = 0;
  lastSeq = 0;
  /** In the order of seqs: a changed row goes to the end. */
  #rows = new Map<string, Row>();
  /** Seqs of all changes, and of the rows that were evicted. */
  #changed: number[] = [];
  #evicted: number[] = [];

  constructor(cap: number) {
    this.cap = cap;
  }

  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  get count(): number {
    return this.#rows.size;
  }

  put(row: Row): void {
    this.#rows.delete(row.id);
    this.#rows.set(row.id, row);
    this.lastSeq = row.seq;
    this.#changed.push(row.seq);
    if (this.#rows.size > this.cap) {
      const [lowest] = this.#rows.values();
      this.#rows.delete(lowest!.id);
      this.#evicted.push(lowest!.seq);
      this.floor = lowest!.seq + 1;
    }
  }

  digest(): string {
    const digest = new Digest();
    for (const { id, seq } of this.#rows.values()) digest.add(id, seq);
    return digest.toString();
  }

  /** At most `most` changes, the lowest seqs first. */
  changesSince(seq: number, head: number, most: number): Changes {
    const rows = this.rows.filter((row) => row.seq > seq);
    const complete = rows.length <= most;
    const until = complete ? head : rows[most - 1]!.seq;
    const within = (each: number) => each > seq && each <= until;
    return {
      changes: this.#changed.filter(within).length,
      evicted: this.#evicted.filter(within).length,
      upsert: rows.filter((row) => row.seq <= until),
      evict_before: this.floor,
      seq: until,
      complete,
    };
  }
}
