/** A relay as a source: what it hands over, and what it knows to have missed. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { tick } from "../../../model/testing/messages.ts";
import { MessageView } from "../../../protocol/tlv/view.ts";
import { positionMessage, readPosition } from "../../relay/control.ts";
import { RELAY_LIMITS } from "../../relay/limits.ts";
import { numbered, numberedRun, numberOf } from "../../relay/testing/messages.ts";
import {
  atEnd,
  cleanUp,
  startRelay,
  TestPeer,
  temporaryPath,
  until,
  untilAsked,
} from "../../relay/testing/rig.ts";
import { VirtualClock } from "../../testing/clock.ts";
import { RelaySource } from "./source.ts";

afterEach(cleanUp);

function open(path: string) {
  const lines: string[] = [];
  const numbers: number[] = [];
  const source = new RelaySource({ address: { kind: "unix", path }, log: (line) => lines.push(line) });
  atEnd(() => source.stop());
  const ended = source.start((message) => numbers.push(numberOf(message)));
  return { source, lines, numbers, ended };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

it("hands over what the relay holds and what comes, and resolves when it is stopped", async () => {
  const { relay, path } = await startRelay();
  const from = new TestPeer(path);
  from.write(...numberedRun(1, 50));
  await until(() => relay.ring.newest === 50);
  const { source, numbers, ended } = open(path);
  await until(() => numbers.length === 50);
  from.write(...numberedRun(51, 60));
  await until(() => numbers.length === 60);
  expect(numbers).toEqual(range(1, 60));
  expect(source.faultCounts()).toEqual({ relay_gap: 0, foreign_tick: 0 });
  await source.stop();
  await ended;
});

it("waits for a relay that is not there yet, and says so once", async () => {
  const path = temporaryPath("relay.sock");
  const { numbers, lines } = open(path);
  await until(() => lines.length === 1);
  await untilAsked(await startRelay({ path }));
  new TestPeer(path).write(numbered(1));
  await until(() => numbers.length === 1);
  await until(() => lines.length === 2);
  expect(lines).toEqual([
    expect.stringMatching(/ENOENT.*trying again$/),
    expect.stringMatching(/connected again$/),
  ]);
});

it("a cut of the connection loses nothing", async () => {
  const rig = await startRelay();
  const { relay, path } = rig;
  const from = new TestPeer(path);
  const { source, numbers } = open(path);
  let sent = 0;
  for (let cut = 1; cut <= 4; cut++) {
    await untilAsked(rig, cut);
    from.write(...numberedRun(sent + 1, sent + 200));
    sent += 200;
    await until(() => numbers.includes(sent - 100));
    for (const peer of relay.peers) if (peer.role === "consumer") peer.end("relay_stops", "a test");
    from.write(...numberedRun(sent + 1, sent + 50));
    sent += 50;
  }
  await until(() => numbers.includes(sent));
  expect(Array.from(new Set(numbers))).toEqual(range(1, sent));
  expect(source.faultCounts()["relay_gap"]).toBe(0);
});

it("a relay that was started anew is read from its beginning", async () => {
  const first = await startRelay();
  const { numbers } = open(first.path);
  await untilAsked(first);
  new TestPeer(first.path).write(...numberedRun(1, 10));
  await until(() => numbers.length === 10);
  await first.kill();
  const second = await startRelay({ path: first.path });
  await untilAsked(second);
  new TestPeer(first.path).write(...numberedRun(11, 20));
  await until(() => numbers.length === 20);
  expect(numbers).toEqual(range(1, 20));
  expect(second.relay.count("consumer")).toBe(1);
});

/** Any program that listens and writes; it reads nothing. */
async function startWriter(path: string): Promise<{ sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
  }).listen({ path });
  await until(() => server.listening);
  atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { sockets };
}

/** A source in virtual time that is connected to a writer. */
async function readWriter() {
  const path = temporaryPath("writer.sock");
  const { sockets } = await startWriter(path);
  const clock = new VirtualClock();
  const lines: string[] = [];
  const numbers: number[] = [];
  const source = new RelaySource({ address: { kind: "unix", path }, clock, log: (line) => lines.push(line) });
  atEnd(() => source.stop());
  void source.start((message) => numbers.push(numberOf(message)));
  await until(() => sockets.length === 1);
  return { source, sockets, clock, lines, numbers };
}

