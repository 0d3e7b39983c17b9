/** The contract's channel in its plainest form: what the client must come to hold, written without regard to speed. */
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";

const TOMBSTONES = 12;

export interface Changes {
  upsert: Row[];
  remove: string[];
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
  reach = 0;
  lastSeq = 0;
  /** In the order of seqs: a changed row goes to the end. */
  #rows = new Map<string, Row>();
  #tombstones: { id: string; seq: number }[] = [];
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
    this.#tombstones = this.#tombstones.filter(({ id }) => id !== row.id);
    this.lastSeq = row.seq;
    this.#changed.push(row.seq);
    if (this.#rows.size > this.cap) {
      const [lowest] = this.#rows.values();
      this.#rows.delete(lowest!.id);
      this.#evicted.push(lowest!.seq);
      this.floor = lowest!.seq + 1;
    }
  }

  remove(id: string, seq: number): void {
    if (!this.#rows.delete(id)) return;
    this.lastSeq = seq;
    this.#changed.push(seq);
    this.#tombstones.push({ id, seq });
    if (this.#tombstones.length > TOMBSTONES) this.reach = this.#tombstones.shift()!.seq;
  }

  digest(): string {
    const digest = new Digest();
    for (const { id, seq } of this.#rows.values()) digest.add(id, seq);
    return digest.toString();
  }

  /** null: out of reach. At most `most` changes, the lowest seqs first. */
  changesSince(seq: number, head: number, most: number): Changes | null {
    if (seq < this.reach) return null;
    const rows = this.rows.filter((row) => row.seq > seq);
    const gone = this.#tombstones.filter((tombstone) => tombstone.seq > seq);
    const seqs = [...rows, ...gone].map((change) => change.seq).toSorted((a, b) => a - b);
    const complete = seqs.length <= most;
    const until = complete ? head : seqs[most - 1]!;
    const within = (each: number) => each > seq && each <= until;
    return {
      changes: this.#changed.filter(within).length,
      evicted: this.#evicted.filter(within).length,
      upsert: rows.filter((row) => row.seq <= until),
      remove: gone.filter((tombstone) => tombstone.seq <= until).map(({ id }) => id),
      evict_before: this.floor,
      seq: until,
      complete,
    };
  }
}
