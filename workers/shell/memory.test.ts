/** The memory bounds of a whole worker that follows a server. */
import { describe, expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { DETAIL_LIMITS, MEMORY_LIMITS } from "../limits.ts";
import { poolEvent, tx } from "../testing/rows.ts";
import { World } from "../testing/world.ts";

const OPTIONS = {
  channels: { "tx.main": 200, "pool.main": 200 },
  most_entities: 50,
  heartbeat_interval_ms: 15_000,
};
const OVERHEAD = MEMORY_LIMITS.row_overhead_bytes;
/** About what one of the rows below takes of its batch. */
const TX_BYTES = JSON.stringify(tx({ id: "0x100" })).length;

async function live(budget_bytes?: number, shown: readonly ChannelName[] = ["tx.main"]): Promise<World> {
  const world = new World(1, OPTIONS, budget_bytes);
  world.start();
  for (const channel of shown) {
    world.worker.openView(channel, { channel, columns: [], sort: null, filter: "" });
  }
  await world.clock.run(2000);
  return world;
}

async function put(world: World, channel: "tx.main" | "pool.main", from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const id = `0x${n}`;
    world.server.put(channel, channel === "tx.main" ? tx({ id }) : poolEvent({ id }));
    if (n % 20 === 19) await world.clock.run(200);
  }
  await world.clock.run(1000);
}

const equalsServer = (world: World, channel: ChannelName) =>
  expect(world.worker.contents(channel).digest).toBe(world.server.channels.get(channel)!.digest());

describe("what a worker holds", () => {
  it("B8 counts rows by the text that they came in, by batch and by snapshot alike", async () => {
    const world = await live();
    await put(world, "tx.main", 0, 100);
    const { channels, budget_bytes } = world.worker.memory();
    expect(budget_bytes).toBe(MEMORY_LIMITS.budget_bytes);
    const { bytes, rows } = channels["tx.main"];
    expect(rows).toBe(100);
    expect(bytes / rows).toBeGreaterThan(0.95 * TX_BYTES + OVERHEAD);
    expect(bytes / rows).toBeLessThan(1.2 * TX_BYTES + OVERHEAD);

    const other = new World(1, OPTIONS);
    for (let n = 0; n < 100; n++) other.server.put("tx.main", tx({ id: `0x${n}` }));
    for (let n = 0; n < 50; n++) other.server.put("pool.main", poolEvent({ id: `${n}` }));
    other.start();
    await other.clock.run(2000);
    const snapshot = other.worker.memory().channels;
    expect(snapshot["tx.main"].bytes / 100).toBeCloseTo(bytes / rows, -2);
    expect(snapshot["pool.main"].bytes / 50).toBeGreaterThan(JSON.stringify(poolEvent()).length + OVERHEAD);
  });

  it("B8 counts batches that waited for a resync as any other", async () => {
    const world = await live();
    world.faults = { ...world.faults, late: 0.5, late_ms: 400 };
    await put(world, "tx.main", 0, 150);
    world.faults = { ...world.faults, late: 0 };
    await world.clock.run(60_000);
    expect(world.worker.counters().gaps).toBeGreaterThan(0);
    const { bytes, rows } = world.worker.memory().channels["tx.main"];
    expect(rows).toBe(150);
    expect(bytes / rows).toBeGreaterThan(0.9 * TX_BYTES + OVERHEAD);
  });
});

