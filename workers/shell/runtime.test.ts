import { describe, expect, it } from "vitest";
import { VIEW_LIMITS } from "../limits.ts";
import { liveWorld, OPTIONS, put, rowsOf } from "../testing/live-world.ts";
import { World } from "../testing/world.ts";

describe("frames", () => {
  it("shows a change within a flush and a cadence, with when it was received", async () => {
    const world = await liveWorld();
    put(world, "a");
    await world.clock.run(150);
    const frame = world.frames.find(({ views }) => views.length > 0)!;
    expect(frame.views[0]).toMatchObject({ view: "v", total: 1, rows: [{ id: "a" }] });
    expect(world.clock.now - frame.received_ms!).toBeLessThan(150);
    expect(frame.status).toMatchObject({ connection: { state: "live" }, server: "http://test" });
    expect(world.worker.metrics().ui_receive_to_paint_ms).toBeGreaterThan(0);
  });

  it("is quiet while nothing changes", async () => {
    const world = await liveWorld();
    await world.clock.run(60_000);
    // A HEARTBEAT_ACK now and then is news of the connection.
    expect(world.frames.length).toBeLessThanOrEqual(8);
    expect(world.frames.flatMap(({ views }) => views)).toEqual([]);
  });

  it("C7 has one frame outstanding: a page that does not paint gets no more, and no more credit", async () => {
    const world = await liveWorld();
    world.commit_ms = null;
    for (let i = 0; i < 100; i++) {
      put(world, `id${i}`);
      await world.clock.run(100);
    }
    expect(world.frames).toHaveLength(1);
    const [session] = world.server.sessions;
    expect(session!.cursors.get("tx.main")!.credit).toBe(0);
    // Nothing queues: what the server holds back is one coalesced change set.
    expect(world.worker.metrics().ui_delta_queue_depth).toBeLessThanOrEqual(2);
  });

  it("keeps to the cadence at any rate", async () => {
    const world = await liveWorld();
    for (let i = 0; i < 1000; i++) {
      put(world, `id${i % 70}`);
      await world.clock.run(5);
    }
    expect(world.frames.length).toBeLessThanOrEqual(5 * 30 + 1);
    expect(world.frames.map(({ frame }) => frame)).toEqual(
      world.frames.map((_, at) => world.frames[0]!.frame + at),
    );
  });

  it("O10 paints nothing between the parts of a change set", async () => {
    const world = await liveWorld();
    for (let i = 0; i < 45; i++) put(world, `id${i}`);
    await world.clock.run(1000);
    // Five batches of ten at most; one instant on the screen.
    expect(rowsOf(world).map((rows) => rows.length)).toEqual([45]);
  });

  it("O10 shows a part whose rest does not come after a while, rather than not at all", async () => {
    const world = await liveWorld();
    const [session] = world.server.sessions;
    session!.cursors.get("tx.main")!.credit = 1;
    session!.receive = () => {};
    for (let i = 0; i < 45; i++) put(world, `id${i}`);
    await world.clock.run(VIEW_LIMITS.cut_ms);
    expect(world.worker.contents("tx.main").ids).toHaveLength(10);
    expect(rowsOf(world)).toEqual([]);
    await world.clock.run(200);
    expect(rowsOf(world).map((rows) => rows.length)).toEqual([10]);
  });

  it("C8 stops while hidden, trickles, and is right at once when shown", async () => {
    const world = await liveWorld();
    world.worker.setHidden(true);
    await world.clock.run(100);
    world.frames.length = 0;
    world.sent.length = 0;
    for (let i = 0; i < 100; i++) {
      put(world, `id${i}`);
      await world.clock.run(100);
    }
    expect(world.frames).toEqual([]);
    expect(world.worker.status()).toMatchObject({ connection: { state: "live" } });
    const granted = world.sent.filter(({ op }) => op === "CREDIT").length;
    expect(granted).toBeGreaterThanOrEqual(5);
    expect(granted).toBeLessThanOrEqual(11);
    world.worker.setHidden(false);
    await world.clock.run(500);
    expect(rowsOf(world).at(-1)?.[0]).toBe("id99");
  });

  it("measures nothing from a receipt while hidden to the paint after it is shown", async () => {
    for (const commit_ms of [4, null]) {
      const world = await liveWorld();
      // Without a commit a frame is outstanding when the page is hidden.
      world.commit_ms = commit_ms;
      put(world, "a");
      await world.clock.run(200);
      world.worker.setHidden(true);
      put(world, "b");
      await world.clock.run(60_000);
      world.commit_ms = 4;
      world.paint();
      world.worker.setHidden(false);
      await world.clock.run(500);
      expect(rowsOf(world).at(-1)).toEqual(["b", "a"]);
      put(world, "c");
      await world.clock.run(500);
      expect(world.worker.metrics().ui_receive_to_paint_ms).toBeGreaterThan(0);
      expect(world.worker.metrics().ui_receive_to_paint_ms).toBeLessThan(200);
    }
  });

  it("sends nothing after stop, and all of it again after another start", async () => {
    const world = await liveWorld();
    put(world, "a");
    world.worker.stop();
    await world.clock.run(60_000);
    expect(world.frames).toEqual([]);
    expect(world.server.sessions.size).toBe(0);
    expect(world.worker.status()).toBeNull();
    world.start();
    await world.clock.run(1000);
    expect(rowsOf(world).at(-1)).toEqual(["a"]);
  });
});

describe("calls", () => {
  it("gives a transaction's detail, and what it means that there is none", async () => {
    const world = await liveWorld();
    const detail = world.worker.transaction("0xab");
    await world.clock.run(100);
    expect(await detail).toEqual({ kind: "found", detail: { hash: "0xab" } });
    expect(world.worker.metrics().ui_detail_open_latency_ms).toBe(10);
    world.worker.stop();
    expect(await world.worker.transaction("0xab")).toEqual({ kind: "error", reason: "not started" });
  });

  it("gives held entities and contents", async () => {
    const world = await liveWorld();
    put(world, "a");
    await world.clock.run(1000);
    expect(world.worker.entity("tx.main", "a")).toMatchObject({ id: "a", nonce: "7" });
    expect(world.worker.entity("tx.main", "none")).toBeNull();
    expect(world.worker.contents("tx.main")).toEqual({
      ids: ["a"],
      seqs: [world.server.head],
      digest: world.server.channels.get("tx.main")!.digest(),
      seq: world.server.head,
    });
  });

  it("measures nothing before it starts", () => {
    const { worker } = new World(1, OPTIONS);
    expect(worker.metrics()).toEqual({
      ui_delta_apply_ms: null,
      ui_stream_gap_count: 0,
      ui_render_drop_ratio: null,
      ui_heap_used_mb: null,
      ui_detail_open_latency_ms: null,
      ui_frame_commit_ms: null,
      ui_delta_queue_depth: 0,
      ui_receive_to_paint_ms: null,
    });
    expect(worker.status()).toBeNull();
  });
});
