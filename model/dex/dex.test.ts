import { beforeEach, describe, expect, test } from "vitest";
import { POOL_KIND, VENUE } from "../../protocol/tlv/registry.ts";
import { Model } from "../model.ts";
import {
  address,
  feed,
  hash,
  message,
  mint,
  POOL,
  poolInfo,
  poolState,
  provenance,
  rowsOf,
  START_MS,
  swap,
  sync,
  TOKEN0,
  TOKEN1,
  tick,
  tokenInfo,
} from "../testing/messages.ts";
import { cleanSymbol } from "./symbol.ts";

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});

const events = () => rowsOf(model, "pool.main");
const pools = () => rowsOf(model, "pool.state");
const Q96 = 1n << 96n;

describe("pool events", () => {
  test("are rows in the order of the log, identified by their place or their number in it", () => {
    feed(model, swap({}, { log_index: 7 }), sync());
    expect(events()).toMatchObject([
      { id: `1:${hash(1)}:7`, kind: "swap", log_index: 7, tx_hash: hash(1), chain_id: 1 },
      { id: "log:3", kind: "sync", log_index: null, tx_hash: null, block_number: "100" },
    ]);
  });

  test("carry a chain id of 64 bits in their id", () => {
    feed(model, swap({}, { chain_id: 2n ** 64n - 1n }));
    const [row] = events();
    expect(row?.id).toBe(`18446744073709551615:${hash(1)}:0`);
    expect(model.eventTlv(row?.id as string)).toEqual(swap({}, { chain_id: 2n ** 64n - 1n }));
  });

  test("show amounts exactly", () => {
    feed(
      model,
      swap({
        amount_in: 2n ** 128n - 1n,
        amount_in_decimals: 18,
        amount_out: 1_500_000n,
        amount_out_decimals: 6,
      }),
      swap({ amount_in_decimals: 255 }),
    );
    const unknown = { raw: "1000000000000000000", decimals: null, text: null };
    expect(events()).toMatchObject([
      {
        amount_in: {
          raw: "340282366920938463463374607431768211455",
          decimals: 18,
          text: "340282366920938463463.374607431768211455",
        },
        amount_out: { raw: "1500000", decimals: 6, text: "1.5" },
      },
      // A pool whose decimals were told before fills in for an event that does not know them.
      { amount_in: { ...unknown, decimals: 18, text: "1" } },
    ]);
  });

  test("of a V2 pool have no price, liquidity or tick after them; of a V3 pool they have", () => {
    feed(
      model,
      swap(),
      swap({ sqrt_price_x96_after: 2n ** 160n, liquidity_after: 5n, tick_after: -887_272 }),
    );
    expect(events()).toMatchObject([
      { sqrt_price_x96_after: null, liquidity_after: null, tick_after: null },
      { sqrt_price_x96_after: (2n ** 160n).toString(), liquidity_after: "5", tick_after: -887_272 },
    ]);
  });

  test("a mint and a burn have the two amounts", () => {
    feed(model, mint(), mint({ name: "PoolBurn", amount1: 5n }));
    expect(events()).toMatchObject([
      { kind: "mint", amount0: { raw: "10" }, amount1: { raw: "20" }, amount_in: null, block_number: null },
      { kind: "burn", amount1: { raw: "5" } },
    ]);
  });

  test("a duplicate doubles nothing", () => {
    feed(model, swap({}, {}), swap({}, {}), swap({}, { log_index: 1 }));
    expect(events()).toHaveLength(2);
    expect(pools()).toMatchObject([{ swaps: 2 }]);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("an undone one is marked, once, and folded again when its block comes back", () => {
    feed(model, swap({}, {}), swap({}, { reorged: 1 }), swap({}, { reorged: 1 }));
    expect(events()).toMatchObject([{ status: "reorged", seq: 3 }]);
    expect(pools()).toMatchObject([{ swaps: 1, seq: 2 }]);
    feed(model, swap({}, {}));
    expect(events()).toMatchObject([{ status: "seen", seq: 4 }]);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("of an undone one that was never seen nothing is made", () => {
    feed(model, swap({}, { reorged: 1 }));
    expect([events(), pools()]).toEqual([[], []]);
  });

  test("their bytes come from the log while it holds them", () => {
    const small = new Model({ log_id: "test", log_bytes: 4_096 });
    feed(small, swap({}, { log_index: 0 }));
    const id = rowsOf(small, "pool.main")[0]?.id as string;
    expect(small.eventTlv(id)).toEqual(swap({}, { log_index: 0 }));
    for (let n = 1; n < 20; n++) feed(small, swap({}, { log_index: n }));
    expect(small.eventTlv(id)).toBeNull();
    for (const wrong of ["log:99", "log:x", `1:${hash(1)}:99`, `01:${hash(1)}:1`, `1:${hash(1)}`, ""]) {
      expect(small.eventTlv(wrong)).toBeNull();
    }
  });
});

describe("symbols and pairs", () => {
  test("a row keeps what was known when it changed, whenever it is read", () => {
    const read = new Model({ log_id: "test" });
    const steps = [
      tick(START_MS),
      poolInfo(),
      swap({}, { log_index: 0 }),
      tokenInfo({ symbol: "AAA" }),
      tokenInfo({ address: TOKEN1, symbol: "BBB" }),
      swap({}, { log_index: 1 }),
      tokenInfo({ symbol: "EVIL", decimals: 3 }),
      swap({}, { log_index: 2 }),
    ];
    for (const step of steps) {
      feed(read, step);
      rowsOf(read, "pool.main");
    }
    feed(model, ...steps.slice(1));
    expect(events()).toMatchObject([
      { pair: null, symbol_in: null, symbol_out: null },
      { pair: "AAA/BBB", symbol_in: "AAA", symbol_out: "BBB" },
      { pair: "AAA/BBB" },
    ]);
    expect(rowsOf(read, "pool.main")).toEqual(events());
  });

  test("belong to the token's chain", () => {
    feed(model, poolInfo({ chain_id: 137n }), tokenInfo({ symbol: "AAA" }), sync());
    expect(pools()).toMatchObject([{ symbol0: null, chain_id: 137 }]);
    feed(model, tokenInfo({ chain_id: 137n, symbol: "PPP" }), sync());
    expect(pools()).toMatchObject([{ symbol0: "PPP" }]);
  });

  test("infos may come as companions of the event, and count for it", () => {
    feed(
      model,
      message([
        {
          name: "PoolSync",
          reserve0: 1n,
          reserve1: 2n,
          timestamp_ns: 0n,
          block_number: 1n,
          venue: VENUE.UniswapV2,
          token0_decimals: 255,
          token1_decimals: 255,
          pool_address: POOL,
          token0_addr: TOKEN0,
          token1_addr: TOKEN1,
        },
        provenance(),
        {
          name: "TokenInfo",
          chain_id: 1n,
          decimals: 0,
          stable: 0,
          address: TOKEN0,
          symbol: "AAA",
          token_name: "",
        },
      ]),
    );
    expect(pools()).toMatchObject([{ symbol0: "AAA", reserve0: { decimals: 0, text: "1" } }]);
  });

  test.each([
    ["neither is known", 0, 0, "A/B", 2],
    ["token0 calls itself stable", 1, 0, "B/A", 0.5],
    ["both do", 1, 1, "A/B", 2],
  ])("token1 quotes, or the stable one: %s", (_, stable0, stable1, pair, price) => {
    feed(
      model,
      poolInfo({ chain_id: 31_337n }),
      tokenInfo({ chain_id: 31_337n, symbol: "A", stable: stable0 }),
      tokenInfo({ chain_id: 31_337n, address: TOKEN1, symbol: "B", stable: stable1 }),
      swap(),
    );
    expect(events()).toMatchObject([{ pair, price }]);
  });

  test("the registry's stables and wrapped native token quote on their chain, whatever a token says", () => {
    const usdc = "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359";
    const wpol = "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270";
    const quote = (token0: string, token1: string, stable1: number, chain_id: bigint) => {
      const other = new Model({ log_id: "test" });
      feed(
        other,
        poolInfo({ chain_id, token0, token1 }),
        tokenInfo({ chain_id, address: token0, symbol: "T0" }),
        tokenInfo({ chain_id, address: token1, symbol: "T1", stable: stable1 }),
        sync({ token0_addr: token0, token1_addr: token1 }),
      );
      return rowsOf(other, "pool.state")[0]?.pair;
    };
    expect(quote(usdc, TOKEN1, 1, 137n)).toBe("T1/T0");
    expect(quote(wpol, TOKEN1, 0, 137n)).toBe("T1/T0");
    expect(quote(wpol, TOKEN1, 1, 137n)).toBe("T0/T1");
    expect(quote(wpol, usdc, 0, 137n)).toBe("T0/T1");
    expect(quote(usdc, TOKEN1, 0, 1n)).toBe("T0/T1");
  });

  test("a swap the other way has the same price", () => {
    feed(model, poolInfo(), swap(), swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0 }));
    expect(events().map((row) => row.price)).toEqual([2, 0.5]);
    feed(model, swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0, amount_in: 4n, amount_out: 2n }, null));
    expect(events()[2]?.price).toBe(2);
  });

  test("a swap of other tokens than the pool's has no price and no pair", () => {
    feed(
      model,
      poolInfo(),
      tokenInfo(),
      tokenInfo({ address: TOKEN1 }),
      swap({ token_in_addr: address(0x55) }),
    );
    expect(events()).toMatchObject([
      { price: null, pair: null, symbol_in: null, token_in: address(0x55), amount_in: { text: "1" } },
    ]);
  });

  test("without a PoolInfo the tokens of a swap are taken in the order of their addresses", () => {
    feed(model, swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0 }));
    expect(pools()).toMatchObject([
      { token0: TOKEN0, token1: TOKEN1, chain_id: null, fee: null, kind: null },
    ]);
  });
});

