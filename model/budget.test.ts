import { describe, expect, test } from "vitest";
import type { ChannelName } from "../protocol/stream/channels.ts";
import { Model } from "./model.ts";
import { feed, swap, transaction } from "./testing/messages.ts";
import { Replica } from "./testing/replica.ts";

describe("the byte budget", () => {
  const caps = { "tx.main": 200, "pool.main": 200, "pool.state": 2, "chain.main": 1 };
  const fill = (model: Model, count: number) => {
    for (let n = 1; n <= count; n++) feed(model, transaction(n), swap({}, { log_index: n }));
  };
  const total = (model: Model) => Object.values(model.bytesHeld()).reduce((sum, bytes) => sum + bytes, 0);
  const full = new Model({ log_id: "test", log_bytes: 4_096, caps });
  fill(full, 300);
  const held = full.bytesHeld() as Record<"archive" | "tx.main" | "pool.main", number>;

  test("takes the archive first, then pool.main, then tx.main but its newest tenth", () => {
    const rest = total(full) - held.archive;
    const least = rest - held["pool.main"] - 0.8 * held["tx.main"];
    for (const budget of [rest, rest - held["pool.main"] / 2, rest - held["pool.main"], Math.ceil(least)]) {
      const model = new Model({ log_id: "test", log_bytes: 4_096, caps, byte_budget_bytes: budget });
      const count = (name: ChannelName) => model.channels.get(name)?.count ?? 0;
      const floor = (name: ChannelName) => model.channels.get(name)?.floor ?? 0;
      let shedPools = 0;
      let shedTxs = 0;
      for (let n = 1; n <= 300; n++) {
        for (const bytes of [transaction(n), swap({}, { log_index: n })]) {
          const before = { pools: count("pool.main"), txs: count("tx.main") };
          const txFloor = floor("tx.main");
          feed(model, bytes);
          expect(total(model)).toBeLessThanOrEqual(budget);
          if (count("pool.main") < before.pools) {
            shedPools++;
            expect(model.bytesHeld().archive).toBe(0);
          }
          if (count("tx.main") < before.txs) {
            shedTxs++;
            expect([count("pool.main"), floor("tx.main") > txFloor]).toEqual([0, true]);
          }
        }
      }
      expect(count("tx.main")).toBeGreaterThanOrEqual(20);
      expect([shedPools > 0, shedTxs > 0]).toEqual([budget < rest, budget < rest - held["pool.main"]]);
    }
  });

  test("raises floors that clients see, and a client that follows agrees", () => {
    const budget = total(full) - held.archive - held["pool.main"] / 2;
    const model = new Model({ log_id: "test", log_bytes: 4_096, caps, byte_budget_bytes: budget });
    const replica = new Replica();
    const channel = model.channels.get("pool.main");
    for (let n = 1; n <= 300; n++) {
      feed(model, transaction(n), swap({}, { log_index: n }));
      const cursor = replica.seq;
      const changes = channel?.changesSince(cursor);
      if (changes) replica.apply(changes);
      expect(replica.digest()).toBe(channel?.digest());
    }
    expect(model.counters.evictions["pool.main"]).toBeGreaterThan(100);
    expect(channel?.floor).toBeGreaterThan(0);
  });

  test("less than what is always held is an error", () => {
    expect(() => new Model({ log_id: "test", byte_budget_bytes: 1_000 })).toThrow(
      /^byte_budget_bytes: 1000 is less than the \d+/,
    );
  });
});
