/** A server that is told to stop: what it still does, what it refuses, and that it ends. Over real sockets. */
import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { transaction } from "../model/testing/messages.ts";
import { LIMITS } from "../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { ServerOptions } from "./server.ts";
import { VirtualClock } from "./testing/clock.ts";
import { Copy, getSnapshot, StreamClient, startTestServer, type TestServer } from "./testing/harness.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function start(rows: number, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  cleanups.push(() => server.close());
  server.source.push(...Array.from({ length: rows }, (_, n) => transaction(n)));
  return server;
}

/** A client that stands at `seq`, with credit for all. */
async function follow(server: TestServer, seq: number): Promise<StreamClient> {
  const client = new StreamClient(server.url);
  cleanups.unshift(() => client.close());
  await client.identify(server.model.epoch, seq, ["tx.main"]);
  client.credit("tx.main", LIMITS.max_credit);
  return client;
}

function dial(server: TestServer): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  cleanups.unshift(() => socket.destroy());
  socket.on("error", () => {});
  return once(socket, "connect").then(() => socket);
}

it("S8 what was being written to a session arrives whole before RECONNECT, and the close is 1012", async () => {
  const clock = new VirtualClock();
  const server = await start(1, { clock });
  const client = await follow(server, server.model.headSeq);
  await client.heartbeat();
  const copy = new Copy();
  copy.load(0, (await getSnapshot(server)).channels["tx.main"] ?? { upsert: [] });
  client.socket.pause();
  server.source.push(...Array.from({ length: 3000 }, (_, n) => transaction(1 + n)));
  await new Promise(setImmediate);
  clock.advance(0);
  const closing = server.close();
  client.socket.resume();
  for (let frame = await client.next(); frame?.op !== "RECONNECT"; frame = await client.next()) {
    if (frame?.op !== "DISPATCH" || frame.type !== "DELTA_BATCH") throw new Error(JSON.stringify(frame));
    copy.apply(frame);
  }
  expect(copy.digest()).toBe(server.model.channels.get("tx.main")?.digest());
  expect(await client.closed).toMatchObject({ code: 1012, reason: "restart: the server stops" });
  await closing;
});

it("S8 a session that takes nothing is cut off, and the server ends within drain_bound_ms", async () => {
  const clock = new VirtualClock();
  const server = await start(1, { clock });
  const client = await follow(server, server.model.headSeq);
  client.socket.pause();
  const closing = server.close();
  await new Promise(setImmediate);
  clock.advance(LIMITS.drain_bound_ms);
  await closing;
  expect(clock.pending).toBe(0);
});

it("S8 an answer that is being sent is sent whole, and its connection ends with it", async () => {
  const server = await start(60_000, { clock: new VirtualClock(), model: { caps: { "tx.main": 60_000 } } });
  const asked = request(`${server.url}/dashboard/snapshot-v2?channels=tx.main`, {
    headers: { connection: "keep-alive" },
  });
  asked.end();
  const [response] = (await once(asked, "response")) as [NodeJS.ReadableStream];
  const closing = server.close();
  const { channels } = JSON.parse(await text(response)) as { channels: { "tx.main": { upsert: unknown[] } } };
  expect(channels["tx.main"].upsert).toHaveLength(60_000);
  await closing;
});

it("S8 an answer that nobody reads is cut off", async () => {
  const clock = new VirtualClock();
  const server = await start(60_000, { clock, model: { caps: { "tx.main": 60_000 } } });
  const socket = await dial(server);
  socket.pause();
  socket.write("GET /dashboard/snapshot-v2?channels=tx.main HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "readable");
  const closing = server.close();
  await new Promise(setImmediate);
  clock.advance(SERVER_LIMITS.close_timeout_ms);
  await closing;
  await expect.poll(() => clock.pending).toBe(0);
});

it("S8 no new connection is taken, and an upgrade on an old one is refused 503", async () => {
  const clock = new VirtualClock();
  const server = await start(1, { clock });
  const held = await follow(server, server.model.headSeq);
  held.socket.pause();
  const early = await dial(server);
  const closing = server.close();
  while (
    await dial(server).then(
      () => true,
      () => false,
    )
  );
  early.write(
    "GET /dashboard/stream-v2 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  expect(await text(early)).toMatch(/^HTTP\/1\.1 503 [^]*the server stops/);
  clock.advance(LIMITS.drain_bound_ms);
  await closing;
});
