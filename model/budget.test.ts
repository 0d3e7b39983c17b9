import { describe, expect, test } from "vitest";
import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import { Model, type ModelOptions } from "./model.ts";
import { feed, START_MS, swap, trade, transaction } from "./testing/messages.ts";
import { Replica } from "./testing/replica.ts";

const ORDER = ["feature.main", "opportunity.main", "archive", "market.bars", "pool.main", "tx.main"] as const;
type Held = Record<(typeof ORDER)[number], number>;

describe("the byte budget", () => {
  const caps = {
    ...Object.fromEntries(CHANNEL_NAMES.map((name) => [name, 2])),
    "tx.main": 200,
    "pool.main": 200,
    "feature.main": 100,
  };
  const make = (options: Partial<ModelOptions> = {}) =>
    new Model({ log_id: "test", log_bytes: 4_096, caps, bars: { count: 400 }, ...options });
  const messages = (n: number) => [
    transaction(n),
    swap({}, { log_index: n }),
    trade(n, { ms: START_MS + 500 * n }),
  ];
  const heldBy = (model: Model) => model.bytesHeld() as Held;
  const total = (model: Model) => Object.values(model.bytesHeld()).reduce((sum, bytes) => sum + bytes, 0);
  const full = make();
  for (let n = 1; n <= 300; n++) feed(full, ...messages(n));
  const held = heldBy(full);

  /** What is held when `count` stores, and half of the next, have been shed whole. */
  const budgetOf = (count: number) => {
    const shed = ORDER.slice(0, count).reduce((sum, name) => sum + held[name], 0);
    return Math.ceil(total(full) - shed - held[ORDER[count] ?? "tx.main"] / 2);
  };

  test("takes features first, then the archive, bars, pool.main, and tx.main but its newest tenth", () => {
    const shedLast: (string | undefined)[] = [];
    for (const budget of [0, 2, 3, 4, 5].map(budgetOf)) {
      const model = make({ byte_budget_bytes: budget });
      for (let n = 1; n <= 300; n++) {
        for (const bytes of messages(n)) {
          const before = heldBy(model);
          const floor = model.channels.get("tx.main")?.floor ?? 0;
          feed(model, bytes);
          expect(total(model)).toBeLessThanOrEqual(budget);
          const after = heldBy(model);
          const last = ORDER.findLastIndex((name) => after[name] < before[name]);
          if (last < 0) continue;
          const isTx = ORDER[last] === "tx.main";
          // What tx.main sheds is archived as far as there is room.
          const emptied = ORDER.slice(0, last).filter((name) => !(isTx && name === "archive"));
          for (const name of emptied) expect(after[name]).toBe(0);
          if (isTx) {
            expect(model.channels.get("tx.main")?.floor).toBeGreaterThan(floor);
          }
        }
      }
      expect(model.channels.get("tx.main")?.count).toBeGreaterThanOrEqual(20);
      const left = heldBy(model);
      shedLast.push(ORDER.findLast((name) => left[name] < held[name]));
    }
    expect(shedLast).toEqual(["feature.main", "archive", "market.bars", "pool.main", "tx.main"]);
  });

  test.each([
    ["pool.main", 4],
    ["market.bars:TSLA:500ms", 3],
  ])("raises floors that clients of %s see, and a client that follows agrees", (name, count) => {
    const model = make({ byte_budget_bytes: budgetOf(count) });
    const replica = new Replica();
    const channel = model.channel(name);
    for (let n = 1; n <= 300; n++) {
      for (const bytes of messages(n)) {
        feed(model, bytes);
        const changes = channel?.changesSince(replica.seq);
        if (changes) replica.apply(changes);
        expect(replica.digest()).toBe(channel?.digest());
      }
    }
    const kind = name === "pool.main" ? name : "market.bars";
    expect(model.counters.evictions[kind]).toBeGreaterThan(100);
    expect(channel?.floor).toBeGreaterThan(0);
  });

  test("less than what is always held is an error", () => {
    expect(() => new Model({ log_id: "test", byte_budget_bytes: 1_000 })).toThrow(
      /^byte_budget_bytes: 1000 is less than the \d+/,
    );
  });
});
