/** One relay: who is what, what is passed on, what is refused. */
import { afterEach, describe, expect, it } from "vitest";
import type { Position } from "./control.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { flipped, numbered, numberedRun } from "./testing/messages.ts";
import { cleanUp, isBalanced, until } from "./testing/rig.ts";
import { ask, hello, range, setUp } from "./testing/setting.ts";

const L = RELAY_LIMITS;

afterEach(cleanUp);

describe("who is what", () => {
  it("a connection that writes nothing is a consumer of what comes from then on, byte for byte", async () => {
    const { producer, consumer, took } = await setUp();
    const from = await producer();
    from.write(...numberedRun(1, 5));
    await took(6);
    const to = await consumer();
    const sent = numberedRun(6, 40, { bytes: 100 });
    from.write(...sent);
    await took(41);
    await until(() => to.numbers.length === 35);
    expect(to.messages).toEqual(sent);
    expect(from.bytes).toBe(0);
  });

  it("what comes before it is known to be one is not lost to it", async () => {
    const { producer, join, took, clock, relay } = await setUp();
    const from = await producer();
    const to = await join();
    from.write(...numberedRun(1, 3));
    await took(4);
    expect(relay.count("new")).toBe(1);
    clock.advance(L.first_word_ms);
    await until(() => to.numbers.length === 3);
    expect(to.positions).toEqual([]);
  });

  it("a consumer that writes an event is a producer from then on, and is sent nothing more", async () => {
    const { consumer, took, relay } = await setUp();
    const [one, two] = [await consumer(), await consumer()];
    one.write(numbered(1));
    await took(1);
    await until(() => two.numbers.length === 1);
    expect(relay.count("producer")).toBe(1);
    expect(one.bytes).toBe(0);
    expect(isBalanced(relay.counts())).toBe(true);
  });

  it("one that writes more than a request, and no message, is held to what producers may be", async () => {
    const { join, relay } = await setUp();
    const peer = await join();
    peer.write(new Uint8Array(L.max_request_bytes + 1).fill(7));
    await until(() => relay.count("producer") === 1);
    expect(relay.counts().faults).toEqual({ invalid_magic: 1 });
  });

  it("more producers than there may be are told so, and cut", async () => {
    const { producer, join, relay } = await setUp();
    for (let n = 0; n < L.max_producers_count; n++) await producer();
    const more = await join();
    more.write(hello());
    await until(() => more.isClosed);
    expect(more.notices).toEqual([`too_many_producers: ${L.max_producers_count} at the most`]);
    expect(relay.count("producer")).toBe(L.max_producers_count);
    expect(relay.counts().cuts).toEqual({ too_many_producers: 1 });
  });

  it("what a peer wrote behind the word that had it cut goes nowhere, and is counted", async () => {
    const { producer, join, relay } = await setUp();
    for (let n = 0; n < L.max_producers_count; n++) await producer();
    const more = await join();
    more.write(...numberedRun(1, 10));
    await until(() => more.isClosed);
    expect(relay.ring.newest).toBe(0);
    expect(relay.counts().in.dropped["cut"]).toBe(10);
    expect(isBalanced(relay.counts())).toBe(true);
  });
});

describe("catching up", () => {
  it("who has nothing gets all that is held", async () => {
    const { producer, join, took, relay } = await setUp();
    const from = await producer();
    from.write(...numberedRun(1, 3_000));
    await took(3_001);
    const to = await join();
    to.write(ask());
    await until(() => to.numbers.length === 3_000);
    expect(to.positions).toEqual([{ epoch: relay.epoch, seq: 0 }]);
    expect(to.numbers).toEqual(range(1, 3_000));
  });

  it("goes on behind the number that was asked for, and stays on the stream", async () => {
    const { producer, join, took, relay } = await setUp();
    const from = await producer();
    from.write(...numberedRun(1, 100));
    await took(101);
    const to = await join();
    to.write(ask({ epoch: relay.epoch, seq: 90 }));
    await until(() => to.numbers.length === 10);
    from.write(...numberedRun(101, 105));
    await took(106);
    await until(() => to.numbers.length === 15);
    expect(to.numbers).toEqual(range(91, 105));
  });

  it("says where it really begins to one that is beyond the ring, ahead of it, or of another epoch", async () => {
    const { producer, join, took, relay } = await setUp({ ringBytes: 4 * L.segment_bytes });
    const from = await producer();
    from.write(...numberedRun(1, 20_000));
    await took(20_001);
    const { dropped } = relay.ring;
    expect(dropped).toBeGreaterThan(10_000);
    const begins = async (position: Position): Promise<number | undefined> => {
      const peer = await join();
      peer.write(ask(position));
      await until(() => peer.positions.length === 1);
      return peer.positions[0]?.seq;
    };
    expect(await begins({ epoch: relay.epoch, seq: 5 })).toBe(dropped);
    expect(await begins({ epoch: relay.epoch, seq: 99_999 })).toBe(20_000);
    expect(await begins({ epoch: "another", seq: 19_999 })).toBe(dropped);
  });

  it("a consumer may ask at any time, and again", async () => {
    const { producer, consumer, took, relay } = await setUp();
    const from = await producer();
    const to = await consumer();
    from.write(...numberedRun(1, 10));
    await took(11);
    await until(() => to.numbers.length === 10);
    to.write(ask({ epoch: relay.epoch, seq: 8 }));
    await until(() => to.numbers.length === 12);
    expect(to.numbers.slice(-2)).toEqual([9, 10]);
    expect(isBalanced(relay.counts())).toBe(true);
  });

  it("many requests of one that does not read cost no more than the last of them", async () => {
    const { producer, join, took, relay } = await setUp({ ringBytes: 4 * L.segment_bytes });
    const from = await producer();
    from.write(...numberedRun(1, 20_000));
    await took(20_001);
    const to = await join();
    to.socket.pause();
    const requests = Array.from({ length: 20_000 }, (_, n) =>
      ask({ epoch: relay.epoch, seq: 19_000 - (n % 2) }),
    );
    to.write(...requests);
    await until(() => (relay.counts().in.dropped["position"] ?? 0) === requests.length);
    to.write(ask({ epoch: relay.epoch, seq: 19_990 }));
    await until(() => (relay.counts().in.dropped["position"] ?? 0) === requests.length + 1);
    to.socket.resume();
    await until(() => to.positions.at(-1)?.seq === 19_990 && to.numbers.at(-1) === 20_000);
    expect(to.positions.length).toBeLessThan(requests.length / 2);
    expect(isBalanced(relay.counts())).toBe(true);
  });
});

