import fc from "fast-check";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { BAR_INTERVALS, BAR_INTERVALS_MS, CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { BarEntity, MarketEntity } from "../../protocol/stream/entities.ts";
import { type BatchLimits, type Channel, upsertsOf } from "../channel.ts";
import { utf8Text } from "../json/json-writer.ts";
import { Model, type ModelOptions } from "../model.ts";
import { decimalText, oracleBars, ratioText } from "../testing/bar-oracle.ts";
import { chainHead, feed, poolInfo, TOKEN0, TOKEN1, tick } from "../testing/messages.ts";
import { Replica } from "../testing/replica.ts";
import { rowsIn, swapOf, tradeOf } from "../testing/trades.ts";

const T = 1_700_000_040_000;
const Q8 = 100_000_000n;
const PAIR = `${TOKEN0}/${TOKEN1}@1`;
/** So small that everything evicts: two symbols, three bars a series. */
const SMALL = { ...Object.fromEntries(CHANNEL_NAMES.map((name) => [name, 4])), "market.main": 2 };
const make = (options: Partial<ModelOptions> = {}) => {
  const bars = { cap: 3, count: 20 };
  const model = new Model({ log_id: "test", log_bytes: 4_096, caps: SMALL, bars, ...options });
  feed(model, tick(T), poolInfo());
  return model;
};
const NAMES = [
  "market.main",
  ...["A", "B", "LONG.SYMBOL", PAIR].flatMap((symbol) =>
    BAR_INTERVALS.map((i) => `market.bars:${symbol}:${i}`),
  ),
];

const ms = fc.oneof(
  { weight: 4, arbitrary: fc.nat(4_000) },
  { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 9_000 }) },
);
const amount = fc.bigInt({ min: 0n, max: 9n });
const message: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        id: fc.nat(40).map(String),
        symbol: fc.constantFrom("A", "A", "B", "LONG.SYM"),
        after: ms,
        at: fc.nat(4_000),
        price: amount,
        volume: amount,
        conditions: fc.array(fc.constantFrom(14, 16, 32, 37), { maxLength: 2 }),
      })
      .map(({ symbol, after, at, ...trade }) =>
        tradeOf({
          ...trade,
          symbol,
          ms: T + after,
          at: T + at,
          ...(symbol === "LONG.SYM" ? { instrument: "LONG.SYMBOL" } : {}),
        }),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        amount0: amount,
        amount1: amount,
        isSold1: fc.boolean(),
        s: fc.integer({ min: T / 1000, max: T / 1000 + 4 }),
        block: fc.nat(3),
        log_index: fc.nat(3),
        reorged: fc.nat(4).map((n) => n === 0),
      })
      .map((fields) => swapOf({ ...fields, at: T })),
  },
  { weight: 2, arbitrary: fc.nat(9_000).map((after) => tick(T + after)) },
  { weight: 1, arbitrary: fc.nat(6).map((n) => chainHead(n, { block_timestamp: BigInt(T / 1000 + n) })) },
);
const log = fc.array(message, { maxLength: 80, size: "max" });
const limits: fc.Arbitrary<BatchLimits> = fc.record({
  max_entities: fc.integer({ min: 1, max: 3 }),
  max_bytes: fc.integer({ min: 1, max: 900 }),
});

const channelOf = (model: Model, name: string) => model.channel(name) as Channel;
const stateOf = (model: Model) => ({
  head: model.headSeq,
  counters: [model.counters.bars, model.counters.faults, model.counters.evictions],
  channels: NAMES.map((name) => {
    const channel = channelOf(model, name);
    return [name, channel.count, channel.floor, channel.lastSeq, channel.reach, channel.contentDigest()];
  }),
});

