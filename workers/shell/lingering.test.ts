/** B10 S9: channels of bars from the page's first call to the last word to the server, against the reference server. */
import { expect, it } from "vitest";
import { type BarsChannel, barsChannel, CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { BARS_LIMITS } from "../limits.ts";
import { liveWorld, OPTIONS } from "../testing/live-world.ts";
import { bar } from "../testing/rows.ts";
import { World } from "../testing/world.ts";

const [A, B] = [barsChannel("A", "1s"), barsChannel("B", "5s")];
const LINGER = BARS_LIMITS.linger_ms;

const followed = ({ worker }: World) =>
  Object.keys(worker.status()?.channels ?? {}).filter((name) => name.startsWith("market.bars:"));
const subscribed = ({ server }: World) =>
  [...server.sessions].flatMap(({ cursors }) =>
    [...cursors.keys()].filter((name) => name.startsWith("market.bars:")),
  );
const told = (world: World, op: string) => world.sent.filter((message) => message.op === op).length;
const bars = (world: World) => world.frames.flatMap(({ series }) => series);

function put(world: World, channel: BarsChannel, n: number, close = "1"): void {
  world.server.put(channel, bar(n, { close }));
}

it("S9 fetches a channel of bars, SUBSCRIBEs it and draws it as it changes", async () => {
  const world = await liveWorld();
  put(world, A, 1);
  const gets = world.gets.length;
  world.worker.openSeries("chart", { channel: A });
  await world.clock.run(500);
  expect(world.gets.slice(gets)).toEqual([expect.stringContaining(`channels=${encodeURIComponent(A)}`)]);
  expect(world.sent).toContainEqual({ op: "SUBSCRIBE", channel_seq: { [A]: world.server.head } });
  expect(bars(world)).toMatchObject([{ series: "chart", whole: true, bars: [{ close: 1 }] }]);
  put(world, A, 1, "2");
  put(world, A, 2, "3");
  await world.clock.run(500);
  expect(bars(world).at(-1)).toMatchObject({ whole: false, bars: [{ close: 2 }, { close: 3 }] });
  expect(world.worker.contents(A).digest).toBe(world.server.channel(A)?.digest());
  expect(world.worker.memory().channels[A]).toMatchObject({ rows: 2 });
  expect(world.worker.entity(A, bar(2).id)).toMatchObject({ close: "3" });
});

it("S9 shows no table of a channel before its window has come", async () => {
  const world = await liveWorld();
  put(world, A, 1);
  world.worker.openView("table", { channel: A, columns: ["start"], sort: null, filter: "" });
  await world.clock.run(500);
  const frames = world.frames.flatMap(({ views }) => views).filter(({ view }) => view === "table");
  expect(frames).toMatchObject([{ total: 1 }]);
});

it("B10 follows it for a while after its last view has gone, and forgets it then", async () => {
  const world = await liveWorld();
  world.worker.openSeries("chart", { channel: A });
  world.worker.openView("table", { channel: A, columns: ["start"], sort: null, filter: "" });
  await world.clock.run(500);
  world.worker.closeSeries("chart");
  await world.clock.run(2 * LINGER);
  expect(followed(world)).toEqual([A]);
  world.worker.closeView("table");
  await world.clock.run(LINGER - 100);
  expect(subscribed(world)).toEqual([A]);
  put(world, A, 1);
  await world.clock.run(200);
  expect(world.worker.memory().channels[A]).toBeUndefined();
  await world.clock.run(100);
  expect([followed(world), subscribed(world)]).toEqual([[], []]);
  expect(world.worker.contents(A)).toEqual({ ids: [], seqs: [], digest: "0000000000000000", seq: 0 });
  expect(world.worker.entity(A, bar(1).id)).toBeNull();
});

it("B10 a quick switch back costs no request, and shows what changed meanwhile", async () => {
  const world = await liveWorld();
  world.worker.openSeries("chart", { channel: A });
  await world.clock.run(500);
  world.worker.openSeries("chart", { channel: B });
  await world.clock.run(LINGER / 2);
  const [gets, sent] = [world.gets.length, told(world, "SUBSCRIBE")];
  put(world, A, 7);
  await world.clock.run(200);
  world.worker.openSeries("chart", { channel: A });
  await world.clock.run(500);
  expect(bars(world).at(-1)).toMatchObject({
    channel: A,
    whole: true,
    bars: [{ start_unix_ms: bar(7).start_unix_ms }],
  });
  expect([world.gets.length, told(world, "SUBSCRIBE")]).toEqual([gets, sent]);
  await world.clock.run(2 * LINGER);
  expect(followed(world)).toEqual([A]);
});

it("B10 makes room by the one that nothing has shown for longest", async () => {
  const world = await liveWorld();
  const channels = Array.from({ length: BARS_LIMITS.followed_count + 2 }, (_, n) =>
    barsChannel(`S${n}`, "1m"),
  );
  for (const channel of channels) {
    world.worker.openSeries("chart", { channel });
    await world.clock.run(100);
  }
  await world.clock.run(500);
  expect(followed(world)).toEqual(channels.slice(2));
  expect(subscribed(world)).toEqual(channels.slice(2));
});

it("R1 keeps them through a lost connection, without a request", async () => {
  const world = await liveWorld();
  world.worker.openSeries("chart", { channel: A });
  await world.clock.run(500);
  const gets = world.gets.length;
  world.cut();
  put(world, A, 3, "4");
  await world.clock.run(1_000);
  const resume = world.sent.find((message) => message.op === "RESUME");
  expect(resume?.subscriptions).toContain(A);
  expect(bars(world).at(-1)).toMatchObject({ whole: false, bars: [{ close: 4 }] });
  expect(world.gets.length).toBe(gets);
});

it("bootstraps with what was opened before it began, and is whole after another epoch", async () => {
  const world = new World(1, OPTIONS);
  world.worker.openSeries("chart", { channel: A });
  world.start();
  await world.clock.run(500);
  expect(world.gets).toHaveLength(1);
  world.server.changeEpoch("e-two");
  put(world, A, 1);
  await world.clock.run(2_000);
  expect(bars(world).at(-1)).toMatchObject({ whole: true, bars: [{}] });
});

it("B10 a worker never has more channels than a session may have", () => {
  expect(CHANNEL_NAMES.length + BARS_LIMITS.followed_count).toBeLessThanOrEqual(LIMITS.max_channels_count);
});

it("tells a page what it may not open", async () => {
  const { worker } = await liveWorld();
  expect(() => worker.openSeries("chart", { channel: "market.bars:A:2s" as BarsChannel })).toThrow(
    RangeError,
  );
  expect(() =>
    worker.openView("v2", { channel: "market.bars::1s", columns: [], sort: null, filter: "" }),
  ).toThrow(RangeError);
});
