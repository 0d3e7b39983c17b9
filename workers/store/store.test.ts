import fc from "fast-check";
import { expect, it } from "vitest";
import { Digest } from "../../protocol/stream/digest.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { type Patch, Store } from "./store.ts";

const row = (id: string, seq: number): Row => ({ id, seq });

/** The same rules on a plain Map: what the ring must equal. */
class Reference {
  rows = new Map<string, Row>();

  apply(patch: Patch): void {
    for (const id of patch.remove) this.rows.delete(id);
    for (const next of patch.upsert) {
      const held = this.rows.get(next.id);
      if (held === undefined || held.seq < next.seq) this.rows.set(next.id, next);
    }
    for (const held of this.rows.values()) {
      if (held.seq < patch.evict_before) this.rows.delete(held.id);
    }
  }

  sorted(): Row[] {
    return [...this.rows.values()].toSorted((a, b) => a.seq - b.seq);
  }

  digest(): string {
    const digest = new Digest();
    for (const held of this.rows.values()) digest.add(held.id, held.seq);
    return digest.toString();
  }
}

/** Change sets over few ids, so that updates, removals and evictions meet; seqs rise, and some come late. */
const patches = fc
  .array(
    fc.record({
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
      late: fc.array(fc.boolean(), { maxLength: 3 }),
      remove: fc.uniqueArray(fc.integer({ min: 31, max: 40 }), { maxLength: 3 }),
      evict: fc.integer({ min: 0, max: 25 }),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let seq = 100;
    return steps.map(({ ids, late, remove, evict }): Patch => {
      const next = () => (seq += 10);
      const upsert = ids.map((id) => row(`id${id}`, next()));
      for (const [i, on] of late.entries()) if (on) upsert.push(row(`id${31 + i}`, next() - 37));
      return { upsert, remove: remove.map((id) => `id${id}`), evict_before: Math.max(0, seq - 10 * evict) };
    });
  });

it("equals a plain Map after any change sets, each applied once or twice", () => {
  fc.assert(
    fc.property(patches, fc.boolean(), (steps, twice) => {
      const store = new Store(64);
      const reference = new Reference();
      for (const patch of steps) {
        store.apply(patch);
        reference.apply(patch);
        if (twice) store.apply({ ...patch, remove: [] });
        expect([...store.rows()]).toEqual(reference.sorted());
        expect(store.digest()).toBe(reference.digest());
        expect(store.count).toBe(reference.rows.size);
      }
    }),
    { numRuns: 300 },
  );
});

it("answers by id and by slot alike", () => {
  fc.assert(
    fc.property(patches, (steps) => {
      const store = new Store(64);
      for (const patch of steps) store.apply(patch);
      const bySlot: Row[] = [];
      for (let slot = store.head; slot < store.tail; slot++) {
        const held = store.rowAt(slot);
        if (held !== null) bySlot.push(held);
      }
      expect(bySlot).toEqual([...store.rows()]);
      for (const held of bySlot) expect(store.get(held.id)).toBe(held);
      expect(store.rowAt(store.head - 1)).toBeNull();
      expect(store.rowAt(store.tail)).toBeNull();
      expect(store.get("none")).toBeNull();
    }),
  );
});

it("keeps its ring when rows only change: holes are squeezed out and order stays", () => {
  const store = new Store(16);
  let seq = 0;
  for (let i = 0; i < 10; i++) store.apply({ upsert: [row(`id${i}`, ++seq)], remove: [], evict_before: 0 });
  const { generation, capacity } = store;
  for (let i = 0; i < 1000; i++) {
    store.apply({ upsert: [row(`id${1 + (i % 9)}`, ++seq)], remove: [], evict_before: 0 });
  }
  expect(store.capacity).toBe(capacity);
  expect(store.generation).toBeGreaterThan(generation);
  const seqs = [...store.rows()].map((held) => held.seq);
  expect(seqs).toEqual([1, ...Array.from({ length: 9 }, (_, i) => 1002 + i)]);
});

it("B8 takes room for what it holds, whatever cap it is told", () => {
  const store = new Store(2 ** 40);
  store.replace([row("a", 1)], 2 ** 40);
  expect(store.capacity).toBeLessThan(1_000);
  const upsert = Array.from({ length: 5_000 }, (_, i) => row(`id${i}`, i + 2));
  store.apply({ upsert, remove: [], evict_before: 0 });
  expect(store.count).toBe(5_001);
  expect(store.capacity).toBeLessThan(8 * 5_001);
});

it("holds at most twice its cap, the newest, and counts what it dropped", () => {
  const store = new Store(10);
  const upsert = Array.from({ length: 500 }, (_, i) => row(`id${i}`, i + 1));
  store.apply({ upsert, remove: [], evict_before: 0 });
  expect(store.count).toBe(20);
  expect(store.overflows).toBe(480);
  expect([...store.rows()].map((held) => held.seq)).toEqual(Array.from({ length: 20 }, (_, i) => 481 + i));
  const digest = new Digest();
  for (const held of store.rows()) digest.add(held.id, held.seq);
  expect(store.digest()).toBe(digest.toString());
});

it("keeps a row's arrival over updates and a replaced window", () => {
  const store = new Store(16);
  store.apply({ upsert: [row("a", 1), row("b", 2)], remove: [], evict_before: 0 });
  store.apply({ upsert: [row("a", 3)], remove: [], evict_before: 0 });
  expect(store.arrivals).toBe(2);
  store.replace([row("b", 2), row("c", 4), row("a", 5)], 16);
  const arrivals = new Map<string, number>();
  for (let slot = store.head; slot < store.tail; slot++) {
    const held = store.rowAt(slot);
    if (held !== null) arrivals.set(held.id, store.arrivalAt(slot));
  }
  expect(Object.fromEntries(arrivals)).toEqual({ a: 0, b: 1, c: 2 });
  expect(store.arrivals).toBe(3);
});

it("takes the cap of a replaced window", () => {
  const store = new Store(4);
  const rows = Array.from({ length: 1000 }, (_, i) => row(`id${i}`, i + 1));
  store.replace(rows, 1000);
  expect(store.count).toBe(1000);
  expect(store.cap).toBe(1000);
});

it("keeps ids that are names of object members apart", () => {
  const store = new Store(8);
  store.apply({ upsert: [row("__proto__", 1), row("constructor", 2)], remove: [], evict_before: 0 });
  expect(store.count).toBe(2);
  expect(store.get("toString")).toBeNull();
});
