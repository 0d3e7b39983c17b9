import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BAR_INTERVALS, BAR_INTERVALS_MS } from "../../protocol/stream/channels.ts";
import { Model } from "../model.ts";
import { decimalText, type OraclePrint, oracleBars, ratioText } from "../testing/bar-oracle.ts";
import { feed, poolInfo, rowsOf, TOKEN0, TOKEN1, tick } from "../testing/messages.ts";
import { Replica } from "../testing/replica.ts";
import { rowsIn, type SwapFields, swapOf } from "../testing/trades.ts";

const T = 1_700_000_040_000;
const S = T / 1000;
const PAIR = `${TOKEN0}/${TOKEN1}@1`;
const CAPS = { "tx.main": 4, "pool.main": 300, "pool.state": 4, "market.main": 2 };
/** Of the default test pool: amounts of 18 decimals, a first price from 1 to 10. */
const DECIMALS = 18;
const PRICE_DECIMALS = 13;

const make = (caps: Record<string, number> = CAPS) => {
  const model = new Model({ log_id: "test", log_bytes: 4_096, caps, bars: { count: 2_000 } });
  feed(model, tick(T), poolInfo());
  return model;
};

type Swap = Required<Pick<SwapFields, "amount0" | "amount1" | "s" | "block" | "log_index">>;

