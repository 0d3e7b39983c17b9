/** Sessions that go on: at another server of the same epoch, after a restart, or not at all. Over real sockets. */
import { afterEach, expect, it } from "vitest";
import { transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { ServerOptions } from "../server.ts";
import { VirtualClock } from "../testing/clock.ts";
import {
  Copy,
  getMetric,
  getSnapshot,
  restart,
  StreamClient,
  startReplica,
  startTestServer,
  type TestServer,
} from "../testing/harness.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  open.push(server);
  server.source.push(...transactions(0, 10));
  return server;
}

async function replicaOf(server: TestServer): Promise<TestServer> {
  const replica = await startReplica(server);
  open.push(replica);
  return replica;
}

function connect(server: TestServer): StreamClient {
  const client = new StreamClient(server.url);
  open.push(client);
  return client;
}

const transactions = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => transaction(from + n));

/** A client of `tx.main` that has seen a batch. */
async function joined(server: TestServer) {
  const { epoch, snapshot_seq, channels } = await getSnapshot(server);
  const client = connect(server);
  const ack = await client.identify(epoch, snapshot_seq, ["tx.main"]);
  const copy = new Copy();
  copy.load(snapshot_seq, channels["tx.main"] ?? { upsert: [] });
  client.credit("tx.main", 2);
  server.source.push(...transactions(10, 5));
  copy.apply(await client.nextBatch());
  return { client, copy, ack };
}

async function expectToGoOn(client: StreamClient, copy: Copy): Promise<void> {
  client.credit("tx.main", 1);
  const batch = await client.nextBatch();
  expect(batch.prev_seq).toBe(copy.seq);
  copy.apply(batch);
  expect(batch.watermark).toMatchObject({ digest: copy.digest(), count: copy.rows.size });
}

it("R1 R2 a session that was cut at one server goes on at another, where it left off, with the token of its last HEARTBEAT_ACK", async () => {
  const one = await start();
  const { client, copy, ack } = await joined(one);
  const { resume_token } = await client.heartbeat();
  const other = await replicaOf(one);
  await client.close();
  other.source.push(...transactions(15, 20));

  const again = connect(other);
  const resumed = await again.resume({ ...ack, resume_token }, { "tx.main": copy.seq });
  expect(resumed).toMatchObject({
    session_id: ack.session_id,
    resumed: true,
    channel_seq: { "tx.main": copy.seq },
  });
  expect((await again.heartbeat()).channels["tx.main"]?.credit).toBe(0);
  await expectToGoOn(again, copy);
  expect(await getMetric(other, "stream_v2_resume_success_total")).toBe(1);
});

it("R1 R6 S8 a restarted server tells its clients to come again, and takes their sessions up where they left off", async () => {
  const server = await start();
  const { client, copy, ack } = await joined(server);
  const restarting = restart(server);
  expect(await client.next()).toEqual({
    op: "RECONNECT",
    reason: "draining",
    after_ms: LIMITS.reconnect_after_ms,
  });
  expect((await client.closed).code).toBe(1012);
  const restarted = await restarting;
  open.push(restarted);
  expect(restarted.url).toBe(server.url);
  restarted.source.push(...transactions(15, 1));
  const again = connect(restarted);
  await again.resume(ack, { "tx.main": copy.seq });
  await expectToGoOn(again, copy);
});

it.each([
  ["epoch_changed", 1000, (of: TestServer) => ({ ...of.options, model: { log_id: "another" } })],
  ["token_invalid", 4004, (of: TestServer) => ({ ...of.options, stream: { resumeSecret: "another" } })],
] as const)("R3 %s, then %i, answers a server's token elsewhere", async (reason, code, optionsOf) => {
  const one = await start();
  const { ack, copy } = await joined(one);
  const other = await start(optionsOf(one));
  const client = connect(other);
  await expect(client.resume(ack, { "tx.main": copy.seq })).rejects.toThrow(
    JSON.stringify({ op: "INVALID_SESSION", reason }),
  );
  expect((await client.closed).code).toBe(code);
  expect(await getMetric(other, `stream_v2_resume_refused_total{reason="${reason}"}`)).toBe(1);
  expect(await getMetric(other, `stream_v2_closed_total{code="${code}"}`)).toBe(1);
});

it("R2 R3 a token is good for resume_token_ttl_ms", async () => {
  const clock = new VirtualClock();
  const server = await start({ clock });
  const { client, ack, copy } = await joined(server);
  await client.close();
  clock.advance(LIMITS.resume_token_ttl_ms);
  const inTime = connect(server);
  await inTime.resume(ack, { "tx.main": copy.seq });
  await inTime.close();
  clock.advance(1);
  const late = connect(server);
  await expect(late.resume(ack, { "tx.main": copy.seq })).rejects.toThrow("token_expired");
  expect((await late.closed).code).toBe(4004);
});

it("R4 RESUME with a cursor out of reach goes on with the other channels, and with this one after RESYNC", async () => {
  const server = await start({ model: { caps: { "tx.main": 20 } } });
  const { client, ack, copy } = await joined(server);
  await client.close();
  const channel = server.model.channels.get("tx.main");
  if (channel === undefined) throw new Error("no tx.main");
  Object.defineProperty(channel, "reach", { value: copy.seq + 1 });
  const again = connect(server);
  await again.resume(ack, { "tx.main": copy.seq, "pool.main": copy.seq });
  expect(await again.next()).toMatchObject({ type: "RESYNC_REQUIRED", channel: "tx.main" });
  expect(await again.next()).toMatchObject({ type: "NOTICE", rung: "out_of_reach" });
  const acked = await again.heartbeat();
  expect(acked.channels["tx.main"]).toHaveProperty("reach", copy.seq + 1);
  expect(acked.channels["pool.main"]).not.toHaveProperty("reach");
  expect(await getMetric(server, 'stream_v2_out_of_reach_total{channel="tx.main"}')).toBe(1);
});

it("R5 a replica that lags lets the cursor wait, and goes on when it has caught up", async () => {
  const ahead = await start();
  const lagging = await replicaOf(ahead);
  const { client, copy, ack } = await joined(ahead);
  await client.close();
  expect(copy.seq).toBeGreaterThan(lagging.model.headSeq);
  const again = connect(lagging);
  await again.resume(ack, { "tx.main": copy.seq });
  const waiting = await again.heartbeat();
  expect(waiting.channels["tx.main"]).toMatchObject({ seq: copy.seq, head: copy.seq });
  lagging.source.push(...transactions(10, 8));
  await expectToGoOn(again, copy);
});

it("R5 a replica that does not catch up within 5 s sends its client on", async () => {
  const clock = new VirtualClock();
  const ahead = await start({ clock });
  const lagging = await replicaOf(ahead);
  const { copy, ack } = await joined(ahead);
  const again = connect(lagging);
  await again.resume(ack, { "tx.main": copy.seq });
  clock.advance(LIMITS.ahead_wait_ms + SERVER_LIMITS.session_check_ms);
  expect(await again.next()).toEqual({
    op: "RECONNECT",
    reason: "behind",
    after_ms: LIMITS.reconnect_after_ms,
  });
  expect((await again.closed).code).toBe(1012);
});
