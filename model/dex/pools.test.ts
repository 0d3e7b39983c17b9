import { beforeEach, describe, expect, test } from "vitest";
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import { Model } from "../model.ts";
import {
  address,
  feed,
  mint,
  POOL,
  poolInfo,
  poolState,
  rowsOf,
  START_MS,
  swap,
  sync,
  TOKEN0,
  TOKEN1,
  tick,
} from "../testing/messages.ts";

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});

const pools = () => rowsOf(model, "pool.state");
const Q96 = 1n << 96n;

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