describe("the fold of trades and swaps", () => {
  test("is one state, however it is read and wherever its keys lie", () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(80)), (messages, reads) => {
        const unread = make();
        const read = make({ hash_seed: 12_345 });
        for (const [n, bytes] of messages.entries()) {
          feed(unread, bytes);
          feed(read, bytes);
          if (reads.includes(n)) for (const name of NAMES) channelOf(read, name).changesSince(0);
        }
        expect(stateOf(read)).toEqual(stateOf(unread));
      }),
      { numRuns: 40 },
    );
  });

  test("doubles nothing when every message is delivered twice", () => {
    fc.assert(
      fc.property(log, (messages) => {
        const once = make();
        const twice = make();
        for (const bytes of messages) {
          feed(once, bytes);
          feed(twice, bytes, bytes);
        }
        expect(stateOf(twice).channels).toEqual(stateOf(once).channels);
      }),
      { numRuns: 40 },
    );
  });

  test("O2 O9 leads clients that follow, in cut batches and after any pause, to the same windows", () => {
    fc.assert(
      fc.property(log, limits, fc.integer({ min: 1, max: 30 }), (messages, cut, pause) => {
        const model = make();
        const clients = NAMES.map((name) => ({ name, quick: new Replica(), slow: new Replica() }));
        const follow = (name: string, replica: Replica, by?: BatchLimits) => {
          for (let more = true; more; ) {
            const changes = channelOf(model, name).changesSince(replica.seq, by);
            if (changes === null) throw new Error("out of reach");
            replica.apply(changes);
            more = !changes.complete;
          }
          expect(replica.digest()).toBe(channelOf(model, name).digest());
          expect(replica.contentDigest()).toBe(channelOf(model, name).contentDigest());
        };
        for (const [n, bytes] of messages.entries()) {
          feed(model, bytes);
          for (const { name, quick, slow } of clients) {
            follow(name, quick, cut);
            if (n % pause === 0) follow(name, slow);
          }
        }
        for (const { name, slow } of clients) follow(name, slow, cut);
      }),
      { numRuns: 40 },
    );
  });

  test("rows are canonical JSON of their schema, and no longer than the budget counts them", () => {
    const checkers = {
      "market.main": Compile(MarketEntity as TSchema),
      "market.bars": Compile(BarEntity as TSchema),
    };
    let rows = 0;
    const check = (model: Model) => {
      for (const name of NAMES) {
        const kind = name === "market.main" ? name : "market.bars";
        const changes = channelOf(model, name).changesSince(0);
        const upserts = upsertsOf(changes) as Record<string, unknown>[];
        rows += upserts.length;
        const texts = upserts.map((row) => JSON.stringify(row));
        expect(texts.join(",")).toBe(utf8Text(changes?.upsert ?? new Uint8Array()));
        for (const row of upserts) {
          expect(Object.keys(row)).toEqual(Object.keys(row).toSorted());
          expect(checkers[kind].Errors(row)).toEqual([]);
        }
      }
    };
    fc.assert(
      fc.property(log, (messages) => {
        const model = make();
        feed(model, ...messages);
        check(model);
      }),
      { numRuns: 40 },
    );
    expect(rows).toBeGreaterThan(100);

    const model = make();
    const most = 2n ** 63n - 1n;
    feed(model, tick(18_000_000_000_000));
    for (let n = 0; n < 3; n++) {
      feed(model, tradeOf({ symbol: "A", price: most, volume: most, ms: 18_000_000_000_000 }));
    }
    check(model);
    const changes = channelOf(model, "market.bars:A:1m").changesSince(0);
    const counted = (model.bytesHeld()["market.bars"] as number) / BAR_INTERVALS.length;
    expect(changes?.upserts).toBe(1);
    expect(changes?.upsert.length).toBeLessThan(counted);
  });
});

test("bars are the same in whatever order trades come, those of one time as they come", () => {
  const trade = fc.record({
    after: fc.nat(2_000),
    price: fc.bigInt({ min: 1n, max: 50n }),
    volume: amount,
    conditions: fc.constantFrom<number[]>([], [], [37], [32], [37, 32]),
  });
  fc.assert(
    fc.property(
      fc.array(trade, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 3_000 }),
      (trades, lateness_ms) => {
        const model = new Model({
          log_id: "test",
          log_bytes: 4_096,
          caps: SMALL,
          bars: { count: 400, lateness_ms },
        });
        feed(model, tick(T));
        for (const { after, price, volume, conditions } of trades) {
          feed(
            model,
            tradeOf({
              symbol: "A",
              ms: T + after,
              price: price * Q8,
              volume: volume * Q8,
              conditions,
              at: T,
            }),
          );
          feed(model, tick(T + (after >> 2)));
        }
        const prints = trades.map(({ after, price, volume, conditions }) => ({
          ns: BigInt(T + after) * 1_000_000n,
          price: price * Q8,
          volume: volume * Q8,
          notional: price * Q8 * volume * Q8,
          range: !conditions.includes(37),
          ends: conditions.length === 0,
          counts: true,
        }));
        for (const interval of BAR_INTERVALS) {
          const rows = rowsIn(model, `market.bars:A:${interval}`).toSorted(
            (a, b) => Number(a.id) - Number(b.id),
          );
          const bars = oracleBars(prints, BAR_INTERVALS_MS[interval]);
          expect(rows).toMatchObject(
            bars.map((bar) => ({
              id: String(bar.start),
              open: decimalText(bar.open, 8),
              high: decimalText(bar.high, 8),
              low: decimalText(bar.low, 8),
              close: decimalText(bar.close, 8),
              volume: decimalText(bar.volume, 8),
              vwap: bar.volume === 0n ? null : ratioText(bar.notional, bar.volume * Q8, 8),
              trades: bar.trades,
            })),
          );
          expect(rows).toHaveLength(bars.length);
        }
      },
    ),
    { numRuns: 60 },
  );
});
