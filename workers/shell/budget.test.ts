import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  barsChannel,
  CHANNEL_KINDS,
  CHANNEL_NAMES,
  type ChannelName,
} from "../../protocol/stream/channels.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { MEMORY_LIMITS } from "../limits.ts";
import type { Shed } from "../store/bytes.ts";
import { Store } from "../store/store.ts";
import type { Stores } from "../store/stores.ts";
import { Views } from "../views/views.ts";
import { Budget, SHED_ORDER } from "./budget.ts";
import { DetailCache } from "./detail-cache.ts";

const OVERHEAD = MEMORY_LIMITS.row_overhead_bytes;
const TEXT = 1000;
const DETAIL = 2000;
const CAP = 64;

/** A worker's memory without its stream. Channels that are left are emptied by `settle`, as the session does. */
class Memory {
  readonly stores = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, new Store(CAP)])) as Stores;
  readonly views = new Views(this.stores);
  readonly details = new DetailCache({
    now: () => 0,
    seqOf: () => null,
    load: async () => ({ status: 200, retry_after: null, text: `{"padding":"${"x".repeat(DETAIL)}"}` }),
  });
  readonly cut = new Set<ChannelName>();
  readonly frozen = new Set<ChannelName>();
  readonly shed: ({ channel: ChannelName } & Shed)[] = [];
  /** What views showed that was not there. */
  readonly ghosts: string[] = [];
  readonly left = new Set<ChannelName>();
  readonly budget: Budget;
  seq = 0;

  store(channel: ChannelName): Store {
    return this.stores[channel]!;
  }

  constructor(limit_bytes: number) {
    this.budget = new Budget(this.stores, this.views, this.details, limit_bytes, {
      isCut: (channel) => this.cut.has(channel),
      shed: (channel, shed) => this.shed.push({ channel, ...shed }),
      leave: (channel) => this.left.add(channel),
    });
  }

  put(channel: ChannelName, ...ids: number[]): void {
    const upsert = ids.map((n): Row => ({ id: `id${n}`, seq: ++this.seq }));
    this.store(channel).apply({ upsert, remove: [], evict_before: 0 }, TEXT * ids.length);
  }

  fill(channel: ChannelName, rows: number): void {
    this.put(channel, ...Array.from({ length: rows }, (_, n) => n));
  }

  show(channel: ChannelName): void {
    this.views.open(channel, { channel, columns: [], sort: null, filter: "" });
  }

  /** Paints, and looks whether what follows its channel shows a row that is not there. */
  paint(): void {
    for (const { view, rows, held } of this.views.compose((channel) => this.cut.has(channel)).views) {
      const channel = view as ChannelName;
      if (this.frozen.has(channel) || this.cut.has(channel)) continue;
      if (held !== this.bodies(channel)) this.ghosts.push(`${channel} says that it holds ${held}`);
      for (const { id } of rows)
        if (this.store(channel).get(id) === null) this.ghosts.push(`${channel} ${id}`);
    }
  }

  settle(): void {
    for (const channel of this.left) this.store(channel).replace([], this.store(channel).cap);
    this.left.clear();
  }

  bodies(channel: ChannelName): number {
    const { count, shedRows } = this.store(channel);
    return count - shedRows;
  }
}

const channel = fc.constantFrom(...CHANNEL_NAMES);
const ids = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 20 });
const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("put" as const), channel, ids }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), channel, ids }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict" as const), channel, rows: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replace" as const), channel, ids }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("show" as const), channel }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hide" as const), channel }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("freeze" as const), channel }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), channel }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("whole" as const), channel }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("paint" as const), channel }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("detail" as const), channel, id: fc.nat(9) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

