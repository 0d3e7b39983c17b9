import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { MEMORY_LIMITS } from "../limits.ts";
import { shareOf } from "./bytes.ts";
import { Store } from "./store.ts";

const OVERHEAD = MEMORY_LIMITS.row_overhead_bytes;
const CAP = 32;

interface Held {
  seq: number;
  share: number;
  /** null: shed. */
  row: Row | null;
}

/** The rules on a plain Map: what the ring must equal. */
class Reference {
  rows = new Map<string, Held>();

  upsert(rows: readonly Row[], share: number): void {
    for (const row of rows) {
      const held = this.rows.get(row.id);
      if (held === undefined || held.seq < row.seq) this.rows.set(row.id, { seq: row.seq, share, row });
    }
  }

  evict(below: number): void {
    for (const [id, { seq }] of this.rows) if (seq < below) this.rows.delete(id);
  }

  shed(want_bytes: number, keep_rows: number): string[] {
    const bodies = this.sorted().filter(([, { row }]) => row !== null);
    const shed: string[] = [];
    let freed = 0;
    for (const [id, held] of bodies.slice(0, Math.max(0, bodies.length - keep_rows))) {
      if (freed >= want_bytes) break;
      freed += held.share;
      this.rows.set(id, { seq: held.seq, share: 0, row: null });
      shed.push(id);
    }
    return shed;
  }

  sorted(): [string, Held][] {
    return [...this.rows].toSorted(([, a], [, b]) => a.seq - b.seq);
  }

  bytes(): number {
    return [...this.rows.values()].reduce((sum, { share }) => sum + share + OVERHEAD, 0);
  }

  digest(): string {
    const digest = new Digest();
    for (const [id, { seq }] of this.rows) digest.add(id, seq);
    return digest.toString();
  }
}

const ids = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 12 });
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("upsert" as const), ids, text: fc.nat(5000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("late" as const), id: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), ids }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("evict" as const), rows: fc.integer({ min: 10, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replace" as const), ids, text: fc.nat(5000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("shed" as const),
      want: fc.nat(20_000),
      keep: fc.nat(10),
    }),
  },
);

it("B8 equals a plain Map in digest, count, ids, seqs and bytes, after any upserts, removals, evictions, windows and sheds", () => {
  const seen = { shed: 0, restored: 0, evicted: 0, removed: 0, replaced: 0, late: 0 };
  fc.assert(
    fc.property(fc.array(operation, { minLength: 5, maxLength: 60 }), (operations) => {
      const store = new Store(CAP);
      const reference = new Reference();
      const isShed = (id: string) => reference.rows.get(id)?.row === null;
      let seq = 100;
      const fresh = (numbers: readonly number[]) =>
        numbers.map((n): Row => ({ id: `id${n}`, seq: (seq += 10) }));
      const apply = (change: { upsert?: Row[]; remove?: string[]; evict_before?: number }, text = 0) =>
        store.apply({ upsert: [], remove: [], evict_before: 0, ...change }, text);
      for (const each of operations) {
        // No two changes have one seq, those that come late neither.
        seq += 10;
        switch (each.kind) {
          case "upsert": {
            const upsert = fresh(each.ids);
            seen.restored += upsert.filter(({ id }) => isShed(id)).length;
            apply({ upsert }, each.text);
            reference.upsert(upsert, shareOf(each.text, upsert));
            break;
          }
          case "late": {
            const row: Row = { id: `id${each.id}`, seq: seq - 35 };
            seen.late += reference.rows.has(row.id) ? 0 : 1;
            apply({ upsert: [row] }, 70);
            reference.upsert([row], 70);
            break;
          }
          case "remove": {
            const remove = each.ids.map((n) => `id${n}`);
            seen.removed += remove.filter(isShed).length;
            apply({ remove });
            for (const id of remove) reference.rows.delete(id);
            break;
          }
          case "evict": {
            const before = [...reference.rows.keys()].filter(isShed).length;
            apply({ evict_before: seq - 10 * each.rows });
            reference.evict(seq - 10 * each.rows);
            seen.evicted += before - [...reference.rows.keys()].filter(isShed).length;
            break;
          }
          case "replace": {
            const rows = fresh(each.ids);
            seen.replaced += store.shedRows > 0 ? 1 : 0;
            store.replace(rows, CAP, each.text);
            reference.rows.clear();
            reference.upsert(rows, shareOf(each.text, rows));
            break;
          }
          case "shed": {
            const expected = reference.shed(each.want, each.keep);
            const shed = store.shed(each.want, each.keep);
            expect(shed?.rows ?? 0).toBe(expected.length);
            if (shed !== null) {
              const seqs = expected.map((id) => reference.rows.get(id)!.seq);
              expect(shed).toMatchObject({ from_seq: seqs[0]! - 1, to_seq: seqs.at(-1) });
            }
            seen.shed += expected.length;
            break;
          }
        }
        const sorted = reference.sorted();
        expect([...store.keys()]).toEqual(sorted.map(([id, held]) => ({ id, seq: held.seq })));
        expect([...store.rows()]).toEqual(sorted.flatMap(([, { row }]) => row ?? []));
        expect(store.digest()).toBe(reference.digest());
        expect(store.count).toBe(reference.rows.size);
        expect(store.bytes).toBe(reference.bytes());
        expect(store.shedRows).toBe(sorted.filter(([, { row }]) => row === null).length);
        for (const [id, { seq: at, row }] of sorted) {
          expect(store.get(id)).toBe(row);
          expect(store.seqOf(id)).toBe(at);
        }
      }
    }),
    { numRuns: 300 },
  );
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
});

