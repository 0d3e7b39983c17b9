/**
 * A client in another language, written from the documents alone, over a bad link: were a rule in them wrong or missing,
 * its windows would not come to equal the server's.
 */
import { afterEach, beforeAll, expect, test } from "vitest";
import type { ServerMessage } from "../../protocol/stream/messages.ts";
import { restart, startTestServer } from "../../server/testing/harness.ts";
import { falsifying, stormy, withHeartbeat } from "../faults.ts";
import { ChaosProxy, type FrameRule } from "../proxy.ts";
import { recordedMessages, replayedOnce } from "../recording.ts";
import { startServer } from "../server.ts";
import { xorshift } from "../soak/slope.ts";
import { type ClientState, evaluatePython, requirePython, startClient } from "./python-client.ts";

const HEARTBEAT_MS = 3_000;
const SNAPSHOT = "/dashboard/snapshot-v2";

interface Snapshot {
  epoch: string;
  watermark: { latest_ingest_seq: number };
  channels: Record<string, { count: number; digest: string; upsert: readonly { id: string }[] }>;
}

const closers: (() => Promise<void>)[] = [];

beforeAll(requirePython);

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

test("D3 the digests of the reference come out of the formula as written", () => {
  const windows = [
    [],
    [["1", 1]],
    [["1", 4294967297]],
    [["é€😀", 7]],
    [
      ["1", 1],
      ["137", 2],
    ],
  ];
  const program = `
import json, functools, operator, window
for rows in json.loads(${JSON.stringify(JSON.stringify(windows))}):
    print(f"{functools.reduce(operator.xor, (window.mix(*row) for row in rows), 0):016x}")`;
  expect(evaluatePython(program).split("\n")).toEqual([
    "0000000000000000",
    "38849e0dafd5791c",
    "227c16dc98dbef7c",
    "da04b6216fcff6ed",
    "0a86555dd8a5ad89",
  ]);
});

test("its WebSocket joins fragments, answers ping and close, and masks what it sends", () => {
  const program = `
import socket, websocket
here, there = socket.socketpair()
ws = websocket.WebSocket.__new__(websocket.WebSocket)
ws.socket, ws.data, ws.message, ws.max_bytes = here, b"", b"", 1 << 20
there.sendall(bytes.fromhex("0102") + b"he" + bytes.fromhex("8901") + b"?" + bytes.fromhex("8003") + b"llo"
              + bytes.fromhex("817e0080") + b"x" * 128 + bytes.fromhex("8802") + (4009).to_bytes(2, "big"))
ws.read()
try:
    for text in ws.texts():
        print(text.decode()[:5], len(text))
except websocket.Closed as closed:
    print(closed.code)
while frame := there.recv(2):
    mask, size = there.recv(4), frame[1] & 127
    print(frame.hex(), bytes(byte ^ mask[at & 3] for at, byte in enumerate(there.recv(size))))
    if frame[0] == 0x88:
        break`;
  expect(evaluatePython(program).split("\n")).toEqual([
    "hello 5",
    "xxxxx 128",
    "4009",
    "8a81 b'?'",
    String.raw`8882 b'\x0f\xa9'`,
  ]);
});