async function run(memory: Memory, each: Operation): Promise<void> {
  const store = memory.stores[each.channel];
  switch (each.kind) {
    case "put":
      return memory.put(each.channel, ...each.ids);
    case "remove":
      return store.apply({ upsert: [], remove: each.ids.map((n) => `id${n}`), evict_before: 0 });
    case "evict":
      return store.apply({ upsert: [], remove: [], evict_before: memory.seq - each.rows });
    case "replace":
      return store.replace(
        each.ids.map((n): Row => ({ id: `id${n}`, seq: ++memory.seq })),
        store.cap,
        TEXT * each.ids.length,
      );
    case "show":
      return memory.show(each.channel);
    case "hide":
      memory.frozen.delete(each.channel);
      return memory.views.close(each.channel);
    case "freeze":
      memory.frozen.add(each.channel);
      return memory.views.setFollow(each.channel, false);
    case "cut":
      return void memory.cut.add(each.channel);
    case "whole":
      return void memory.cut.delete(each.channel);
    case "paint":
      return memory.paint();
    case "detail":
      return void (await memory.details.get(`0x${each.id}`));
  }
}

/** What may not be dropped: of the channels that are shown the ids and the newest tenth. */
function floorOf(memory: Memory): number {
  let bytes = 0;
  for (const name of CHANNEL_NAMES) {
    const { count } = memory.stores[name];
    if (memory.views.shows(name)) bytes += count * OVERHEAD + Math.ceil(count / 10) * TEXT;
  }
  return bytes;
}

it("B8 holds at most the budget or what may not be dropped, whatever happens, and never touches the newest tenth of what is shown", async () => {
  const seen = { relieved: 0, floor: 0, shed: 0, left: 0, details: 0, views: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 10, maxLength: 60 }),
      fc.integer({ min: 2000, max: 60_000 }),
      async (operations, limit) => {
        const memory = new Memory(limit);
        const { budget, stores, views, details } = memory;
        for (const each of operations) {
          await run(memory, each);
          expect(memory.ghosts).toEqual([]);
          const before = { held: budget.held_bytes, details: details.size, views: views.beyond_bytes };
          const bodies = CHANNEL_NAMES.map((name) => memory.bodies(name));
          const digests = CHANNEL_NAMES.map((name) => stores[name].digest());
          const shedBefore = memory.shed.length;
          budget.enforce();
          expect(CHANNEL_NAMES.map((name) => stores[name].digest())).toEqual(digests);
          for (const [at, name] of CHANNEL_NAMES.entries()) {
            const lost = memory.shed
              .slice(shedBefore)
              .reduce((sum, shed) => sum + (shed.channel === name ? shed.rows : 0), 0);
            expect(memory.bodies(name)).toBe(bodies[at]! - lost);
            if (!views.shows(name) || lost === 0) continue;
            expect(memory.bodies(name)).toBeGreaterThanOrEqual(Math.ceil(stores[name].count / 10));
          }
          seen.shed += memory.shed.length - shedBefore;
          seen.left += memory.left.size;
          seen.details += before.details - details.size;
          if (views.beyond_bytes < before.views) seen.views++;
          for (const name of memory.left) expect(views.shows(name)).toBe(false);
          memory.settle();

          const { held_bytes } = budget;
          const beside = memory.cut.size > 0 ? views.beyond_bytes : 0;
          expect(held_bytes - beside).toBeLessThanOrEqual(Math.max(limit, floorOf(memory)));
          if (before.held <= limit) continue;
          if (held_bytes <= limit * MEMORY_LIMITS.relief_share) seen.relieved++;
          else if (held_bytes > limit) {
            seen.floor++;
            expect(details.size).toBe(0);
          }
          const sum = CHANNEL_NAMES.reduce((bytes, name) => bytes + stores[name].bytes, 0);
          expect(held_bytes).toBe(sum + details.bytes + views.beyond_bytes);
        }
      },
    ),
    { numRuns: 120 },
  );
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(10);
});