describe("streaming", () => {
  it("less than the threshold is flushed once an interval, the first of it at once", async () => {
    const { producer, consumer, relay, clock } = await setUp();
    const [from, to] = [await producer(), await consumer()];
    from.write(numbered(1));
    await until(() => to.numbers.length === 1);
    from.write(numbered(2));
    await until(() => relay.ring.newest === 2);
    clock.advance(L.flush_interval_ms - 0.5);
    await new Promise(setImmediate);
    expect(to.numbers).toEqual([1]);
    clock.advance(0.5);
    await until(() => to.numbers.length === 2);
  });

  it("the threshold is flushed at once", async () => {
    const { producer, consumer } = await setUp();
    const [from, to] = [await producer(), await consumer()];
    from.write(numbered(1, { bytes: L.flush_threshold_bytes }));
    await until(() => to.numbers.length === 1);
    expect(to.keepAlives).toEqual([]);
  });

  it("a quiet consumer gets keep-alives, each with the number up to which it was given all", async () => {
    const { producer, consumer, took, clock } = await setUp();
    const [from, to] = [await producer(), await consumer()];
    from.write(...numberedRun(1, 7));
    await took(8);
    await until(() => to.numbers.length === 7);
    for (let n = 1; n <= 3; n++) {
      clock.advance(L.keep_alive_ms + L.check_ms);
      await until(() => to.keepAlives.length === n);
    }
    expect(to.keepAlives).toEqual([7, 7, 7]);
    expect(from.bytes).toBe(0);
  });

  it("hands over each of many small writes, far below any buffer's size, as it comes", async () => {
    const { producer, consumer, took } = await setUp();
    const [from, to] = [await producer(), await consumer()];
    for (let n = 1; n <= 300; n++) {
      from.write(numbered(n));
      await took(n + 1);
      await until(() => to.numbers.length === n);
    }
    expect(to.numbers).toEqual(range(1, 300));
  });
});

describe("what is refused", () => {
  const market = numbered(1);
  const [signal, execution] = [numbered(2, { domain: "signal" }), numbered(3, { domain: "execution" })];

  it.each([
    ["market_data", [market, signal, execution], [1]],
    ["signal", [market, signal, execution], [2]],
    ["execution", [market, signal, execution], [3]],
  ] as const)("a relay of %s takes what belongs to it", async (domain, messages, expected) => {
    const { join, consumer, relay, took } = await setUp({ domain });
    const [from, to] = [await join(), await consumer()];
    from.write(...messages, ask());
    await took(4);
    await until(() => to.numbers.length === 1);
    expect(to.numbers).toEqual(expected);
    expect(relay.counts().in.dropped).toEqual({ domain_violation: 2, position: 1 });
    expect(isBalanced(relay.counts())).toBe(true);
  });

  it.each([
    ["market_data", undefined, 3, {}],
    ["market_data", "verify", 2, { checksum_mismatch: 1 }],
    ["signal", undefined, 2, { checksum_mismatch: 1 }],
    ["execution", undefined, 1, { checksum_mismatch: 1 }],
  ] as const)("checksums over %s (%s): %d pass", async (domain, checksums, passed, faults) => {
    const { join, relay, took } = await setUp(checksums === undefined ? { domain } : { domain, checksums });
    const from = await join();
    from.write(flipped(numbered(1, { domain })), numbered(2, { domain, checksum: "absent" }));
    from.write(numbered(3, { domain }));
    await took(passed);
    await until(() => relay.ring.newest === passed);
    expect(relay.counts().faults).toEqual(faults);
    expect(relay.counts().in.dropped).toEqual(domain === "execution" ? { checksum_absent: 1 } : {});
  });

  it("damage costs its producer one message, and no other producer any", async () => {
    const { producer, consumer, took, relay, clock } = await setUp();
    const [bad, good, to] = [await producer(), await producer(), await consumer()];
    bad.write(numbered(1), numbered(2).subarray(0, 20));
    good.write(...numberedRun(100, 150));
    await took(54);
    await until(() => to.numbers.length === 52);
    clock.advance(L.half_message_ms);
    bad.write(numbered(3), new Uint8Array(50).fill(9), numbered(4));
    await took(56);
    await until(() => to.numbers.length === 54);
    expect(to.numbers.filter((n) => n < 100)).toEqual([1, 3, 4]);
    expect(relay.counts().faults).toEqual({ truncated_message: 1, invalid_magic: 1 });
    expect(to.faults).toEqual([]);
  });
});
