/**
 * Clients that mean harm, or are broken, over real sockets: each loses its own connection. A healthy client of the same
 * server goes on through all of it, its copy equal to the channel.
 */
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import {
  Copy,
  getMetric,
  getSnapshot,
  StreamClient,
  startTestServer,
  type TestServer,
} from "../testing/harness.ts";
import { frame, OPCODE, RawSocket } from "../testing/raw-socket.ts";

// Node's own clock runs these, so they are made short here. The server reads them when it starts.
Object.assign(SERVER_LIMITS, { headers_timeout_ms: 200, request_timeout_ms: 400, connection_check_ms: 50 });

const IDENTIFY = { op: "IDENTIFY", protocol: 2, snapshot_seq: 0, subscriptions: ["tx.main"] };

let clock: VirtualClock;
let server: TestServer;
let witness: StreamClient;
const copy = new Copy();
let made = 0;
let peers: RawSocket[] = [];

beforeAll(async () => {
  clock = new VirtualClock();
  server = await startTestServer({ clock });
  server.source.push(transaction(++made));
  const { epoch, snapshot_seq, channels } = await getSnapshot(server);
  copy.load(snapshot_seq, channels["tx.main"] ?? { upsert: [] });
  witness = new StreamClient(server.url);
  await witness.identify(epoch, snapshot_seq, ["tx.main"]);
});

afterAll(async () => {
  await witness.close();
  await server.close();
});

/** The healthy client is served, and has what the server has. */
afterEach(async () => {
  await Promise.all(peers.map((peer) => peer.close()));
  peers = [];
  witness.credit("tx.main", 1);
  await witness.heartbeat();
  server.source.push(...Array.from({ length: 5 }, () => transaction(++made)));
  await new Promise(setImmediate);
  clock.advance(LIMITS.max_flush_interval_ms);
  const batch = await witness.nextBatch();
  copy.apply(batch);
  if (batch.watermark.digest !== copy.digest() || batch.watermark.count !== made) {
    throw new Error("the healthy client's copy is no longer its channel");
  }
});

function dial(): RawSocket {
  const peer = new RawSocket(server);
  peers.push(peer);
  return peer;
}

async function connected(...headers: string[]): Promise<RawSocket> {
  const peer = dial();
  await peer.upgrade(...headers);
  return peer;
}

const sessions = () => getMetric(server, "stream_v2_sessions");
const PATIENT = { timeout: 20_000 };
const text = (message: object) => frame(JSON.stringify(message));
const beat = text({ op: "HEARTBEAT", channel_seq: {} });
const identify = () => text({ ...IDENTIFY, epoch: server.model.epoch });
const repeat = (bytes: Buffer, times: number) => Buffer.concat(new Array<Buffer>(times).fill(bytes));

const TOO_LARGE = LIMITS.max_client_frame_bytes + 1;
const NOTHING = frame("", { opcode: OPCODE.continuation, fin: false });
const PIECE = frame("x".repeat(1000), { opcode: OPCODE.continuation, fin: false });