describe("a store under want of memory", () => {
  const row = (n: number): Row => ({ id: `id${n}`, seq: n });
  const filled = () => {
    const store = new Store(100);
    store.apply(
      { upsert: Array.from({ length: 10 }, (_, n) => row(n + 1)), remove: [], evict_before: 0 },
      1000,
    );
    return store;
  };

  it("B8 drops the oldest bodies, says which seqs they had, and keeps id and seq", () => {
    const store = filled();
    const digest = store.digest();
    expect(store.shed(250, 0)).toEqual({ rows: 3, from_seq: 0, to_seq: 3 });
    expect(store.bytes).toBe(10 * OVERHEAD + 7 * 100);
    expect([store.count, store.shedRows, store.digest()]).toEqual([10, 3, digest]);
    expect([store.get("id3"), store.seqOf("id3")]).toEqual([null, 3]);
    expect([...store.rows()].map(({ id }) => id)).toEqual(["id4", "id5", "id6", "id7", "id8", "id9", "id10"]);
  });

  it("B8 keeps the newest rows that it is told to keep, and says so when nothing can be dropped", () => {
    const store = filled();
    expect(store.shed(1e9, 4)).toMatchObject({ rows: 6 });
    const { version } = store;
    expect(store.shed(1e9, 4)).toBeNull();
    expect(store.version).toBe(version);
  });

  it("B8 takes an update of a shed row as any other: its body is back", () => {
    const store = filled();
    store.shed(1e9, 0);
    const update = { id: "id2", seq: 20 };
    store.apply({ upsert: [update], remove: [], evict_before: 0 }, 77);
    expect(store.get("id2")).toBe(update);
    expect([store.count, store.shedRows, store.bytes]).toEqual([10, 9, 10 * OVERHEAD + 77]);
  });

  it("O8 leaves a shed row alone when the change that it holds comes again", () => {
    const store = filled();
    store.shed(1e9, 0);
    store.apply({ upsert: [row(2)], remove: [], evict_before: 0 }, 77);
    expect([store.get("id2"), store.shedRows]).toEqual([null, 10]);
  });

  it("counts all that leaves, once", () => {
    const store = filled();
    const before = store.bytes;
    store.shed(250, 0);
    expect(store.freed).toBe(300);
    store.apply({ upsert: [], remove: ["id1", "id9"], evict_before: 3 });
    store.replace([], 100);
    expect(store.bytes).toBe(0);
    expect(store.freed).toBe(before);
  });
});
