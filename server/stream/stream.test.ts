/** stream-v2 over real sockets. Tests wait for frames, never for time. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import {
  Copy,
  getMetric,
  getSnapshot,
  StreamClient,
  startTestServer,
  type TestServer,
} from "../testing/harness.ts";
import { syntheticMessages } from "../testing/recording.ts";

let server: TestServer;
let clients: StreamClient[] = [];

beforeEach(async () => {
  server = await startTestServer();
  server.source.push(...syntheticMessages({ seconds: 2 }));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await server.close();
});

function connect(headers?: Record<string, string>): StreamClient {
  const client = new StreamClient(server.url, headers);
  clients.push(client);
  return client;
}

/** A client that stands at a fresh snapshot. */
async function joined(channel: "tx.main" | "pool.main" = "tx.main") {
  const snapshot = await getSnapshot(server);
  const client = connect();
  await client.identify(snapshot.epoch, snapshot.snapshot_seq, [channel]);
  const copy = new Copy();
  copy.load(snapshot.snapshot_seq, snapshot.channels[channel] ?? { upsert: [] });
  return { client, copy };
}

const transactions = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => transaction(from + n));

describe("batches", () => {
  it("D1 batches join up, and the copy's digest and count are the server's and a fresh snapshot's", async () => {
    const { client, copy } = await joined();
    client.credit("tx.main", 10);
    for (let round = 0; round < 5; round++) {
      server.source.push(...transactions(1000 + round * 10, 10));
      const batch = await client.nextBatch();
      expect(batch.prev_seq).toBe(copy.seq);
      copy.apply(batch);
      expect(batch.watermark).toMatchObject({ digest: copy.digest(), count: copy.rows.size });
      expect(batch.seq).toBe(server.model.headSeq);
    }
    const fresh = await getSnapshot(server, "?channels=tx.main");
    expect(fresh.channels["tx.main"]).toMatchObject({ digest: copy.digest(), count: copy.rows.size });
  });

  it("C3 a client without credit gets nothing, then one batch that coalesces all it missed", async () => {
    const { client, copy } = await joined();
    for (let round = 0; round < 20; round++) server.source.push(...transactions(1000 + round, 1));
    const ack = await client.heartbeat();
    expect(client.frames.filter((frame) => frame.op === "DISPATCH")).toHaveLength(1);
    expect(ack.channels["tx.main"]).toMatchObject({ seq: copy.seq, credit: 0 });
    client.credit("tx.main", 1);
    const batch = await client.nextBatch();
    expect(batch.changes).toBe(20);
    expect(batch.patch.upsert).toHaveLength(20);
    copy.apply(batch);
    expect(batch.watermark.digest).toBe(copy.digest());
  });

  it("L2 C3 what was coalesced and what was evicted unsent is counted alike by the client's batches and by the metrics", async () => {
    await server.close();
    server = await startTestServer({ model: { caps: { "tx.main": 50 } } });
    server.source.push(...transactions(0, 40));
    const { client, copy } = await joined();
    const lost = { coalesced: 0, evicted: 0 };
    for (let round = 0; round < 3; round++) {
      const status = { status: "included", block_number: 7n } as const;
      // Some change twice before they are sent; most of the new ones leave the window unsent.
      server.source.push(...transactions(1000 + round * 90, 90));
      server.source.push(...Array.from({ length: 10 }, (_, n) => transaction(1080 + round * 90 + n, status)));
      client.credit("tx.main", 1);
      const batch = await client.nextBatch();
      copy.apply(batch);
      const { upsert, remove } = batch.patch;
      lost.coalesced += batch.changes - upsert.length - remove.length - batch.evicted;
      lost.evicted += batch.evicted;
    }
    expect(copy.rows.size).toBe(50);
    expect(lost.coalesced).toBeGreaterThan(10);
    expect(lost.evicted).toBeGreaterThan(100);
    const metric = (name: string) => getMetric(server, `stream_v2_${name}_total{channel="tx.main"}`);
    expect(await metric("coalesced_changes")).toBe(lost.coalesced);
    expect(await metric("evicted_unsent")).toBe(lost.evicted);
  });

  it("C2 L2 the sums of credit and of what cursors lack stand in the metrics, by channel", async () => {
    const [one, other] = [await joined(), await joined()];
    one.client.credit("tx.main", 3);
    other.client.credit("pool.main", 5);
    await Promise.all([one.client.heartbeat(), other.client.heartbeat()]);
    const before = server.model.headSeq;
    server.source.push(...transactions(1000, 10));
    await one.client.nextBatch();
    expect(await getMetric(server, 'stream_v2_credit{channel="tx.main"}')).toBe(2);
    expect(await getMetric(server, 'stream_v2_credit{channel="pool.main"}')).toBe(0);
    const { lastSeq = 0 } = server.model.channels.get("tx.main") ?? {};
    expect(await getMetric(server, 'stream_v2_cursor_lag{channel="tx.main"}')).toBe(lastSeq - before);
  });

  it("O2 a change set over the limits is cut; cut batches have no digest, the one that reaches the head has", async () => {
    const { client, copy } = await joined();
    const rows = LIMITS.max_entities_per_batch * 3 + 10;
    server.source.push(...transactions(1000, rows));
    client.credit("tx.main", 64);
    let received = 0;
    for (let more = true; more; ) {
      const batch = await client.nextBatch();
      expect(batch.prev_seq).toBe(copy.seq);
      expect(batch.patch.upsert.length).toBeLessThanOrEqual(LIMITS.max_entities_per_batch);
      copy.apply(batch);
      received += batch.patch.upsert.length;
      more = batch.watermark.digest === null;
      expect(batch.watermark.count).toBe(more ? null : copy.rows.size);
      if (!more) expect(batch.watermark.digest).toBe(copy.digest());
    }
    expect(received).toBe(rows);
    expect(Math.max(...client.sizes)).toBeLessThanOrEqual(LIMITS.max_frame_bytes);
  });

  it("C4 the rest of a cut change set waits for credit and goes as soon as it comes", async () => {
    const { client, copy } = await joined();
    server.source.push(...transactions(1000, LIMITS.max_entities_per_batch + 10));
    client.credit("tx.main", 1);
    copy.apply(await client.nextBatch());
    const ack = await client.heartbeat();
    expect(ack.channels["tx.main"]).toMatchObject({ seq: copy.seq, credit: 0 });
    expect(ack.channels["tx.main"]?.head).toBeGreaterThan(copy.seq);
    client.credit("tx.main", 1);
    const rest = await client.nextBatch();
    copy.apply(rest);
    expect(rest.watermark.digest).toBe(copy.digest());
  });

  it("O3 RESYNC sets the cursor: a client that lost a batch gets it again", async () => {
    const { client, copy } = await joined();
    client.credit("tx.main", 2);
    server.source.push(...transactions(1000, 3));
    const lost = await client.nextBatch();
    client.send({ op: "RESYNC", channel_seq: { "tx.main": copy.seq } });
    const again = await client.nextBatch();
    expect(again.prev_seq).toBe(lost.prev_seq);
    copy.apply(again);
    expect(again.watermark.digest).toBe(copy.digest());
  });

  it("O4 a cursor that fell out of reach gets RESYNC_REQUIRED, repeated as reach in HEARTBEAT_ACK until RESYNC", async () => {
    await server.close();
    server = await startTestServer();
    server.source.push(...syntheticMessages({ seconds: 1 }));
    const { client } = await joined();
    const channel = server.model.channels.get("tx.main");
    if (channel === undefined) throw new Error("no tx.main");
    Object.defineProperty(channel, "reach", { value: server.model.headSeq + 1, configurable: true });
    server.source.push(...transactions(1000, 3));
    client.credit("tx.main", 1);
    expect(await client.next()).toMatchObject({ type: "RESYNC_REQUIRED", channel: "tx.main" });
    const ack = await client.heartbeat();
    expect(ack.channels["tx.main"]).toMatchObject({ reach: channel.reach, credit: 1 });
    const fresh = await getSnapshot(server, "?channels=tx.main");
    client.send({ op: "RESYNC", channel_seq: { "tx.main": fresh.snapshot_seq } });
    expect((await client.heartbeat()).channels["tx.main"]).not.toHaveProperty("reach");
  });

  it("S9 SUBSCRIBE adds a channel at its seq, UNSUBSCRIBE ends it", async () => {
    const { client } = await joined("tx.main");
    const seq = server.model.headSeq;
    client.send({ op: "SUBSCRIBE", channel_seq: { "pool.main": seq } });
    client.credit("pool.main", 5);
    server.source.push(...syntheticMessages({ seconds: 3, txPerSecond: 0 }));
    const batch = await client.nextBatch();
    expect(batch).toMatchObject({ channel: "pool.main", prev_seq: seq });
    client.send({ op: "UNSUBSCRIBE", channels: ["pool.main"] });
    expect(Object.keys((await client.heartbeat()).channels)).toEqual(["tx.main"]);
  });

  it("D2 equal state gives equal bytes: two sessions at one cursor get the same frame", async () => {
    const first = await joined();
    const second = await joined();
    first.client.credit("tx.main", 1);
    second.client.credit("tx.main", 1);
    await Promise.all([first.client.heartbeat(), second.client.heartbeat()]);
    server.source.push(...transactions(1000, 5));
    expect(await first.client.nextBatch()).toEqual(await second.client.nextBatch());
  });
});