/** Blocks of a few swaps, 2 s apart, so that some share a bar. */
const blocks: fc.Arbitrary<Swap[][]> = fc
  .array(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), { maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((list) =>
    list.map((swaps, block) =>
      swaps.map(([amount0, amount1], log_index) => ({
        amount0: BigInt(amount0),
        amount1: BigInt(amount1),
        s: S + 2 * (block >> 1),
        block,
        log_index,
      })),
    ),
  );

function printOf({ amount0, amount1, s }: Swap): OraclePrint {
  const price = ratioText(amount1, amount0, PRICE_DECIMALS);
  const [whole = "", fraction = ""] = price.split(".");
  const units = BigInt(whole + fraction.padEnd(PRICE_DECIMALS, "0"));
  const ns = BigInt(s) * 1_000_000_000n;
  return { ns, price: units, volume: amount0, notional: amount1, range: true, ends: true, counts: true };
}

/** What the rows say, by start. */
function shown(model: Model, interval: string) {
  return rowsIn(model, `market.bars:${PAIR}:${interval}`)
    .map(({ start_unix_ms, open, high, low, close, volume, vwap, trades }) => ({
      start: start_unix_ms as number,
      open,
      high,
      low,
      close,
      volume,
      vwap,
      trades,
    }))
    .toSorted((a, b) => a.start - b.start);
}

function expected(swaps: readonly Swap[], interval: (typeof BAR_INTERVALS)[number]) {
  return oracleBars(swaps.map(printOf), BAR_INTERVALS_MS[interval]).map((bar) => ({
    start: bar.start,
    open: decimalText(bar.open, PRICE_DECIMALS),
    high: decimalText(bar.high, PRICE_DECIMALS),
    low: decimalText(bar.low, PRICE_DECIMALS),
    close: decimalText(bar.close, PRICE_DECIMALS),
    volume: decimalText(bar.volume, DECIMALS),
    vwap: ratioText(bar.notional, bar.volume, PRICE_DECIMALS),
    trades: bar.trades,
  }));
}

describe("a block that is taken back", () => {
  test("leaves the bars of the swaps that stay, and clients that follow them agree", () => {
    let removed = 0;
    fc.assert(
      fc.property(blocks, fc.nat(8), blocks, (branch, kept, other) => {
        const model = make();
        // The first swap sets the decimals of the pair's prices, and stays.
        const first: Swap = { amount0: 4n, amount1: 8n, s: S, block: 500, log_index: 0 };
        const second = other.map((swaps) => swaps.map((one) => ({ ...one, block: one.block + 100 })));
        const undone = branch.slice(kept).flat().toReversed();
        const followers = BAR_INTERVALS.map((interval) => ({
          channel: model.channel(`market.bars:${PAIR}:${interval}`),
          replica: new Replica(),
        }));
        const step = (fields: SwapFields) => {
          feed(model, swapOf({ ...fields, at: T }));
          for (const { channel, replica } of followers) {
            const changes = channel?.changesSince(replica.seq);
            if (changes) replica.apply(changes);
            removed += changes?.remove.length ?? 0;
            expect(replica.contentDigest()).toBe(channel?.contentDigest());
          }
        };
        for (const swap of [first, ...branch.flat()]) step(swap);
        for (const swap of undone) step({ ...swap, reorged: true });
        for (const swap of second.flat()) step(swap);
        const stay = [first, ...branch.slice(0, kept).flat(), ...second.flat()].filter(({ s }) => s <= S + 5);
        for (const interval of BAR_INTERVALS) {
          expect(shown(model, interval)).toEqual(expected(stay, interval));
        }
        expect(model.counters.faults).toMatchObject({ bar_not_remade: 0, bar_overflow: 0 });
        const last = expected(stay, "500ms").at(-1);
        expect(rowsOf(model, "market.main")).toMatchObject([
          {
            start_unix_ms: last?.start,
            close: last?.close,
            session_open: "2",
            last_trade_unix_ms: last?.start,
          },
        ]);
      }),
      { numRuns: 100 },
    );
    expect(removed).toBeGreaterThan(0);
  });

  test("with a pair's only swap takes the pair away, and its first one opens the session anew", () => {
    const model = make();
    const channel = model.channel(`market.bars:${PAIR}:1m`);
    const [a, b] = [
      { amount0: 1n, amount1: 2n, s: S, block: 1 },
      { amount0: 1n, amount1: 3n, s: S, block: 2 },
    ];
    feed(model, swapOf(a), swapOf(b), swapOf({ ...a, reorged: true }));
    expect(rowsOf(model, "market.main")).toMatchObject([{ session_open: "3", change: "0", trades: 1 }]);
    const replica = new Replica();
    const follow = () => {
      const changes = channel?.changesSince(replica.seq);
      if (changes) replica.apply(changes);
      expect(replica.contentDigest()).toBe(channel?.contentDigest());
    };
    follow();
    feed(model, swapOf({ ...b, reorged: true }));
    expect(rowsOf(model, "market.main")).toEqual([]);
    expect(channel?.lastSeq).toBe(model.headSeq);
    follow();
    expect(replica.rows.size).toBe(0);
    feed(model, swapOf({ ...a, block: 3 }));
    follow();
    expect(replica.rows.size).toBe(1);
  });

  test("twice is once, and of a swap that never came nothing is made", () => {
    const model = make();
    const [a, b] = [
      { amount0: 1n, amount1: 2n, s: S, block: 1 },
      { amount0: 1n, amount1: 3n, s: S, block: 2 },
    ];
    const undone = swapOf({ ...b, reorged: true });
    feed(model, swapOf(a), swapOf(b), undone, undone, swapOf({ ...a, block: 9, reorged: true }));
    expect(rowsIn(model, `market.bars:${PAIR}:1m`)).toMatchObject([{ trades: 1, close: "2" }]);
    expect(model.counters.faults.bar_not_remade).toBe(0);
  });

  test("twice is no fault, whatever the ring of kept swaps has let go", () => {
    const model = make({ ...CAPS, "pool.main": 1 });
    const swaps = Array.from({ length: 13 }, (_, n) => ({
      amount0: 1n,
      amount1: 2n,
      s: S - 60 * n,
      block: n,
    }));
    feed(model, ...swaps.map(swapOf));
    const undone = swapOf({ ...(swaps.at(-1) as SwapFields), reorged: true });
    feed(model, undone, undone);
    expect(rowsIn(model, `market.bars:${PAIR}:1m`)).toHaveLength(12);
    expect(model.counters.faults.bar_not_remade).toBe(0);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("whose bar has swaps that are no longer kept leaves it, and is a fault", () => {
    const model = make({ ...CAPS, "pool.main": 1 });
    for (let log_index = 0; log_index < 13; log_index++) {
      feed(model, swapOf({ amount0: 1n, amount1: 2n + BigInt(log_index), s: S, log_index }));
    }
    feed(model, swapOf({ amount0: 1n, amount1: 14n, s: S, log_index: 12, reorged: true }));
    expect(rowsIn(model, `market.bars:${PAIR}:1m`)).toMatchObject([{ trades: 13, close: "14" }]);
    expect(model.counters.faults.bar_not_remade).toBe(4);
  });
});
