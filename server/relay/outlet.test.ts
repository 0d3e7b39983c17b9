/** A producer whose relay comes and goes. */
import { createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { StreamDecoder } from "../../protocol/tlv/stream-decoder.ts";
import { keepAlive } from "./control.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { Outlet } from "./outlet.ts";
import { numbered, numberedRun } from "./testing/messages.ts";
import { atEnd, cleanUp, startRelay, TestPeer, temporaryPath, until } from "./testing/rig.ts";

afterEach(cleanUp);

function open(path: string, ringBytes = 4 * RELAY_LIMITS.segment_bytes): { outlet: Outlet; lines: string[] } {
  const lines: string[] = [];
  const outlet = new Outlet({
    address: { kind: "unix", path },
    domain: "market_data",
    source: 4,
    ringBytes,
    log: (line) => lines.push(line),
  });
  atEnd(() => outlet.close());
  return { outlet, lines };
}

function isBalanced({ received, forwarded, held, dropped }: ReturnType<Outlet["counts"]>): boolean {
  return received === forwarded + held + dropped;
}

it("keeps what it is given until there is a relay, and writes it in order", async () => {
  const path = temporaryPath("relay.sock");
  const { outlet, lines } = open(path);
  for (const message of numberedRun(1, 100)) outlet.push(message);
  await until(() => lines.length === 1);
  expect(lines[0]).toMatch(/^unix:.*: connect ENOENT .*; trying again$/);
  expect(outlet.counts()).toEqual({ received: 100, forwarded: 0, held: 100, dropped: 0 });
  const { relay } = await startRelay({ path });
  await until(() => relay.ring.newest === 100);
  await until(() => outlet.counts().held === 0);
  expect(outlet.counts()).toEqual({ received: 100, forwarded: 100, held: 0, dropped: 0 });
  await until(() => lines.length === 2);
  expect(lines[1]).toMatch(/: connected again$/);
  expect(relay.count("producer")).toBe(1);
});

it("drops the oldest where that is too much, and counts them", async () => {
  const path = temporaryPath("relay.sock");
  const { outlet } = open(path);
  for (const message of numberedRun(1, 20_000)) outlet.push(message);
  const { dropped } = outlet.counts();
  expect(dropped).toBeGreaterThan(10_000);
  expect(isBalanced(outlet.counts())).toBe(true);
  const { relay } = await startRelay({ path });
  await until(() => outlet.counts().held === 0);
  expect(outlet.counts()).toEqual({ received: 20_000, forwarded: 20_000 - dropped, held: 0, dropped });
  await until(() => relay.ring.newest === 20_000 - dropped);
});

it("repeats to a new relay what the old one may have taken with it", async () => {
  const first = await startRelay();
  const { outlet } = open(first.path);
  for (const message of numberedRun(1, 50)) outlet.push(message);
  await until(() => outlet.counts().forwarded === 50);
  await first.kill();
  for (const message of numberedRun(51, 60)) outlet.push(message);
  const second = await startRelay({ path: first.path });
  await until(() => second.relay.ring.newest === 60);
  await until(() => outlet.counts().held === 0);
  expect(outlet.counts()).toEqual({ received: 60, forwarded: 60, held: 0, dropped: 0 });
});

it("is a producer before it has anything to write, and stays one in quiet times", async () => {
  const { relay, path } = await startRelay({ producerSilenceMs: 2 * RELAY_LIMITS.keep_alive_ms });
  const { outlet } = open(path);
  await until(() => (relay.counts().in.dropped["keep_alive"] ?? 0) >= 4);
  expect(outlet.isConnected).toBe(true);
  expect(relay.counts().cuts).toEqual({});
  expect(outlet.counts().received).toBe(0);
});

it("logs the last word of a relay that has cut it", async () => {
  const { path, relay } = await startRelay();
  for (let n = 0; n < RELAY_LIMITS.max_producers_count; n++) {
    new TestPeer(path).write(keepAlive("market_data", 4, 0, 0));
  }
  await until(() => relay.count("producer") === RELAY_LIMITS.max_producers_count);
  const { outlet, lines } = open(path);
  outlet.push(numbered(1));
  await until(() => lines.length === 1);
  expect(lines[0]).toMatch(/^unix:.*: the relay says: too_many_producers: 64 at the most; trying again$/);
  // As often as it comes again: that is no news.
  const { cuts } = relay.counts();
  await until(
    () => (relay.counts().cuts["too_many_producers"] ?? 0) >= (cuts["too_many_producers"] ?? 0) + 2,
  );
  expect(lines).toHaveLength(1);
  expect(relay.count("producer")).toBe(RELAY_LIMITS.max_producers_count);
});

it("counts as dropped what its ring drops while a relay takes nothing", async () => {
  const path = temporaryPath("stuck.sock");
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket)).listen({ path });
  atEnd(() => server.close());
  const { outlet } = open(path);
  await until(() => outlet.isConnected && sockets.length === 1);
  for (let n = 1; n <= 40_000; n += 500) {
    for (const message of numberedRun(n, n + 499)) outlet.push(message);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let taken = 0;
  const decoder = new StreamDecoder({
    onMessage: (view) => {
      if (view.firstTlv()) taken++;
    },
    onFault: () => {},
  });
  const [socket] = sockets as [Socket];
  atEnd(() => socket.destroy());
  socket.on("data", (chunk) => decoder.push(chunk));
  socket.resume();
  await until(() => outlet.counts().held === 0);
  const { dropped, forwarded } = outlet.counts();
  expect(dropped).toBeGreaterThan(0);
  await until(() => taken >= forwarded);
  expect({ dropped, forwarded }).toEqual({ dropped: 40_000 - taken, forwarded: taken });
});