describe("refusals", () => {
  it.each([
    ["4002", "{nope", "not JSON"],
    ["4002", "[1]", "one JSON object"],
    ["4002", '{"op":7}', "/op: must be a string"],
    ["4001", '{"op":"NOPE"}', 'no op "NOPE"'],
    ["4002", '{"op":"RESUME","protocol":2}', "RESUME /: must have required properties"],
    ["4002", '{"op":"IDENTIFY","protocol":2}', "IDENTIFY /: must have required properties"],
    ["4003", '{"op":"HEARTBEAT","channel_seq":{}}', "HEARTBEAT before IDENTIFY"],
  ])("E6 %s for %s", async (code, text, reason) => {
    const client = connect();
    await client.next();
    client.send(text);
    const closed = await client.closed;
    expect(closed.code).toBe(Number(code));
    expect(closed.reason).toContain(reason);
  });

  it.each([
    [4005, { op: "IDENTIFY", protocol: 2, snapshot_seq: 0, epoch: "e", subscriptions: [] }, "IDENTIFY"],
    [
      4002,
      { op: "CREDIT", channel_credit: { "tx.main": -1 } },
      "CREDIT /channel_credit/tx.main: must be >= 0",
    ],
    [4002, { op: "CREDIT", channel_credit: {}, extra: 1 }, "CREDIT /extra: no such field"],
    [
      4002,
      { op: "SUBSCRIBE", channel_seq: { "tx.mian": 0 } },
      'SUBSCRIBE /channel_seq: no channel "tx.mian"',
    ],
    [4002, { op: "RESYNC", channel_seq: { "tx.main": 1e16 } }, "RESYNC /channel_seq/tx.main: must be <="],
  ])("E6 %i for %j", async (code, message, reason) => {
    const { client } = await joined();
    client.send(JSON.stringify(message));
    const closed = await client.closed;
    expect(closed.code).toBe(code);
    expect(closed.reason).toContain(reason);
  });

  it("S3 a foreign epoch is INVALID_SESSION, then the socket closes", async () => {
    const client = connect();
    await client.next();
    client.send({ op: "IDENTIFY", protocol: 2, snapshot_seq: 0, epoch: "e-other", subscriptions: [] });
    expect(await client.next()).toEqual({ op: "INVALID_SESSION", reason: "epoch_changed" });
    expect((await client.closed).code).toBe(1000);
  });

  it("E7 a binary frame is 4002 and a frame over the limit 1009", async () => {
    const binary = connect();
    await binary.next();
    binary.send(Buffer.from("{}"));
    expect((await binary.closed).code).toBe(4002);
    const large = connect();
    await large.next();
    large.send("x".repeat(LIMITS.max_client_frame_bytes + 1));
    expect((await large.closed).code).toBe(1009);
  });

  it("E8 a bad message closes its own session and touches no other", async () => {
    const { client } = await joined();
    const bad = connect();
    await bad.next();
    bad.send("{");
    await bad.closed;
    client.credit("tx.main", 1);
    server.source.push(...transactions(1000, 1));
    expect((await client.nextBatch()).patch.upsert).toHaveLength(1);
  });

  it("B4 sessions over the cap are closed 4013", async () => {
    await server.close();
    server = await startTestServer({ stream: { maxSessions: 1 } });
    const first = connect();
    await first.next();
    const second = connect();
    expect((await second.closed).code).toBe(4013);
    expect(first.socket.readyState).toBe(first.socket.OPEN);
  });

  it("E9 a foreign Origin or Host, or another path, is refused before the upgrade", async () => {
    for (const headers of [{ origin: "http://evil.example" }, { host: "evil.example" }, { origin: "null" }]) {
      const client = connect(headers);
      expect(await client.next()).toBeNull();
      expect((await client.closed).code).toBe(1006);
    }
    const astray = new WebSocket(`${server.url.replace("http", "ws")}/dashboard/stream`);
    astray.on("error", () => {});
    const [, { statusCode }] = (await once(astray, "unexpected-response")) as [unknown, IncomingMessage];
    astray.terminate();
    expect(statusCode).toBe(404);
    const allowed = connect({ origin: "http://localhost:5173" });
    expect((await allowed.next())?.op).toBe("HELLO");
  });

  it("S8 closing the server closes every session 1012", async () => {
    const { client } = await joined();
    await server.close();
    expect((await client.closed).code).toBe(1012);
  });
});
