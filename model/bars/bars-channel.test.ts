import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BAR_INTERVALS } from "../../protocol/stream/channels.ts";
import type { BatchLimits } from "../channel.ts";
import { Clock } from "../clock.ts";
import { Tally } from "../counters.ts";
import { Journal } from "../reorg/journal.ts";
import { expectEqual, follow } from "../testing/follow.ts";
import { Replica } from "../testing/replica.ts";
import { KeyHash } from "../window/key.ts";
import { SeqCounter } from "../window/seq-ring.ts";
import { BAR, INTERVAL_COUNT } from "./bar-record.ts";
import { BarStore } from "./bar-store.ts";
import { BarsChannel } from "./bars-channel.ts";
import { NAME_WORDS } from "./market-record.ts";
import { Symbols } from "./symbols.ts";

const NAMES = ["A", "B", "C"];
const FACTS = {
  kind: "trades",
  chain_id: null,
  title: "",
  decimals: { price: 2, volume: 0, notional: 2 },
} as const;

/** A store with room for two symbols, as markets use it, and a channel of each name and interval. */
function makeStore({ seriesCap, capacity }: { seriesCap: number; capacity: number }) {
  const counter = new SeqCounter();
  const hash = new KeyHash(1, NAME_WORDS);
  const tally = new Tally();
  const journal = new Journal(hash, tally);
  const context = { counter, clock: new Clock(), tally, hash, journal, chains: [] };
  let hasEvicted = false;
  const symbols: Symbols = new Symbols(2, context, (symbol) => {
    hasEvicted = true;
    store.drop(symbol);
  });
  const decimalsOf = () => FACTS.decimals;
  const store: BarStore = new BarStore({ capacity, seriesCap, symbols: 2, decimalsOf }, counter);
  const open = (name: string) => {
    const known = symbols.find(name);
    if (known >= 0) return known;
    const symbol = symbols.add(name, FACTS);
    if (hasEvicted) store.dropped(symbols.window.seqOf(symbol));
    hasEvicted = false;
    store.begin(symbol);
    return symbol;
  };
  const channels = NAMES.flatMap((name) =>
    BAR_INTERVALS.map((interval) => new BarsChannel(name, interval, symbols, store)),
  );
  return { counter, symbols, store, open, channels };
}
type Made = ReturnType<typeof makeStore>;

type Operation =
  | { kind: "put" | "remove"; name: string; interval: number; start: number; value: number }
  | { kind: "drop"; name: string }
  | { kind: "shed"; rows: number }
  /** Another channel's change: the head moves on, these do not. */
  | { kind: "elsewhere" };

function apply({ counter, symbols, store, open }: Made, operation: Operation): void {
  if (operation.kind === "elsewhere") counter.next();
  else if (operation.kind === "shed") store.shed(operation.rows);
  else if (operation.kind === "drop") {
    const symbol = symbols.find(operation.name);
    if (symbol < 0) return;
    store.drop(symbol);
    symbols.remove(symbol);
    store.dropped(store.head);
  } else if (operation.kind === "remove") {
    const symbol = symbols.find(operation.name);
    const bar = symbol < 0 ? -1 : store.find(symbol * INTERVAL_COUNT + operation.interval, operation.start);
    if (bar >= 0) store.remove(bar);
  } else {
    const series = open(operation.name) * INTERVAL_COUNT + operation.interval;
    let bar = store.find(series, operation.start);
    if (bar >= 0) store.change(bar);
    else bar = store.open(series, operation.start);
    store.records.data.setUint32(store.records.at(bar) + BAR.trades, operation.value, true);
  }
}

const onBar = (kind: "put" | "remove") =>
  fc.record({
    kind: fc.constant(kind),
    name: fc.constantFrom(...NAMES),
    // Mostly one interval, so that bars of a series meet.
    interval: fc.constantFrom(0, 0, 0, 1, 3),
    start: fc.nat(5),
    value: fc.nat(9),
  });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: onBar("put") },
  { weight: 3, arbitrary: onBar("remove") },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("drop" as const), name: fc.constantFrom(...NAMES) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("shed" as const), rows: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "elsewhere" as const }) },
);
const operations = fc.array(operation, { maxLength: 60, size: "max" });
const shape = fc.record({
  seriesCap: fc.integer({ min: 1, max: 4 }),
  capacity: fc.integer({ min: 2, max: 12 }),
});
const limits: fc.Arbitrary<BatchLimits> = fc.record({
  max_entities: fc.integer({ min: 1, max: 4 }),
  max_bytes: fc.integer({ min: 1, max: 600 }),
});