describe("a worker over its budget", () => {
  const budget = 100 * (TX_BYTES + OVERHEAD);

  it("B8 L1 stays within it and equal to the server by digest, and tells what it shed", async () => {
    const world = await live(budget);
    await put(world, "tx.main", 0, 180);
    const { held_bytes, channels } = world.worker.memory();
    expect(held_bytes).toBeLessThanOrEqual(budget);
    expect(channels["tx.main"].rows).toBe(180);
    const { shed_rows } = channels["tx.main"];
    expect(shed_rows).toBeGreaterThan(60);
    equalsServer(world, "tx.main");
    expect(world.worker.contents("tx.main").ids).toHaveLength(180);
    expect(world.worker.counters()).toMatchObject({ mismatches: 0, resyncs: 0 });
    const { totals, recent } = world.worker.losses();
    expect(totals["tx.main"]?.shed).toBe(shed_rows);
    const { seqs } = world.worker.contents("tx.main");
    expect(recent.at(-1)).toMatchObject({
      channel: "tx.main",
      kind: "shed",
      hop: "client",
      from_seq: seqs[0]! - 1,
      to_seq: seqs[shed_rows - 1],
      count: shed_rows,
    });
    const frame = world.frames.flatMap(({ views }) => views).at(-1)!;
    expect(frame).toMatchObject({ total: 180 - shed_rows, held: 180 - shed_rows });
    expect(world.worker.entity("tx.main", "0x0")).toBeNull();
    expect(world.worker.entity("tx.main", "0x179")).toMatchObject({ id: "0x179" });
  });

  it("B8 shows a shed row again when it changes", async () => {
    const world = await live(budget);
    await put(world, "tx.main", 0, 180);
    world.server.put("tx.main", tx({ id: "0x0", status: "included" }));
    await world.clock.run(1000);
    expect(world.worker.entity("tx.main", "0x0")).toMatchObject({ status: "included" });
    equalsServer(world, "tx.main");
  });

  it("B8 S9 leaves a channel that nothing shows, and follows it again when a view opens", async () => {
    const world = await live(60 * OVERHEAD + 8 * (TX_BYTES + OVERHEAD));
    await put(world, "pool.main", 0, 100);
    await put(world, "tx.main", 0, 60);
    expect(world.sent.filter(({ op }) => op === "UNSUBSCRIBE").length).toBeGreaterThan(0);
    expect(world.worker.memory().channels["pool.main"]).toEqual({ bytes: 0, rows: 0, shed_rows: 0 });
    await put(world, "pool.main", 100, 120);
    expect(world.worker.memory().channels["pool.main"].rows).toBe(0);
    equalsServer(world, "tx.main");

    world.worker.openView("p", { channel: "pool.main", columns: [], sort: null, filter: "" });
    await world.clock.run(3000);
    expect(world.worker.memory().channels["pool.main"].rows).toBe(120);
    const shown = world.frames.flatMap(({ views }) => views).find(({ view }) => view === "p");
    expect(shown?.total).toBeGreaterThan(0);
    await put(world, "pool.main", 120, 130);
    equalsServer(world, "pool.main");
    expect(world.worker.status()).toMatchObject({ connection: { state: "live" } });
  });

  it("B8 is bounded while nobody sees the page", async () => {
    const world = await live(budget);
    await put(world, "tx.main", 0, 100);
    world.worker.setHidden(true);
    await put(world, "tx.main", 100, 190);
    expect(world.worker.memory().held_bytes).toBeLessThanOrEqual(budget);
    equalsServer(world, "tx.main");
  });
});

describe("details", () => {
  const gets = async (world: World, hash: string) => {
    const detail = world.worker.transaction(hash);
    await world.clock.run(100);
    expect(await detail).toMatchObject({ kind: "found" });
    return world.gets.filter((url) => url.includes("/transactions/")).length;
  };

  it("are kept for a while, as long as their row stands still", async () => {
    const world = await live();
    await put(world, "tx.main", 0, 1);
    expect(await gets(world, "0x0")).toBe(1);
    expect(await gets(world, "0x0")).toBe(1);
    expect(world.worker.memory().details_bytes).toBeGreaterThan(OVERHEAD);
    world.server.put("tx.main", tx({ id: "0x0", status: "included" }));
    await world.clock.run(1000);
    expect(await gets(world, "0x0")).toBe(2);
    await world.clock.run(DETAIL_LIMITS.ttl_ms);
    expect(await gets(world, "0x0")).toBe(3);
    world.worker.stop();
    world.start();
    expect(world.worker.memory().details_bytes).toBe(0);
  });
});
