import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../../protocol/stream/messages.ts";
import { comparator, type Key } from "../format/columns.ts";
import { Store } from "../store/store.ts";
import { Order, type Sorting } from "./order.ts";

type Valued = Row & { value: number | null };
const row = (id: string, seq: number, value: number | null = 0): Valued => ({ id, seq, value });
const ignore = () => {};

/** Steps: changes to few ids with few values, so that ties, updates and evictions meet; some steps look. */
const steps = fc.array(
  fc.record({
    upsert: fc.uniqueArray(
      fc.record({ id: fc.integer({ min: 0, max: 20 }), value: fc.option(fc.integer({ min: 0, max: 3 })) }),
      { maxLength: 8, selector: ({ id }) => id },
    ),
    remove: fc.integer({ min: 21, max: 25 }),
    evict: fc.option(fc.integer({ min: 0, max: 15 })),
    shed: fc.option(fc.record({ want: fc.nat(600), keep: fc.nat(4) })),
    look: fc.boolean(),
  }),
  { maxLength: 40 },
);

const SORTINGS: Record<string, Sorting | null> = {
  none: null,
  asc: { key: (given) => (given as Valued).value, compare: comparator("number", "asc") },
  desc: { key: (given) => (given as Valued).value, compare: comparator("number", "desc") },
};

function naive(store: Store, matches: (row: Row) => boolean, sorting: Sorting | null): Row[] {
  const newestFirst = [...store.rows()].filter(matches).toReversed();
  if (sorting === null) return newestFirst;
  const compare = (a: Key, b: Key) => sorting.compare(a, b);
  // toSorted is stable: ties stay newest first.
  return newestFirst.toSorted((a, b) => compare(sorting.key(a), sorting.key(b)));
}

describe.each(Object.entries(SORTINGS))("sorted %s", (_, sorting) => {
  it("B8 equals filtering and sorting the rows that the store has, whenever it looks, whatever was shed", () => {
    const matches = (given: Row) => (given as Valued).value !== 1;
    let compared = 0;
    let shedRows = 0;
    fc.assert(
      fc.property(steps, (story) => {
        const store = new Store(16);
        const order = new Order(store, matches, sorting);
        let seq = 0;
        for (const { upsert, remove, evict, shed, look } of story) {
          const patch = {
            upsert: upsert.map(({ id, value }) => row(`id${id}`, ++seq, value)),
            remove: [`id${remove}`, `id${remove - 21}`].filter(
              (id) => !upsert.some((given) => `id${given.id}` === id),
            ),
            evict_before: evict === null ? 0 : Math.max(0, seq - evict),
          };
          store.apply(patch, 100 * upsert.length);
          if (shed !== null) shedRows += store.shed(shed.want, shed.keep)?.rows ?? 0;
          if (!look) continue;
          order.refresh(ignore);
          expect(order.rows()).toEqual(naive(store, matches, sorting));
          compared += order.length;
        }
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(100);
    expect(shedRows).toBeGreaterThan(100);
  });

  it("stays at the instant of its last refresh", () => {
    const store = new Store(16);
    const order = new Order(store, () => true, sorting);
    store.apply({ upsert: [row("a", 1), row("b", 2)], remove: [], evict_before: 0 });
    order.refresh(ignore);
    const before = order.rows();
    store.apply({ upsert: [row("a", 3), row("c", 4)], remove: [], evict_before: 3 });
    store.replace([row("z", 9)], 16);
    expect(order.rows()).toEqual(before);
    order.refresh(ignore);
    expect(order.rows().map(({ id }) => id)).toEqual(["z"]);
  });
});

it("tells of every row that is new in its slot, and which ids are new", () => {
  const store = new Store(16);
  const order = new Order(store, ({ id }) => id !== "c", null);
  store.apply({ upsert: [row("a", 1), row("b", 2)], remove: [], evict_before: 0 });
  order.refresh(ignore);
  store.apply({ upsert: [row("b", 3), row("c", 4)], remove: [], evict_before: 0 });
  const told: unknown[] = [];
  order.refresh(({ id }, matches, fresh) => told.push([id, matches, fresh]));
  expect(told).toEqual([
    ["b", true, false],
    ["c", false, true],
  ]);
});