describe("cleanSymbol", () => {
  test.each([
    ["USDC", "USDC"],
    ["USD₮0", "USD₮0"],
    ["\u202eCDSU\u202c", "CDSU"],
    ["A\u0000B\u200b\ufeff\n", "AB"],
    [" \u2066 ", null],
    ["", null],
  ])("%j is shown as %j", (symbol, shown) => {
    expect(cleanSymbol(symbol)).toBe(shown);
  });
});

describe("pool.state", () => {
  test("follows Sync, with the price of its reserves", () => {
    feed(model, sync(), sync({ reserve0: 10n, reserve1: 5n }));
    expect(pools()).toMatchObject([
      {
        id: POOL,
        reserve0: { raw: "10" },
        reserve1: { raw: "5" },
        price: 0.5,
        swaps: 0,
        sqrt_price_x96: null,
      },
    ]);
  });

  test("follows V3 swaps, with the price of the square root", () => {
    feed(
      model,
      poolInfo(),
      swap({
        sqrt_price_x96_after: Q96 * 3n,
        liquidity_after: 77n,
        tick_after: 21_973,
        amount_in_decimals: 6,
        amount_out_decimals: 4,
      }),
    );
    expect(pools()).toMatchObject([
      {
        kind: "v3",
        fee: 3_000,
        venue: "UniswapV3",
        sqrt_price_x96: (Q96 * 3n).toString(),
        liquidity: "77",
        tick: 21_973,
        price: 900,
        swaps: 1,
        last_seen_unix_ms: START_MS,
        reserve0: null,
      },
    ]);
  });

  test("takes a PoolState whole, a 256-bit price before it notwithstanding", () => {
    feed(model, swap({ sqrt_price_x96_after: 2n ** 250n }), poolState({ tick: -5 }));
    expect(pools()).toMatchObject([
      { kind: "v3", fee: 3_000, sqrt_price_x96: Q96.toString(), liquidity: "5000", tick: -5, price: 1 },
    ]);
    feed(
      model,
      poolState({
        pool_address: address(1),
        pool_type: POOL_KIND.v2,
        sqrt_price_x96: 0n,
        reserve0: 7n,
        reserve1: 0n,
        fee_rate: 10_001,
      }),
    );
    expect(pools()[1]).toMatchObject({
      kind: "v2",
      fee: null,
      reserve0: { raw: "7" },
      price: null,
      tick: null,
    });
  });

  test.each([
    ["below its lower tick", -101, "1000"],
    ["at its lower tick", -100, "1500"],
    ["at its upper tick", 100, "1000"],
    ["just below its upper tick", 99, "1500"],
  ])("a mint with the price %s", (_, tickNow, liquidity) => {
    feed(model, poolState({ tick: tickNow, liquidity: 1_000n }), mint({ liquidity_delta: 500n }));
    expect(pools()).toMatchObject([{ liquidity }]);
  });

  test("adds and takes liquidity in exact u128", () => {
    const liquidity = 2n ** 96n - 1n;
    feed(model, poolState({ liquidity }), mint({ liquidity_delta: 2n ** 96n + 5n }));
    expect(pools()).toMatchObject([{ liquidity: (2n ** 97n + 4n).toString() }]);
    feed(model, mint({ name: "PoolBurn", liquidity_delta: 2n ** 96n + 5n }));
    expect(pools()).toMatchObject([{ liquidity: liquidity.toString() }]);
  });

  test.each([
    ["a mint over u128", "PoolMint", 2n ** 128n - 1n],
    ["a burn of more than there is", "PoolBurn", 6_000n],
  ] as const)("%s makes liquidity unknown and is counted, until a swap tells it", (_, name, delta) => {
    feed(model, poolState(), mint({ name, liquidity_delta: delta }));
    expect(pools()).toMatchObject([{ liquidity: null, tick: 0 }]);
    expect(model.counters.faults.liquidity_overflow).toBe(1);
    feed(model, swap({ sqrt_price_x96_after: Q96, liquidity_after: 9n }));
    expect(pools()).toMatchObject([{ liquidity: "9" }]);
  });

  test("a PoolInfo changes the row where it says something new, and makes none", () => {
    feed(model, poolInfo());
    expect(pools()).toEqual([]);
    feed(model, sync(), poolInfo());
    const { headSeq } = model;
    feed(model, poolInfo({ fee: 500 }));
    expect(pools()).toMatchObject([{ fee: 500, seq: headSeq + 1 }]);
    feed(model, poolInfo({ fee: 500 }));
    expect(model.headSeq).toBe(headSeq + 1);
  });

  test("a PoolInfo's word on venue and tokens comes before an event's", () => {
    feed(model, swap({ token_in_addr: address(1), token_out_addr: address(2) }), poolInfo(), swap());
    expect(pools()).toMatchObject([{ token0: TOKEN0, token1: TOKEN1, venue: "UniswapV3" }]);
  });

  test("a pool whose row was evicted goes on where it stood", () => {
    const small = new Model({ log_id: "test", caps: { "pool.state": 1 } });
    feed(small, tick(START_MS), swap(), sync({ pool_address: address(1) }), swap());
    expect(rowsOf(small, "pool.state")).toMatchObject([{ id: POOL, swaps: 2 }]);
  });

  test("the registry is bounded, and never forgets a pool that has a row", () => {
    const small = new Model({ log_id: "test", caps: { "pool.state": 2 } });
    feed(small, tick(START_MS), sync({ pool_address: address(1) }), swap());
    for (let n = 0; n < 100; n++) feed(small, poolInfo({ pool: address(1_000 + n) }));
    feed(small, swap());
    expect(rowsOf(small, "pool.state")).toMatchObject([
      { id: address(1), reserve0: { raw: "100000000000000000000" } },
      { id: POOL, swaps: 2 },
    ]);
  });
});