test("R1 O4 O5 C9 S10 D3 D4 an independent client resumes, repairs, regrants and compares as the rules say", async () => {
  const faults = new Faults();
  const { proxy, client } = await follow(["--speed", "20"], withHeartbeat(HEARTBEAT_MS, faults.rule));

  // Cuts: it goes on where it was, without a further snapshot.
  await client.flows(await client.flows());
  for (const times of [1, 2]) {
    proxy.cut();
    await client.flows(await client.until(`${times} times resumed`, () => client.said("resumed") === times));
  }
  const resumed = await client.state();
  expect(resumed.counters).toMatchObject({ snapshots: 1 });
  expect(count(resumed.counters.gaps)).toBe(0);

  // A batch that is lost is a gap, repaired by one snapshot; batches that come twice change nothing.
  faults.of("tx.main", "lose", 1);
  faults.of("pool.main", "double", 3);
  const repaired = await client.until(
    "a gap and three duplicates",
    ({ counters }) => count(counters.gaps) === 1 && count(counters.duplicates) === 3,
  );
  expect(repaired.counters).toMatchObject({ snapshots: 2 });
  await client.flows(repaired);

  // All batches that chain.main has credit for are lost: only HEARTBEAT_ACK can tell.
  const before = await client.state();
  faults.of("chain.main", "lose", 2);
  await client.until(
    "credit for lost frames, and chain.main goes on",
    ({ counters, channels }) =>
      faults.left === 0 &&
      count(counters.lost_frames) >= count(before.counters.lost_frames) + 2 &&
      count(counters.gaps) === 2 &&
      count(channels["chain.main"]?.seq) > count(before.channels["chain.main"]?.seq),
  );

  // A channel that is told to be out of reach: it fetches the window, and says so with RESYNC.
  const resyncs = proxy.count("up", "RESYNC");
  faults.of("pool.state", "send_away", 1);
  await client.flows(await client.until("RESYNC", () => proxy.count("up", "RESYNC") === resyncs + 1));

  // Silence without an end: its unanswered heartbeat tells.
  proxy.stall();
  await client.flows(await client.until("resumed from a dead peer", () => client.said("resumed") === 3));
  expect(proxy.count("up", "RESUME")).toBe(3);
  expect(proxy.asked(SNAPSHOT)).toBe(4);
  expectFaultless(await client.state());
  expect(client.said("bootstrapped")).toBe(1);

  // Digests that are not the window's: it fetches the window once, then shows that they differ, until they hold again.
  proxy.down = withHeartbeat(HEARTBEAT_MS, falsifying("tx.main"));
  const { counters } = await client.until(
    "diverged",
    ({ channels }) => channels["tx.main"]?.diverged === true,
  );
  expect(counters.mismatches).toBeGreaterThanOrEqual(2);
  expect(proxy.asked(SNAPSHOT)).toBe(5);
  proxy.down = withHeartbeat(HEARTBEAT_MS);
  await client.until("equal again", ({ channels }) => channels["tx.main"]?.diverged === false);
}, 60_000);

test("R1 R2 S8 an independent client goes on with a server that starts again in its epoch", async () => {
  const messages = recordedMessages().slice(0, 3_000);
  const first = await startTestServer();
  let server = first;
  closers.push(() => server.close());
  server.source.push(...messages.slice(0, 2_000));
  const { proxy, client } = await followAt(first.url);
  await client.until("a session", () => client.said("bootstrapped") === 1);
  const before = await client.until("what the server holds", holdsWhat(await snapshotOf(first.url)));

  server = await restart(first);
  await client.until("resumed", () => client.said("resumed") === 1);
  server.source.push(...messages.slice(2_000));
  const after = await client.until("what the server holds now", holdsWhat(await snapshotOf(server.url)));
  expect(digestsOf(after)).not.toBe(digestsOf(before));
  expect(after.epoch).toBe(before.epoch);
  expect(after.counters).toMatchObject({ snapshots: 1 });
  expect(proxy.asked(SNAPSHOT)).toBe(1);
  expect(proxy.count("up", "RESUME")).toBe(1);
  expect(count(after.counters.mismatches)).toBe(0);
  expect(client.said("bootstrapped")).toBe(1);
});

test("S9 S16 R1 an independent client follows bars as they come and go, over a lost connection too", async () => {
  const messages = recordedMessages().slice(0, 3_000);
  const server = await startTestServer();
  closers.push(() => server.close());
  server.source.push(...messages.slice(0, 1_000));
  const [symbol] = (await snapshotOf(server.url)).channels["market.main"]?.upsert ?? [];
  const bars = `market.bars:${symbol?.id}:1m`;
  const query = `?channels=${encodeURIComponent(bars)}`;
  const { proxy, client } = await followAt(server.url);
  await client.until("a session", () => client.said("bootstrapped") === 1);

  client.tell("follow", bars);
  await client.until(
    "its window",
    ({ channels }) => channels[bars] !== undefined && proxy.count("up", "SUBSCRIBE") === 1,
  );
  server.source.push(...messages.slice(1_000, 2_000));
  const held = (await snapshotOf(server.url, query)).channels[bars];
  expect(held?.count).toBeGreaterThan(0);
  await client.until("its bars", ({ channels }) => channels[bars]?.digest === held?.digest);

  proxy.cut();
  await client.until("resumed", () => client.said("resumed") === 1);
  server.source.push(...messages.slice(2_000));
  const { digest } = (await snapshotOf(server.url, query)).channels[bars] ?? {};
  const { counters } = await client.until(
    "its bars now",
    ({ channels }) => channels[bars]?.digest === digest,
  );
  expect(digest).not.toBe(held?.digest);
  // One for the bootstrap, one for the channel.
  expect(counters).toMatchObject({ snapshots: 2 });
  expect(count(counters.mismatches)).toBe(0);

  client.tell("leave", bars);
  await client.until(
    "it is left",
    ({ channels }) => channels[bars] === undefined && proxy.count("up", "UNSUBSCRIBE") === 1,
  );
}, 60_000);

