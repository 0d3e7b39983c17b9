import { beforeEach, describe, expect, test } from "vitest";
import { Model } from "../model.ts";
import { feed, rowsOf, START_MS, smallModel, tick } from "../testing/messages.ts";
import { rowsIn, tradeOf } from "../testing/trades.ts";

/** A minute begins here. */
const T = 1_700_000_040_000;
const ONE = 100_000_000n;

let model: Model;
beforeEach(() => {
  model = smallModel();
  feed(model, tick(T));
});
const bars = (interval: string, symbol = "TSLA") => rowsIn(model, `market.bars:${symbol}:${interval}`);
const market = () => rowsOf(model, "market.main");

describe("bars of trades", () => {
  test("hold open, high, low, close, volume, vwap and count of each interval", () => {
    const prices = [5n, 9n, 2n, 7n];
    feed(
      model,
      ...prices.map((price, n) =>
        tradeOf({ price: price * ONE, volume: BigInt(n + 1) * ONE, ms: T + n * 100 }),
      ),
    );
    const bar = { open: "5", high: "9", low: "2", close: "7", volume: "10", vwap: "5.7", trades: 4 };
    for (const [interval, length] of [
      ["500ms", 500],
      ["1s", 1_000],
      ["5s", 5_000],
      ["1m", 60_000],
    ] as const) {
      expect(bars(interval)).toMatchObject([
        { id: String(T), start_unix_ms: T, end_unix_ms: T + length, ...bar, final: false, late_trades: 0 },
      ]);
    }
  });

  test("no trade, no bar", () => {
    feed(model, tradeOf({ ms: T }), tradeOf({ ms: T + 1_700 }));
    expect(bars("500ms").map((row) => row.start_unix_ms)).toEqual([T, T + 1_500]);
    expect(bars("1s").map((row) => row.start_unix_ms)).toEqual([T, T + 1_000]);
    expect(bars("5s")).toHaveLength(1);
  });

  test("open and close go by event time, of equal times open by the first and close by the last to come", () => {
    const at = (ms: number, ns: number, price: bigint) =>
      tradeOf({ ms: T + ms, ns, price: price * ONE, at: T + 400 });
    feed(
      model,
      at(100, 5, 1n),
      at(100, 6, 2n),
      at(100, 4, 3n),
      at(100, 4, 4n),
      at(100, 6, 5n),
      at(100, 5, 6n),
    );
    expect(bars("500ms")).toMatchObject([{ open: "3", close: "5", high: "6", low: "1" }]);
  });

  test("are exact to the last unit of what a trade can say", () => {
    const most = 2n ** 63n - 1n;
    feed(model, tradeOf({ price: most, volume: most }), tradeOf({ price: most - 1n, volume: 1n }));
    expect(bars("1m")).toMatchObject([
      { high: "92233720368.54775807", low: "92233720368.54775806", volume: "92233720368.54775808" },
    ]);
    expect(bars("1m")[0]?.vwap).toBe("92233720368.54775807");
  });

  test("a sum that no bar can hold is a fault, and the bar as it was", () => {
    const most = { price: 2n ** 63n - 1n, volume: 2n ** 63n - 1n };
    // Four products of 2^126 fit.
    feed(model, tradeOf(most), tradeOf(most), tradeOf(most), tradeOf(most), tradeOf(most));
    expect(bars("1m")).toMatchObject([{ trades: 4, volume: "368934881474.19103228" }]);
    expect(model.counters.faults.bar_overflow).toBe(4);
  });

  test("a volume of 0 has no vwap, and a price or volume that is none is refused", () => {
    feed(
      model,
      tradeOf({ volume: 0n }),
      tradeOf({ price: 0n }),
      tradeOf({ price: -1n }),
      tradeOf({ volume: -1n }),
    );
    expect(bars("1s")).toMatchObject([{ vwap: null, volume: "0", trades: 1 }]);
    expect(model.counters.faults.trade_refused).toBe(3);
  });

  test("a duplicate doubles nothing", () => {
    feed(model, tradeOf({ id: "1" }), tradeOf({ id: "1" }), tradeOf({ id: null }), tradeOf({ id: null }));
    expect(bars("1s")).toMatchObject([{ trades: 3 }]);
  });

  test("trades of two symbols may have one id", () => {
    feed(model, tradeOf({ id: "1" }), tradeOf({ id: "1", symbol: "OTHER" }));
    expect(bars("1s")).toMatchObject([{ trades: 1 }]);
    expect(model.counters.duplicates.trade).toBe(0);
  });

  test("at most five changes a trade", () => {
    const { headSeq } = model;
    feed(model, tradeOf());
    expect(model.headSeq).toBe(headSeq + 5);
    feed(model, tradeOf());
    expect(model.headSeq).toBe(headSeq + 10);
  });
});