it("reads a plain writer, and is never held up by a half message, garbage or a header that lies", async () => {
  const path = temporaryPath("writer.sock");
  const { sockets } = await startWriter(path);
  const { source, numbers } = open(path);
  await until(() => sockets.length === 1);
  const [socket] = sockets as [Socket];
  const liar = numbered(99).slice();
  new DataView(liar.buffer).setUint32(24, 900_000, true);
  for (const part of [
    numbered(1),
    numbered(99).subarray(0, 40),
    numbered(2),
    new Uint8Array(30),
    numbered(3),
    liar,
  ]) {
    socket.write(part);
  }
  await until(() => numbers.length === 3);
  socket.write(numbered(4));
  await until(() => numbers.length === 4);
  expect(numbers).toEqual([1, 2, 3, 4]);
  const { relay_gap, foreign_tick, ...damage } = source.faultCounts();
  expect(Object.values(damage).reduce((sum, count) => sum + count, 0)).toBe(3);
  expect([relay_gap, foreign_tick]).toEqual([0, 0]);
});

it("counts what is beyond the relay's ring, and says it", async () => {
  const { relay, path } = await startRelay({ ringBytes: 4 * RELAY_LIMITS.segment_bytes });
  const { source, numbers, lines } = open(path);
  const from = new TestPeer(path);
  from.write(...numberedRun(1, 10));
  await until(() => numbers.includes(10));
  for (const peer of relay.peers) if (peer.role === "consumer") peer.end("relay_stops", "a test");
  from.write(...numberedRun(11, 20_000));
  await until(() => numbers.at(-1) === 20_000);
  const gap = source.faultCounts()["relay_gap"] as number;
  expect(gap).toBeGreaterThan(1_000);
  expect(new Set(numbers).size + gap).toBeGreaterThanOrEqual(20_000);
  expect(lines.join("\n")).toContain(`${gap} messages are no longer held by the relay`);
});

it("keeps Ticks of others from this log's clock", async () => {
  const rig = await startRelay();
  const { path } = rig;
  const { source, numbers } = open(path);
  await untilAsked(rig);
  new TestPeer(path).write(tick(1_700_000_000_000), numbered(7));
  await until(() => numbers.length === 1);
  expect(numbers).toEqual([7]);
  expect(source.faultCounts()["foreign_tick"]).toBe(1);
});

it("a relay that has answered and then falls silent is left for a new connection", async () => {
  const { sockets, clock, lines, numbers } = await readWriter();
  sockets[0]?.write(Buffer.concat([positionMessage({ epoch: "e", seq: 6 }, 6, 80, 0), numbered(7)]));
  await until(() => numbers.length === 1);
  clock.advance(RELAY_LIMITS.relay_silence_ms + RELAY_LIMITS.check_ms);
  await until(() => lines.length === 1);
  expect(lines[0]).toContain(`silent for ${RELAY_LIMITS.relay_silence_ms} ms; trying again`);
  await until(() => clock.pending > 0);
  clock.advance(RELAY_LIMITS.backoff_most_ms);
  await until(() => sockets.length === 2);
  const [request] = (await once(sockets[1] as Socket, "data")) as [Buffer];
  expect(readPosition(new MessageView().attach(request).seek(0, request.length))).toEqual({
    epoch: "e",
    seq: 7,
  });
  // The new connection is taken and not answered.
  clock.advance(RELAY_LIMITS.relay_silence_ms + RELAY_LIMITS.check_ms);
  await until(() => lines.length === 3);
  expect(lines[2]).toBe(lines[0]);
});

it("a message of a relay that comes in part is asked for again, and not lost", async () => {
  const { source, sockets, clock, lines, numbers } = await readWriter();
  const answer = (seq: number): Uint8Array => positionMessage({ epoch: "e", seq }, 8, 80, 0);
  sockets[0]?.write(Buffer.concat([answer(6), numbered(7), numbered(8).subarray(0, 40)]));
  await until(() => numbers.length === 1);
  clock.advance(RELAY_LIMITS.relay_half_message_ms);
  await until(() => lines.length === 1);
  expect(lines[0]).toContain("a message stays incomplete; trying again");
  await until(() => clock.pending > 0);
  clock.advance(RELAY_LIMITS.backoff_most_ms);
  await until(() => sockets.length === 2);
  sockets[1]?.write(Buffer.concat([answer(7), numbered(8)]));
  await until(() => numbers.length === 2);
  expect(numbers).toEqual([7, 8]);
  expect(source.faultCounts()).toEqual({ relay_gap: 0, foreign_tick: 0 });
});
