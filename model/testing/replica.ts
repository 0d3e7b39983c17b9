/**
 * A client's copy of a channel in its plainest form: what stream-v2 says that applying a change set does, and no more.
 * The oracle of the channel's tests.
 */
import { Digest } from "../../protocol/stream/digest.ts";
import { type ChangeSet, upsertsOf } from "../channel.ts";

export class Replica {
  /** Cursor: the seq of the last change set. */
  seq = 0;
  readonly rows = new Map<string, { seq: number; text: string }>();

  apply(changes: ChangeSet): void {
    if (changes.prev_seq !== this.seq)
      throw new Error(`batch from ${changes.prev_seq} on a copy at ${this.seq}`);
    for (const id of changes.remove) this.rows.delete(id);
    for (const row of upsertsOf(changes) as { id: string; seq: number }[]) {
      this.rows.set(row.id, { seq: row.seq, text: JSON.stringify(row) });
    }
    for (const [id, row] of this.rows) if (row.seq < changes.evict_before) this.rows.delete(id);
    this.seq = changes.seq;
  }

  copy(): Replica {
    const copy = new Replica();
    copy.seq = this.seq;
    for (const [id, row] of this.rows) copy.rows.set(id, row);
    return copy;
  }

  digest(): string {
    return this.#mix((id) => id);
  }

  contentDigest(): string {
    return this.#mix((_, text) => text);
  }

  #mix(textOf: (id: string, text: string) => string): string {
    const digest = new Digest();
    for (const [id, { seq, text }] of this.rows) digest.add(textOf(id, text), seq);
    return digest.toString();
  }
}