describe("over the budget", () => {
  const held = (rows: number) => rows * (TEXT + OVERHEAD);

  it("B8 drops details first, the oldest, and no row while that is enough", async () => {
    const memory = new Memory(held(20) + 3 * DETAIL);
    memory.fill("tx.main", 20);
    for (const hash of ["0x1", "0x2"]) await memory.details.get(hash);
    memory.budget.enforce();
    expect(memory.details.size).toBe(2);
    await memory.details.get("0x3");
    memory.budget.enforce();
    expect([memory.details.size, memory.shed]).toEqual([1, []]);
  });

  it("B8 sheds the least important channels first, those that no view shows before all others", () => {
    const memory = new Memory(held(40));
    for (const name of ["tx.main", "pool.main", "pool.state", "chain.main"] as const) memory.fill(name, 10);
    memory.show("pool.state");
    memory.show("tx.main");
    // Over by one row, down to nine tenths of forty: 6280 bytes, which are seven bodies.
    memory.put("tx.main", 10);
    memory.budget.enforce();
    expect(memory.shed).toEqual([{ channel: "pool.main", rows: 7, from_seq: 10, to_seq: 17 }]);
    memory.put("tx.main", 11, 12, 13, 14, 15, 16, 17, 18);
    memory.budget.enforce();
    expect(memory.shed.map((shed) => [shed.channel, shed.rows])).toEqual([
      ["pool.main", 7],
      ["pool.main", 3],
      ["pool.state", expect.any(Number)],
    ]);
  });

  it("B8 does not shed on every batch: it makes room", () => {
    const memory = new Memory(held(1000));
    memory.show("tx.main");
    memory.stores["tx.main"].replace([], 2000);
    memory.fill("tx.main", 1000);
    let sheds = 0;
    for (let n = 1000; n < 2000; n++) {
      memory.put("tx.main", n);
      const before = memory.shed.length;
      memory.budget.enforce();
      if (memory.shed.length > before) sheds++;
    }
    expect(sheds).toBeGreaterThan(5);
    expect(sheds).toBeLessThan(30);
  });

  it("B8 leaves channels that no view shows at last, and none that is shown", () => {
    const memory = new Memory(50 * OVERHEAD + 11 * TEXT);
    memory.show("tx.main");
    memory.fill("tx.main", 50);
    memory.fill("pool.main", 50);
    memory.fill("pool.state", 50);
    memory.fill("chain.main", 10);
    memory.budget.enforce();
    expect([...memory.left]).toEqual(["pool.state", "pool.main"]);
    memory.settle();
    expect(memory.stores["tx.main"].count).toBe(50);
    expect(memory.bodies("tx.main")).toBe(5);
    expect(memory.bodies("chain.main")).toBe(1);
  });

  it("tells what it holds, to the byte", async () => {
    const memory = new Memory(held(1000));
    memory.show("tx.main");
    memory.fill("tx.main", 10);
    memory.paint();
    memory.stores["tx.main"].apply({ upsert: [], remove: ["id0"], evict_before: 0 });
    memory.stores["tx.main"].shed(2 * TEXT, 0);
    await memory.details.get("0x1");
    const text = DETAIL + '{"padding":""}'.length;
    expect(memory.budget.report()).toEqual({
      budget_bytes: held(1000),
      held_bytes: held(10) + text + OVERHEAD,
      details_bytes: text + OVERHEAD,
      views_bytes: held(1) + 2 * TEXT,
      channels: {
        ...Object.fromEntries(CHANNEL_NAMES.map((name) => [name, { bytes: 0, rows: 0, shed_rows: 0 }])),
        "tx.main": { bytes: held(7) + 2 * OVERHEAD, rows: 9, shed_rows: 2 },
      },
    });
  });

  it("has a place for every kind of channel", () => {
    expect([...SHED_ORDER].toSorted()).toEqual([...CHANNEL_KINDS].toSorted());
  });

  it("B8 counts channels of bars, sheds them, and leaves them where nothing shows them", () => {
    const bars = barsChannel("TSLA", "1s");
    const memory = new Memory(20 * OVERHEAD);
    memory.stores[bars] = new Store(CAP);
    memory.show("tx.main");
    memory.fill("tx.main", 10);
    memory.fill(bars, 20);
    expect(memory.budget.held_bytes).toBe(held(30));
    memory.budget.enforce();
    expect(memory.shed[0]).toMatchObject({ channel: bars, rows: 20 });
    expect([...memory.left]).toEqual([bars]);
    expect(memory.budget.report().channels[bars]).toEqual({
      bytes: 20 * OVERHEAD,
      rows: 20,
      shed_rows: 20,
    });
  });
});
