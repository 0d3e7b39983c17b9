/** S16: channels of bars over real sockets, as a client meets them. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { START_MS, tick, trade } from "../../model/testing/messages.ts";
import { barsChannel } from "../../protocol/stream/channels.ts";
import type { ServerMessage } from "../../protocol/stream/messages.ts";
import {
  Copy,
  getMetric,
  getSnapshot,
  StreamClient,
  startTestServer,
  type TestServer,
} from "../testing/harness.ts";

const BARS = barsChannel("TSLA", "500ms");
const UNKNOWN = barsChannel("NONE", "1m");

let server: TestServer;
let client: StreamClient;
let made = 0;

beforeEach(async () => {
  server = await startTestServer();
  server.source.push(tick(START_MS), trade(++made));
  client = new StreamClient(server.url);
});

afterEach(async () => {
  await client.close();
  await server.close();
});

const push = (ms: number, symbol = "TSLA") =>
  server.source.push(trade(++made, { ms: START_MS + ms, symbol }), tick(START_MS + ms));

it("S16 a session follows bars while it has them subscribed, each trade within one flush, and no longer", async () => {
  const { epoch, snapshot_seq, channels } = await getSnapshot(
    server,
    `?channels=${encodeURIComponent(BARS)}`,
  );
  const copy = new Copy();
  copy.load(snapshot_seq, channels[BARS] ?? { upsert: [] });
  expect(copy.rows.size).toBe(1);
  await client.identify(epoch, snapshot_seq, []);
  client.send({ op: "SUBSCRIBE", channel_seq: { [BARS]: snapshot_seq } });
  client.credit(BARS, 8);
  push(600);
  const batch = await client.nextBatch();
  expect(batch.channel).toBe(BARS);
  copy.apply(batch);
  expect([copy.rows.size, copy.digest()]).toEqual([batch.watermark.count, batch.watermark.digest]);
  client.send({ op: "UNSUBSCRIBE", channels: [BARS] });
  expect((await client.heartbeat()).channels).toEqual({});
  const frames = client.frames.length;
  push(1_200);
  await client.heartbeat();
  expect(client.frames.slice(frames).map(({ op }: ServerMessage) => op)).toEqual(["HEARTBEAT_ACK"]);
});

it("S16 bars of a symbol that is not known are empty, and come alive with it", async () => {
  const { epoch, snapshot_seq } = await getSnapshot(server);
  await client.identify(epoch, snapshot_seq, [UNKNOWN]);
  client.credit(UNKNOWN, 8);
  expect((await client.heartbeat()).channels[UNKNOWN]).toMatchObject({ seq: snapshot_seq, credit: 8 });
  push(700, "NONE");
  const batch = await client.nextBatch();
  expect(batch).toMatchObject({ channel: UNKNOWN, watermark: { count: 1 } });
});

it("S16 R1 a session that resumes keeps them", async () => {
  const { epoch, snapshot_seq } = await getSnapshot(server);
  const ack = await client.identify(epoch, snapshot_seq, [BARS]);
  await client.close();
  push(800);
  client = new StreamClient(server.url);
  const resumed = await client.resume(ack, { [BARS]: snapshot_seq });
  expect(resumed.channel_seq).toEqual({ [BARS]: snapshot_seq });
  client.credit(BARS, 1);
  expect(await client.nextBatch()).toMatchObject({ channel: BARS, prev_seq: snapshot_seq });
});

it("S16 metrics have one label for all of them", async () => {
  const { epoch, snapshot_seq } = await getSnapshot(server);
  await client.identify(epoch, snapshot_seq, [BARS, UNKNOWN]);
  client.send({ op: "CREDIT", channel_credit: { [BARS]: 3, [UNKNOWN]: 4 } });
  await client.heartbeat();
  expect(await getMetric(server, 'stream_v2_credit{channel="market.bars"}')).toBe(7);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).not.toContain("TSLA");
  expect(await getMetric(server, 'dashboard_evictions_total{channel="market.bars"}')).toBe(0);
});
