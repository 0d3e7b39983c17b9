import { expect, it } from "vitest";
import type { Connection, Frame } from "../api.ts";
import { liveWorld, OPTIONS, put, rowsOf } from "../testing/live-world.ts";
import { World } from "../testing/world.ts";

const shown = (world: World): Connection => world.worker.status()!.connection;
/** The states that the page was shown, each once in a row. */
const statesOf = (frames: readonly Frame[]) =>
  frames.map(({ status }) => status.connection.state).filter((state, at, all) => state !== all[at - 1]);

it("S15 bootstraps once and never GETs again on a whole link", async () => {
  const world = await liveWorld();
  for (let i = 0; i < 200; i++) {
    put(world, `id${i}`);
    await world.clock.run(500);
  }
  expect(world.gets).toHaveLength(1);
  expect(world.worker.counters()).toMatchObject({ gaps: 0, resyncs: 0, mismatches: 0, frames_lost: 0 });
});

it("R1 S13 keeps its rows on the screen while it reconnects, and goes on from its cursor without a GET", async () => {
  const world = await liveWorld();
  put(world, "a");
  await world.clock.run(1000);
  world.cut();
  await world.clock.run(100);
  put(world, "b");
  await world.clock.run(5000);
  expect(world.frames.some(({ status }) => status.connection.state === "reconnecting")).toBe(true);
  expect(rowsOf(world).every((rows) => rows.length > 0)).toBe(true);
  expect(rowsOf(world).at(-1)).toEqual(["b", "a"]);
  expect(world.gets).toHaveLength(1);
  expect(world.sent.filter(({ op }) => op === "RESUME")).toMatchObject([
    { session_id: "s", channel_seq: { "tx.main": world.server.head - 1 } },
  ]);
});

it("H4 waits while the server folds its log", async () => {
  const world = new World(1, OPTIONS);
  world.server.folding = true;
  world.start();
  await world.clock.run(5000);
  expect(world.frames.at(-1)!.status.connection.state).toBe("reconnecting");
  world.server.folding = false;
  await world.clock.run(20_000);
  expect(world.frames.at(-1)!.status.connection).toEqual({ state: "live" });
});

it("D3 D4 repairs a store that went wrong by itself: the digest finds it", async () => {
  const world = await liveWorld();
  put(world, "a");
  await world.clock.run(1000);
  // The server forgets a row without a word, which only a digest can tell.
  Object.assign(world.server.channels.get("tx.main")!, { digest: () => "1111111111111111" });
  put(world, "b");
  await world.clock.run(2000);
  expect(world.frames.at(-1)!.status.connection).toEqual({ state: "diverged", channels: ["tx.main"] });
  expect(world.frames.at(-1)!.status.channels["tx.main"]!.digest_ok).toBe(false);
  expect(world.gets).toHaveLength(2);
  await world.clock.run(20_000);
  expect(world.gets).toHaveLength(2);
  Reflect.deleteProperty(world.server.channels.get("tx.main")!, "digest");
  put(world, "c");
  await world.clock.run(1000);
  expect(world.frames.at(-1)!.status.connection).toEqual({ state: "live" });
});

it("S8 R6 follows a drained server to the next one with RESUME, and asks nothing by HTTP", async () => {
  const world = await liveWorld();
  for (const session of world.server.sessions) session.reconnect("draining", 1000);
  await world.clock.run(900);
  expect(shown(world)).toMatchObject({ state: "reconnecting", reason: "draining" });
  put(world, "a");
  await world.clock.run(1000);
  expect(statesOf(world.frames)).toEqual(["reconnecting", "live"]);
  expect(world.sent.filter(({ op }) => op === "RESUME" || op === "IDENTIFY")).toMatchObject([
    { op: "IDENTIFY" },
    { op: "RESUME" },
  ]);
  expect(rowsOf(world).at(-1)).toEqual(["a"]);
  expect(world.gets).toHaveLength(1);
});

it("S12 stops trying a server that is gone, probes it, and is back soon after it is", async () => {
  const world = await liveWorld();
  put(world, "a");
  await world.clock.run(1000);
  world.down = true;
  world.cut();
  await world.clock.run(60_000);
  expect(shown(world)).toMatchObject({ state: "unreachable", failures: 6 });
  const tries = world.gets.length;
  await world.clock.run(300_000);
  const probes = world.gets.slice(tries);
  expect(new Set(probes)).toEqual(new Set(["http://test/health/ready"]));
  expect(probes.length).toBeGreaterThanOrEqual(10);
  expect(probes.length).toBeLessThanOrEqual(20);
  // What was on the screen stays.
  expect(world.worker.contents("tx.main").ids).toEqual(["a"]);
  world.down = false;
  await world.clock.run(31_000);
  expect(shown(world)).toEqual({ state: "live" });
  expect(world.gets.at(-1)).not.toContain("cursor");
});

it("S12 tries at once when the user asks", async () => {
  const world = await liveWorld();
  world.down = true;
  world.cut();
  await world.clock.run(60_000);
  world.down = false;
  world.worker.retry();
  await world.clock.run(200);
  expect(shown(world)).toEqual({ state: "live" });
});

it("S13 closes after minutes unseen, keeps its rows, and is right when it is seen again", async () => {
  const world = await liveWorld();
  put(world, "a");
  await world.clock.run(1000);
  world.worker.setHidden(true);
  await world.clock.run(301_000);
  expect(shown(world)).toEqual({ state: "asleep" });
  expect(world.server.sessions.size).toBe(0);
  put(world, "b");
  await world.clock.run(3_600_000);
  expect(world.worker.contents("tx.main").ids).toEqual(["a"]);
  world.frames.length = 0;
  world.worker.setHidden(false);
  await world.clock.run(500);
  expect(shown(world)).toEqual({ state: "live" });
  expect(rowsOf(world).at(-1)).toEqual(["b", "a"]);
  expect(world.gets).toHaveLength(2);
  expect(world.gets[1]).toContain("cursor=e-one");
});

it("R3 R7 bootstraps once more when its token is refused", async () => {
  const world = await liveWorld();
  put(world, "a");
  await world.clock.run(1000);
  world.server.changeEpoch("e-two");
  put(world, "b");
  await world.clock.run(5000);
  expect(shown(world)).toEqual({ state: "live" });
  expect(world.worker.contents("tx.main").ids).toEqual(["b"]);
  expect(world.gets).toHaveLength(2);
});

it("C9 C10 L1 tells of each channel its rung, its credit and what was lost", async () => {
  const world = await liveWorld();
  const [session] = world.server.sessions;
  const { credit, rung } = world.worker.status()!.channels["tx.main"]!;
  expect({ credit, rung }).toEqual({ credit: 2, rung: "full" });
  session!.notice("tx.main", "coalesced");
  // A page that does not paint gives no credit: what it misses comes coalesced.
  world.commit_ms = null;
  for (let i = 0; i < 200; i++) {
    put(world, `id${i % 5}`);
    await world.clock.run(10);
  }
  const { channels } = world.worker.status()!;
  expect(channels["tx.main"]).toMatchObject({ credit: 0, rung: "coalesced" });
  expect(channels["pool.main"]).toMatchObject({ credit: 2, rung: "full" });
  const { totals, recent } = world.worker.losses();
  expect(totals["tx.main"]!.coalesced).toBeGreaterThan(0);
  expect(recent).toMatchObject([{ channel: "tx.main", kind: "coalesced", hop: "server" }]);
  session!.notice("tx.main", "full");
  await world.clock.run(100);
  expect(world.worker.status()!.channels["tx.main"]!.rung).toBe("full");
});