test("P2 R3 S8 an independent client equals the server after a storm and in a new epoch", async () => {
  const { storm, rule } = stormy(xorshift(20));
  const { server: first, proxy, client } = await follow(["--speed", "20"], withHeartbeat(HEARTBEAT_MS, rule));
  await client.until(
    "every fault, thrice; gaps and duplicates",
    ({ counters }) =>
      Object.values(storm).every((times) => times >= 3) &&
      count(counters.gaps) > 0 &&
      count(counters.duplicates) > 0,
    20_000,
  );

  // Another server in its place, while the storm goes on.
  const before = await client.state();
  const second = await startServer(...replayedOnce(8));
  closers.push(() => second.kill());
  expect(client.said("bootstrapped")).toBe(1);
  proxy.redirect(second.url);
  await first.kill();
  const { epoch } = await snapshotOf(second.url);
  expect(epoch).not.toBe(before.epoch);
  await client.until(
    "a bootstrap in the new epoch",
    (state) => state.epoch === epoch && client.said("bootstrapped") === 2,
  );
  proxy.cut();
  await client.until("resumed in the new epoch", () => client.said("resumed") === 1);

  // Silence on a good link: both hold the same.
  const held = await untilSilent(second.url);
  proxy.down = withHeartbeat(HEARTBEAT_MS);
  expect(held.channels["pool.main"]?.count).toBeGreaterThan(0);
  const last = await client.until(`what the server holds: ${digestsOf(held)}`, holdsWhat(held));
  expect(last.epoch).toBe(held.epoch);
  expectFaultless(last);
  expect(client.said("bootstrapped")).toBe(2);

  // A server that is told to stop says so: no failure of the link.
  await second.stop();
  await client.until("sent away", () => client.events.some(({ next }) => next === "resume"));
}, 60_000);

/** A server, a bad link, and the client behind it. */
async function follow(options: readonly string[], rule: FrameRule<ServerMessage>) {
  const server = await startServer(...options);
  closers.push(() => server.kill());
  return { server, ...(await followAt(server.url, rule)) };
}

async function followAt(server: string, rule?: FrameRule<ServerMessage>) {
  const proxy = await ChaosProxy.start(server);
  closers.push(() => proxy.close());
  if (rule !== undefined) proxy.down = rule;
  const client = startClient(proxy.url);
  closers.push(() => client.stop());
  return { proxy, client };
}

function expectFaultless({ counters, channels }: ClientState): void {
  expect(count(counters.mismatches)).toBe(0);
  expect(count(counters.malformed)).toBe(0);
  expect(counters.compared).toBeGreaterThan(30);
  expect(Object.values(channels).filter(({ diverged }) => diverged)).toEqual([]);
}

type Fault = "lose" | "double" | "send_away";

/** Faults of the link, so many batches of a channel at a time. */
class Faults {
  readonly #due = new Map<string, { fault: Fault; times: number }>();

  of(channel: string, fault: Fault, times: number): void {
    this.#due.set(channel, { fault, times });
  }

  get left(): number {
    return [...this.#due.values()].reduce((sum, { times }) => sum + times, 0);
  }

  readonly rule = ({ channel }: { channel: string }, text: string): string[] => {
    const due = this.#due.get(channel);
    if (due === undefined || due.times === 0) return [text];
    due.times--;
    const required = { op: "DISPATCH", type: "RESYNC_REQUIRED", channel, reason: "out_of_reach" };
    return { lose: [], double: [text, text], send_away: [JSON.stringify(required), text] }[due.fault];
  };
}

function holdsWhat(held: Snapshot): (state: ClientState) => boolean {
  return (state) => digestsOf(state) === digestsOf(held);
}

function digestsOf({ channels }: { channels: Record<string, { count: number; digest: string }> }): string {
  return Object.entries(channels)
    .map(([name, { count: rows, digest }]) => `${name} ${rows} ${digest}`)
    .toSorted()
    .join(", ");
}

function count(value: number | undefined): number {
  return value ?? 0;
}

async function snapshotOf(server: string, query = ""): Promise<Snapshot> {
  const answer = await fetch(server + SNAPSHOT + query);
  if (!answer.ok) throw new Error(`snapshot: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Snapshot;
}

/** What the server holds once its log has stood still: its recording has ended. */
async function untilSilent(server: string): Promise<Snapshot> {
  const deadline = performance.now() + 30_000;
  let held = await snapshotOf(server);
  let since = performance.now();
  while (performance.now() - since < 1_500) {
    if (performance.now() > deadline) throw new Error("the recording does not end");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await snapshotOf(server);
    if (now.watermark.latest_ingest_seq !== held.watermark.latest_ingest_seq) since = performance.now();
    held = now;
  }
  return held;
}