describe("E7 frames that are none of ours", () => {
  it.each<[string, number, () => Buffer]>([
    ["a binary frame", 4002, () => frame("{}", { opcode: OPCODE.binary })],
    ["a frame over the limit", 1009, () => frame("x".repeat(TOO_LARGE))],
    ["a header that announces an exabyte", 1009, () => frame("", { length: 2 ** 52 })],
    [
      "pieces that together are over it",
      1009,
      () => Buffer.concat([frame("x", { fin: false }), repeat(PIECE, 70)]),
    ],
    [
      "a message in too many pieces",
      1008,
      () => Buffer.concat([frame("", { fin: false }), repeat(NOTHING, 2000)]),
    ],
    ["a compressed frame", 1002, () => frame(deflateRawSync("{}"), { rsv1: true })],
    ["a frame that is not masked", 1002, () => frame("{}", { masked: false })],
    ["a continuation of nothing", 1002, () => frame("{}", { opcode: OPCODE.continuation })],
    ["an opcode that there is not", 1002, () => frame("{}", { opcode: 5 })],
    ["a ping over 125 bytes", 1002, () => frame("x".repeat(126), { opcode: OPCODE.ping })],
    ["text that is not UTF-8", 1007, () => frame(Buffer.from([0xc3, 0x28, 0xff, 0xfe]))],
    ["bytes that are no frame", 1002, () => Buffer.alloc(200, 0xff)],
    ["text that is not JSON", 4002, () => frame("\u0000".repeat(100))],
    ["an array nested to the limit", 4002, () => frame("[".repeat(60_000))],
  ])("E7 %s is closed %i", async (_what, code, bytes) => {
    const closed = async () => (await getMetric(server, `stream_v2_closed_total{code="${code}"}`)) || 0;
    const before = await closed();
    const peer = await connected();
    peer.write(bytes());
    expect(await peer.closeCode()).toBe(code);
    await peer.close();
    await expect.poll(closed, PATIENT).toBe(before + 1);
  });

  it("E7 compression is not agreed on, so a bomb is a compressed frame that nobody unpacks", async () => {
    const peer = await connected("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
    expect(peer.received.toString().toLowerCase()).not.toContain("sec-websocket-extensions");
    const bomb = deflateRawSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(LIMITS.max_client_frame_bytes);
    peer.write(frame(bomb, { rsv1: true }));
    expect(await peer.closeCode()).toBe(1002);
  });

  it("E7 random bytes end their connection, whatever they are", async () => {
    for (let round = 0; round < 20; round++) {
      const peer = await connected();
      peer.write(randomBytes(300));
      peer.socket.end();
      await peer.ended;
    }
    await expect.poll(sessions, PATIENT).toBe(1);
  });
});

describe("E8 clients that are too much, or too little", () => {
  it.each<[string, () => Buffer]>([
    ["messages", () => repeat(beat, SERVER_LIMITS.client_burst_count + 1)],
    ["pings", () => repeat(frame("x", { opcode: OPCODE.ping }), SERVER_LIMITS.client_burst_count + 1)],
    ["pongs", () => repeat(frame("x", { opcode: OPCODE.pong }), SERVER_LIMITS.client_burst_count + 1)],
  ])("E8 B3 a flood of %s is closed 4008", async (_what, bytes) => {
    const peer = await connected();
    peer.write(Buffer.concat([identify(), bytes()]));
    expect(await peer.closeCode()).toBe(4008);
  });

  it("E8 a ping is answered with what it holds", async () => {
    const peer = await connected();
    peer.write(frame("are you there", { opcode: OPCODE.ping }));
    peer.write(frame("{"));
    expect(await peer.closeCode()).toBe(4002);
    expect(peer.received.toString()).toContain("are you there");
  });

  it("E8 S5 a frame that never ends, in place of IDENTIFY, is closed 4003", async () => {
    const peer = await connected();
    peer.write(frame("{", { length: 1000 }));
    clock.advance(LIMITS.identify_timeout_ms + SERVER_LIMITS.session_check_ms);
    expect(await peer.closeCode()).toBe(4003);
  });

  it("E8 S6 a frame that never ends, after IDENTIFY, is closed 4009", async () => {
    const peer = await connected();
    peer.write(Buffer.concat([identify(), beat]));
    while (!peer.received.includes("HEARTBEAT_ACK")) await new Promise(setImmediate);
    peer.write(frame("{", { length: 1000 }));
    clock.advance(LIMITS.heartbeat_interval_ms);
    await witness.heartbeat();
    clock.advance(LIMITS.heartbeat_interval_ms);
    expect(await peer.closeCode()).toBe(4009);
  });

  it("E8 HTTP headers that never end are cut off", async () => {
    const peer = dial();
    const drip = setInterval(() => peer.write("X-Slow: 1\r\n"), 20);
    peer.write("GET /dashboard/stream-v2 HTTP/1.1\r\nHost: localhost\r\n");
    await peer.ended;
    clearInterval(drip);
    expect(peer.received.toString()).toContain("408 Request Timeout");
  });

  it("E8 a connection that says nothing, a body that never ends, and bytes that are no HTTP are cut off", async () => {
    const [silent, endless, garbage, large] = [dial(), dial(), dial(), dial()];
    endless.write("POST /dashboard/channels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{");
    garbage.write(Buffer.alloc(1000, 0xfe));
    large.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(100_000)}\r\n\r\n`);
    await Promise.all([silent, endless, garbage, large].map(({ ended }) => ended));
    expect(garbage.received.toString()).toContain("400 Bad Request");
    expect(large.received.toString()).toContain("431");
  });

  it("E8 a hundred connections that are cut while they begin leave nothing behind", async () => {
    const all = Array.from({ length: 100 }, () => dial());
    await Promise.all(
      all.map(async (peer, n) => {
        if (n % 3 > 0) await peer.upgrade();
        if (n % 3 > 1) peer.write(identify());
        peer.socket.resetAndDestroy();
        await peer.ended;
      }),
    );
    await expect.poll(sessions, PATIENT).toBe(1);
  });
});