describe("event time", () => {
  test("a bar is final once it has passed the end by the lateness: it goes on with the clock", () => {
    feed(model, tradeOf({ ms: T + 100, at: T + 150 }));
    feed(model, tick(T + 1_549));
    expect(bars("500ms")).toMatchObject([{ final: false }]);
    const { headSeq } = model;
    feed(model, tick(T + 1_550));
    expect(bars("500ms")).toMatchObject([{ final: true, seq: headSeq + 1, trades: 1 }]);
    expect(market()).toMatchObject([{ final: true, seq: headSeq + 2 }]);
    expect(bars("1s")).toMatchObject([{ final: false }]);
    feed(model, tick(T + 62_000));
    expect(["1s", "5s", "1m"].flatMap((interval) => bars(interval).map((row) => row.final))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("a newer trade moves it on, and the next Tick tells what became final", () => {
    feed(model, tradeOf({ ms: T }), tick(T + 1_000), tradeOf({ ms: T + 2_000, at: T + 1_010 }));
    expect(bars("500ms")).toMatchObject([{ final: false }, { final: false }]);
    feed(model, tick(T + 1_020));
    expect(bars("500ms").map((row) => [row.start_unix_ms, row.final])).toEqual([
      [T + 2_000, false],
      [T, true],
    ]);
  });

  test("a late trade amends its bar, and is counted", () => {
    feed(model, tradeOf({ ms: T, price: ONE }), tradeOf({ ms: T + 3_000, price: 2n * ONE }));
    feed(model, tradeOf({ ms: T + 200, price: 9n * ONE, at: T + 3_000 }));
    expect(bars("500ms")).toMatchObject([
      { start_unix_ms: T + 3_000, final: false, trades: 1 },
      { start_unix_ms: T, final: true, trades: 2, late_trades: 1, high: "9", close: "9" },
    ]);
    // The second that it is in has passed too; the five seconds have not.
    expect(bars("5s")).toMatchObject([{ trades: 3, late_trades: 0, final: false, close: "2" }]);
    expect(model.counters.bars).toEqual({ late: 2, evicted_bucket: 0, excluded: 0 });
  });

  test("a late trade where there was no bar opens one that is final", () => {
    feed(model, tradeOf({ ms: T + 3_000 }), tradeOf({ ms: T, at: T + 3_000 }));
    expect(bars("500ms")).toMatchObject([{}, { start_unix_ms: T, final: true, late_trades: 1 }]);
    feed(model, tick(T + 3_500));
    expect(bars("500ms")).toHaveLength(2);
  });

  test("a trade of an evicted bar is only counted", () => {
    const small = new Model({ log_id: "test", bars: { cap: 2 } });
    feed(small, tick(T));
    for (const ms of [0, 500, 1_000]) feed(small, tradeOf({ ms: T + ms }));
    feed(small, tradeOf({ ms: T, at: T + 1_000 }));
    expect(rowsIn(small, "market.bars:TSLA:500ms").map((row) => row.start_unix_ms)).toEqual([
      T + 500,
      T + 1_000,
    ]);
    expect(rowsIn(small, "market.bars:TSLA:1s")).toMatchObject([{ start_unix_ms: T + 1_000 }, { trades: 3 }]);
    expect(small.counters.bars.evicted_bucket).toBe(1);
  });

  test("a time too far ahead of the clock is no time, so it makes nothing final", () => {
    feed(model, tradeOf({ ms: T }), tradeOf({ ms: T + 5_001, at: T }), tradeOf({ ms: T + 10 ** 12, at: T }));
    expect(bars("500ms")).toMatchObject([{ start_unix_ms: T, final: false }]);
    expect(model.counters.faults.trade_time).toBe(2);
    feed(model, tick(T + 1));
    expect(bars("500ms")).toMatchObject([{ final: false }]);
  });

  test("a time long past disturbs no later bar", () => {
    feed(model, tradeOf({ ms: T, price: 5n * ONE }), tradeOf({ ms: 1, price: ONE, at: T }));
    expect(market()).toMatchObject([{ close: "5", session_open: "5", start_unix_ms: T }]);
    expect(bars("1m")).toMatchObject([
      { start_unix_ms: T, late_trades: 0 },
      { start_unix_ms: 0, late_trades: 1 },
    ]);
  });

  test("is a symbol's own", () => {
    feed(model, tradeOf({ symbol: "AAPL", ms: T }), tradeOf({ ms: T + 4_000, at: T }), tick(T + 1));
    expect(bars("500ms", "AAPL")).toMatchObject([{ final: false }]);
  });
});

describe("trade conditions", () => {
  const seen = (...trades: [price: bigint, conditions: number[], tape?: number][]) => {
    feed(
      model,
      ...trades.map(([price, conditions, tape = 1]) => tradeOf({ price: price * ONE, conditions, tape })),
    );
    return bars("1m")[0];
  };

  test("an odd lot or Form T counts for volume alone", () => {
    expect(seen([5n, []], [9n, [37]], [1n, [12, 37]])).toMatchObject({
      open: "5",
      high: "5",
      low: "5",
      close: "5",
      volume: "3",
      vwap: "5",
      trades: 3,
    });
  });

  test("out of sequence moves high and low and not the last price", () => {
    expect(seen([5n, []], [9n, [32]], [1n, [10]])).toMatchObject({
      open: "5",
      high: "9",
      low: "1",
      close: "5",
    });
  });

  test("while no trade of a bar qualifies, it shows those that it has", () => {
    expect(seen([9n, [12]], [7n, [37]])).toMatchObject({ open: "9", high: "9", low: "7", close: "7" });
    expect(seen([3n, []])).toMatchObject({ open: "3", high: "3", low: "3", close: "3", trades: 3 });
  });

  test("an official price is no trade", () => {
    expect(seen([9n, [16]], [9n, [15]])).toBeUndefined();
    expect(market()).toEqual([]);
    expect(model.counters.bars.excluded).toBe(2);
  });

  test("a corrected close moves prices and no volume", () => {
    expect(seen([5n, []], [6n, [38]])).toMatchObject({ close: "6", volume: "1", trades: 2 });
  });

  test("are a tape's own", () => {
    // Bunched sold is the UTP's alone.
    expect(seen([5n, [], 1], [6n, [5], 1])).toMatchObject({ close: "6" });
    model = new Model({ log_id: "test" });
    feed(model, tick(T));
    expect(seen([5n, [], 3], [6n, [5], 3])).toMatchObject({ close: "5", high: "6" });
    expect(seen([7n, [12], 0])).toMatchObject({ close: "7" });
  });
});

describe("market.main", () => {
  test("shows a symbol's last bar and the change since the UTC day began", () => {
    const midnight = 1_700_006_400_000;
    feed(model, tick(midnight - 1_000), tradeOf({ ms: midnight - 1_000, price: 8n * ONE }));
    feed(
      model,
      tradeOf({ ms: midnight, price: 10n * ONE }),
      tradeOf({ ms: midnight + 600, price: 12n * ONE }),
    );
    expect(market()).toMatchObject([
      {
        id: "TSLA",
        symbol: "TSLA",
        title: "TSLA",
        kind: "trades",
        chain_id: null,
        interval: "500ms",
        start_unix_ms: midnight + 500,
        open: "12",
        close: "12",
        volume: "1",
        trades: 1,
        session_open: "10",
        change: "2",
        change_ratio: 0.2,
        last_trade_unix_ms: midnight + 600,
      },
    ]);
    feed(model, tradeOf({ ms: midnight + 700, price: 9n * ONE }));
    expect(market()).toMatchObject([{ change: "-1", change_ratio: -0.1, close: "9" }]);
  });

  test("a session opens with its first trade by event time, whenever that comes", () => {
    feed(model, tradeOf({ ms: T + 900, price: 2n * ONE }), tradeOf({ ms: T + 100, price: 4n * ONE }));
    expect(market()).toMatchObject([{ session_open: "4", change: "-2", start_unix_ms: T + 500 }]);
  });

  test.each([
    ["an InstrumentInfo's symbol", { instrument: "GOOGL.CLASSA" }, "GOOGL.CLASSA", "GOOGL.CLASSA"],
    ["one that the alphabet has not", { instrument: "A B@C" }, "A_20B_40C", "A B@C"],
    ["8 ASCII bytes", { symbol: "BRK-B" }, "BRK-B", "BRK-B"],
    ["an asset id that is no text", { asset_id: 258n }, "0x0000000000000102", "0x0000000000000102"],
    ["an asset id with a hole in it", { symbol: "A\0B" }, "0x4100420000000000", "0x4100420000000000"],
  ])("names a symbol by %s", (_, fields, name, title) => {
    feed(model, tradeOf(fields));
    expect(market()).toMatchObject([{ id: name, title }]);
    expect(bars("1m", name)).toHaveLength(1);
  });

  test("a bar that is evicted before it is final is so in its row when its time has come", () => {
    const small = new Model({ log_id: "test", bars: { count: 16 } });
    feed(small, tick(T), tradeOf({ symbol: "OLD", ms: T }));
    for (let n = 0; n < 8; n++) feed(small, tradeOf({ symbol: "NEW", ms: T + 500 * n, at: T }));
    expect(rowsIn(small, "market.bars:OLD:500ms")).toEqual([]);
    const [row] = rowsOf(small, "market.main");
    expect(row).toMatchObject({ id: "OLD", start_unix_ms: T, final: false });
    feed(small, tick(T + 1_499));
    expect(rowsOf(small, "market.main")).toContainEqual(row);
    feed(small, tick(T + 1_500));
    expect(rowsOf(small, "market.main")).toContainEqual({ ...row, final: true, seq: small.headSeq });
    feed(small, tick(T + 1_501));
    expect(rowsOf(small, "market.main").at(-1)).toMatchObject({ id: "OLD", final: true });
  });

  test("two symbols of one asset id are told apart by their infos", () => {
    feed(
      model,
      tradeOf({ symbol: "ABCDEFGH", instrument: "ABCDEFGHI" }),
      tradeOf({ symbol: "ABCDEFGH", instrument: "ABCDEFGHJ" }),
    );
    expect(market().map((row) => row.id)).toEqual(["ABCDEFGHI", "ABCDEFGHJ"]);
  });

  test("a full window lets the symbol go that traded longest ago, with its bars", () => {
    const small = new Model({ log_id: "test", caps: { "market.main": 2 } });
    feed(small, tick(T), ...["A", "B", "A", "C"].map((symbol) => tradeOf({ symbol, ms: T })));
    expect(rowsOf(small, "market.main").map((row) => row.id)).toEqual(["A", "C"]);
    expect(rowsIn(small, "market.bars:B:1m")).toEqual([]);
    feed(small, tradeOf({ symbol: "B", ms: T }));
    expect(rowsIn(small, "market.bars:B:1m")).toMatchObject([{ trades: 1 }]);
    expect(rowsIn(small, "market.bars:A:1m")).toEqual([]);
    expect(small.counters.evictions).toMatchObject({ "market.main": 2, "market.bars": 8 });
  });

  test("a channel of an unknown symbol comes alive with it, and a name that is none has no channel", () => {
    const channel = model.channel("market.bars:NEW:5s");
    expect(channel?.changesSince(0)).toMatchObject({ upserts: 0, complete: true });
    feed(model, tradeOf({ symbol: "NEW" }));
    expect(channel?.count).toBe(1);
    for (const name of [
      "market.bars:NEW:2s",
      "market.bars::5s",
      "market.bars:A B:5s",
      "market",
      "toString",
    ]) {
      expect(model.channel(name)).toBeNull();
    }
    expect(model.channel("tx.main")?.name).toBe("tx.main");
  });
});

test.each([
  [{ lateness_ms: -1 }, "bars.lateness_ms: -1 is not an integer in 0..3600000"],
  [{ cap: 0 }, "bars.cap: 0 is not an integer in 1..10000"],
  [{ count: 15 }, "bars.count: 15 is not an integer in 16..4194304"],
])("%j is refused, and another value is another epoch", (options, text) => {
  expect(() => new Model({ log_id: "test", bars: options })).toThrow(new RangeError(text));
  const [name] = Object.keys(options) as ["lateness_ms" | "cap" | "count"];
  expect(new Model({ log_id: "test", bars: { [name]: 100 } }).epoch).not.toBe(
    new Model({ log_id: "test" }).epoch,
  );
});

test("trades before the first Tick are held against the provisional clock", () => {
  const early = new Model({ log_id: "test" });
  feed(early, tradeOf({ ms: START_MS, at: START_MS }), tradeOf({ ms: START_MS + 6_000, at: START_MS }));
  expect(rowsIn(early, "market.bars:TSLA:1s")).toHaveLength(1);
  expect(early.counters.faults.trade_time).toBe(1);
});
