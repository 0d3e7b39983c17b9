/** Who is cut by a relay, why, and that it costs nobody else anything. */
import { afterEach, expect, it } from "vitest";
import { RELAY_LIMITS } from "./limits.ts";
import { numberedRun } from "./testing/messages.ts";
import { cleanUp, isBalanced, TestPeer, until } from "./testing/rig.ts";
import { ask, hello, range, type Setting, setUp } from "./testing/setting.ts";

const L = RELAY_LIMITS;

afterEach(cleanUp);

it("a producer that writes nothing, no keep-alive either, is dead", async () => {
  const { producer, relay, clock, lines } = await setUp();
  const [dead, alive] = [await producer(), await producer()];
  for (let n = 1; n <= 3; n++) {
    clock.advance(L.producer_silence_ms / 2 - L.check_ms);
    alive.write(hello());
    await until(() => relay.counts().in.received === n + 2);
  }
  await until(() => dead.isClosed);
  expect(alive.isClosed).toBe(false);
  expect(relay.counts().cuts).toEqual({ producer_silent: 1 });
  expect(lines).toEqual([
    expect.stringMatching(/^relay market_data: #1 is cut, producer_silent: nothing in/),
  ]);
  expect(dead.notices).toHaveLength(1);
});

/** Fills the peer's socket, which is not read, until the relay's write to it waits. */
async function stall({ producer, took, relay }: Setting, to: TestPeer): Promise<number> {
  to.socket.pause();
  const from = await producer();
  let sent = 0;
  const stalled = () => Array.from(relay.peers).some(({ reader }) => (reader?.stalledMs ?? 0) > 0);
  while (!stalled()) {
    from.write(...numberedRun(sent + 1, sent + 1_000));
    sent += 1_000;
    await took(sent + 1);
  }
  return sent;
}

it("a consumer that takes nothing for too long, with a reason, and it can catch up", async () => {
  const setting = await setUp();
  const { consumer, join, relay, clock, lines } = setting;
  const slow = await consumer();
  const sent = await stall(setting, slow);
  clock.advance(L.consumer_stall_ms + L.check_ms);
  expect(relay.counts().cuts).toMatchObject({ consumer_stalled: 1 });
  expect(lines.join()).toMatch(
    /#1 is cut, consumer_stalled: has not taken what it was given in \d+ ms, \d+ messages behind/,
  );
  expect(relay.counts().out.dropped).toBeGreaterThan(0);
  expect(isBalanced(relay.counts())).toBe(true);
  slow.socket.resume();
  await until(() => slow.isClosed);
  expect(slow.notices).toEqual([expect.stringMatching(/^consumer_stalled: /)]);
  expect(slow.faults).toEqual([]);
  const again = await join();
  again.write(ask({ epoch: relay.epoch, seq: slow.numbers.length }));
  await until(() => slow.numbers.length + again.numbers.length === sent);
  expect([...slow.numbers, ...again.numbers]).toEqual(range(1, sent));
});

it("a consumer that the ring has overtaken, while the others go on", async () => {
  const setting = await setUp({ ringBytes: 4 * L.segment_bytes });
  const { consumer, relay, clock } = setting;
  const [slow, quick] = [await consumer(), await consumer()];
  let sent = await stall(setting, slow);
  const from = await setting.producer();
  while (!Array.from(relay.peers).some(({ reader }) => reader?.isOvertaken === true)) {
    from.write(...numberedRun(sent + 1, sent + 1_000));
    sent += 1_000;
    await setting.took(sent + 2);
    await until(() => quick.numbers.length === sent);
  }
  clock.advance(L.check_ms);
  expect(relay.counts().cuts).toMatchObject({ consumer_overtaken: 1 });
  expect(quick.numbers).toEqual(range(1, sent));
  expect(isBalanced(relay.counts())).toBe(true);
});

it("connections beyond the cap, told why", async () => {
  const { path, relay } = await setUp();
  const peers = Array.from({ length: L.max_connections_count }, () => new TestPeer(path));
  await until(() => relay.peers.size === peers.length);
  const more = new TestPeer(path);
  await until(() => more.isClosed);
  expect(more.notices).toEqual([`too_many_connections: ${L.max_connections_count} at the most`]);
  await until(() => relay.peers.size === peers.length);
});

it("all, when the relay stops: readers with what was held for them and a last word", async () => {
  const { producer, consumer, relay, clock } = await setUp();
  const [from, to] = [await producer(), await consumer()];
  from.write(...numberedRun(1, 5));
  await until(() => relay.ring.newest === 5);
  const closed = relay.close();
  await until(() => to.numbers.length === 5);
  clock.advance(L.flush_interval_ms);
  await closed;
  await until(() => to.isClosed && from.isClosed);
  expect(to.numbers).toEqual([1, 2, 3, 4, 5]);
  expect(to.notices).toEqual(["relay_stops: come again"]);
  expect(clock.pending).toBe(0);
});