describe("a channel of bars", () => {
  test("O9 a copy at any seq and what changed since make the channel: dropped symbols, and those that came again", () => {
    let gone = 0;
    fc.assert(
      fc.property(shape, operations, fc.option(limits, { nil: undefined }), (sizes, steps, cut) => {
        const made = makeStore(sizes);
        const copies = made.channels.map((channel) => ({ channel, replicas: [new Replica()] }));
        for (const step of steps) {
          apply(made, step);
          for (const { channel, replicas } of copies) {
            const fresh = new Replica();
            expect(follow(fresh, channel)).toBe(true);
            expectEqual(fresh, channel);
            replicas.push(fresh);
          }
        }
        for (const { channel, replicas } of copies) {
          for (const replica of replicas) {
            const before = replica.rows.size;
            expect(follow(replica, channel, cut)).toBe(true);
            expectEqual(replica, channel);
            if (before > 0 && channel.count === 0) gone++;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(gone).toBeGreaterThan(0);
  });

  test("O9 there is news, a moved floor too, only where lastSeq is above the cursor", () => {
    let news = 0;
    fc.assert(
      fc.property(shape, operations, (sizes, steps) => {
        const made = makeStore(sizes);
        const followers = made.channels.map((channel) => ({ channel, replica: new Replica() }));
        for (const step of steps) {
          const cursor = made.counter.head;
          apply(made, step);
          for (const { channel, replica } of followers) {
            const before = replica.digest();
            expect(follow(replica, channel)).toBe(true);
            expectEqual(replica, channel);
            if (replica.digest() === before) continue;
            news++;
            expect(channel.lastSeq).toBeGreaterThan(cursor);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(news).toBeGreaterThan(0);
  });

  test("a removal that is no longer known puts cursors before it out of reach", () => {
    const made = makeStore({ seriesCap: 2, capacity: 4 });
    const put = { name: "A", interval: 0, value: 1 };
    apply(made, { kind: "put", start: 1, ...put });
    apply(made, { kind: "put", start: 2, ...put });
    const [channel] = made.channels;
    const copy = new Replica();
    follow(copy, channel as BarsChannel);
    apply(made, { kind: "remove", start: 1, ...put });
    expect(channel?.changesSince(copy.seq)?.remove).toEqual(["1"]);
    for (let n = 0; n < 4_096; n++) {
      apply(made, { kind: "put", start: 0, ...put, name: "B" });
      apply(made, { kind: "remove", start: 0, ...put, name: "B" });
    }
    expect(channel?.changesSince(copy.seq)).toBeNull();
    expect(channel?.reach).toBeGreaterThan(copy.seq);
    expect(channel?.changesSince(0)?.upserts).toBe(1);
  });

  test("L2 changes and evicted count what the range coalesced and lost", () => {
    fc.assert(
      fc.property(fc.array(onBar("put"), { maxLength: 40, size: "max" }), fc.nat(80), (steps, since) => {
        const made = makeStore({ seriesCap: 2, capacity: 100 });
        const changed: number[] = [];
        const [channel] = made.channels;
        for (const step of steps) {
          apply(made, { ...step, name: "A" });
          if (step.interval === 0) changed.push(made.counter.head);
        }
        const from = Math.min(since, made.counter.head);
        const changes = channel?.changesSince(from);
        const later = changed.filter((seq) => seq > from);
        expect(changes?.changes).toBe(later.length);
        const starts = new Map<number, number>();
        let head = 0;
        const lost: number[] = [];
        const again = makeStore({ seriesCap: 2, capacity: 100 });
        for (const step of steps) {
          apply(again, { ...step, name: "A" });
          if (step.interval !== 0) continue;
          head = again.counter.head;
          starts.delete(step.start);
          starts.set(step.start, head);
          if (starts.size > 2) {
            const [oldest, seq] = [...starts][0] as [number, number];
            starts.delete(oldest);
            lost.push(seq);
          }
        }
        expect(changes?.evicted).toBe(lost.filter((seq) => seq > from).length);
      }),
    );
  });

  test("D2 reading changes nothing", () => {
    fc.assert(
      fc.property(
        shape,
        fc.array(fc.tuple(operation, fc.boolean()), { maxLength: 60, size: "max" }),
        (sizes, steps) => {
          const read = makeStore(sizes);
          const unread = makeStore(sizes);
          for (const [step, isRead] of steps) {
            apply(read, step);
            apply(unread, step);
            if (!isRead) continue;
            for (const channel of read.channels) {
              channel.digest();
              channel.changesSince(0);
            }
          }
          expect(read.counter.head).toBe(unread.counter.head);
          const stateOf = ({ channels }: Made) =>
            channels.map((channel) => [
              channel.name,
              channel.digest(),
              channel.contentDigest(),
              channel.floor,
            ]);
          expect(stateOf(read)).toEqual(stateOf(unread));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a full pool evicts the bar of the lowest seq of all, and its series hears of it", () => {
    const made = makeStore({ seriesCap: 9, capacity: 2 });
    const put = (name: string, start: number): Operation => ({
      kind: "put",
      name,
      interval: 0,
      start,
      value: 1,
    });
    for (const step of [put("A", 1), put("B", 1)]) apply(made, step);
    const a = made.channels[0] as BarsChannel;
    const cursor = made.counter.head;
    apply(made, put("B", 2));
    expect([a.count, a.lastSeq, made.store.evictions]).toEqual([0, made.counter.head, 1]);
    expect(a.changesSince(cursor)).toMatchObject({ upserts: 0, evict_before: a.floor, evicted: 0 });
    expect(made.store.isGone(0, 1)).toBe(true);
  });
});
