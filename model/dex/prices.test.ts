import { describe, expect, test } from "vitest";
import { POOL_KIND } from "../../protocol/tlv/registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Model } from "../model.ts";
import {
  address,
  chainHead,
  feed,
  hash,
  poolInfo,
  rowsOf,
  START_MS,
  smallModel,
  swap,
  sync,
  tick,
  tokenInfo,
} from "../testing/messages.ts";
import { A, B, C, D, e, priced, pricesOf, toldOf, USDC, USDT, v2, WETH } from "./testing/made-pools.ts";

describe("a token's price in dollars", () => {
  test("is its pool's with a dollar, where that holds 10,000", () => {
    const model = priced(v2(1, A, 5_000, USDC, 10_000));
    expect(rowsOf(model, "pool.state")).toMatchObject([{ price: 2, price_usd: 2, tvl_usd: 20_000 }]);
  });

  test("is unknown a dollar below", () => {
    const model = priced(v2(1, A, 5_000, USDC, 9_999));
    expect(rowsOf(model, "pool.state")).toMatchObject([
      { price: 1.9998, price_usd: null, tvl_usd: null, volume_usd: 0 },
    ]);
  });

  test("goes through another token, and no farther", () => {
    const model = priced(
      v2(1, WETH, 100, USDC, 200_000),
      v2(2, A, 1_000, WETH, 50),
      v2(3, B, 1_000, A, 1_000),
    );
    const byPool = new Map(rowsOf(model, "pool.state").map((row) => [row.id, row]));
    expect(byPool.get(address(1))).toMatchObject({ price_usd: 2_000, tvl_usd: 400_000 });
    expect(byPool.get(address(2))).toMatchObject({ price_usd: 100, tvl_usd: 200_000 });
    // Its base is A, whose price is known; B's is not.
    expect(byPool.get(address(3))).toMatchObject({ price_usd: 100, tvl_usd: null });
  });

  test("is that of the deepest pool, over two as over one", () => {
    const direct = v2(1, A, 10_000, USDC, 20_000);
    const deep = [v2(2, WETH, 1_000, USDC, 2_000_000), v2(3, A, 10_000, WETH, 15)];
    expect(pricesOf(priced(direct, v2(4, A, 10_000, USDC, 30_000))).get(A)).toBe(3);
    expect(pricesOf(priced(direct, ...deep)).get(A)).toBe(3);
  });

  test("is that of the lower address of two pools as deep", () => {
    const low = v2(0x0100, A, 10_000, USDC, 20_000);
    const high = v2(0x0201, A, 5_000, USDT, 20_000);
    expect(pricesOf(priced(high, low)).get(A)).toBe(2);
    expect(pricesOf(priced({ ...high, pool: address(0x00ff) }, low)).get(A)).toBe(4);
  });

  test("is not made by a token that says that it is a dollar, whatever it is called", () => {
    const fake = tokenInfo({ address: A, symbol: "USDC", stable: 1 });
    const model = smallModel();
    feed(model, tick(START_MS), fake, tokenInfo({ address: B }), ...toldOf(v2(1, B, 10, A, 1_000_000)));
    feed(
      model,
      chainHead(1),
      tick(START_MS + 1),
      swap({ pool_address: address(1), token_in_addr: A, token_out_addr: B }),
    );
    expect(rowsOf(model, "pool.state")).toMatchObject([{ price_usd: null, tvl_usd: null, volume_usd: null }]);
    expect(rowsOf(model, "pool.main").at(-1)).toMatchObject({ kind: "swap", value_usd: null });
  });

  test("is not moved by a token made dear and put into a pool in quantity", () => {
    // D is worth 10 for the 10,000 dollars that somebody paid for it, so the pool with WETH would hold 10^13 dollars.
    const model = priced(
      v2(1, WETH, 100, USDC, 200_000),
      v2(2, D, 1_000, USDC, 10_000),
      v2(3, WETH, 1, D, 1_000_000_000_000),
      v2(4, C, 1_000, WETH, 10),
      v2(5, C, 1, D, 1_000_000_000_000),
    );
    expect(pricesOf(model)).toEqual(
      new Map([
        [WETH, 2_000],
        [USDC, 1],
        [D, 10],
        [C, 20],
      ]),
    );
  });

  test("belongs to a chain of the registry: on another one no token is a dollar", () => {
    const model = smallModel();
    const [info, state] = toldOf(v2(1, A, 5_000, USDC, 10_000)) as [Uint8Array, Uint8Array];
    const elsewhere = poolInfo({
      pool: address(2),
      token0: A,
      token1: USDC,
      chain_id: 5n,
      kind: POOL_KIND.v2,
    });
    const tokens = { pool_address: address(2), token0_addr: A, token1_addr: USDC, token1_decimals: 6 };
    feed(
      model,
      tick(START_MS),
      info,
      state,
      elsewhere,
      sync({ ...tokens, reserve0: e(5_000, A), reserve1: e(10_000, USDC) }),
    );
    feed(model, chainHead(1), chainHead(1, { chain_id: 5n }), tick(START_MS + 1));
    expect(rowsOf(model, "pool.state").map((row) => [row.chain_id, row.price_usd])).toEqual([
      [5, null],
      [1, 2],
    ]);
  });

  test("of a chain that is not built in follows the section that the model was given", () => {
    const section = {
      chain_id: 5,
      name: "Test",
      native_symbol: "T",
      block_ms: 1_000,
      wrapped_native: B,
      stables: [C],
      tokens: {},
      protocols: {},
    };
    const model = new Model({ log_id: "test", chains: [section] });
    const pool = { pool: address(1), token0: A, token1: C, chain_id: 5n, kind: POOL_KIND.v2 };
    const state = { pool_address: address(1), token0_addr: A, token1_addr: C };
    feed(
      model,
      tick(START_MS),
      poolInfo(pool),
      sync({ ...state, reserve0: e(10, A), reserve1: e(20_000, C) }),
    );
    feed(model, tick(START_MS + 1));
    expect(rowsOf(model, "pool.state")).toMatchObject([{ price_usd: 2_000 }]);
  });

  test("changes with a head of its chain or a Tick, and rows follow with their next event", () => {
    const model = priced(v2(1, WETH, 100, USDC, 200_000), v2(2, A, 1_000, WETH, 50));
    const move = toldOf(v2(1, WETH, 100, USDC, 300_000))[1] as Uint8Array;
    const touch = toldOf(v2(2, A, 1_000, WETH, 50))[1] as Uint8Array;
    feed(model, move, touch);
    expect(pricesOf(model).get(A)).toBe(100);
    feed(model, chainHead(2), touch);
    expect(pricesOf(model).get(A)).toBe(150);
    feed(model, toldOf(v2(1, WETH, 100, USDC, 400_000))[1] as Uint8Array, tick(START_MS + 2), touch);
    expect(pricesOf(model).get(A)).toBe(200);
  });

  test("that becomes known or is lost is shown at once, of so many rows a Tick", () => {
    const count = MODEL_LIMITS.repriced_rows_per_tick_count + 10;
    const model = new Model({ log_id: "test" });
    const others = Array.from({ length: count }, (_, n) => v2(100 + n, address(5_000 + n), 1, WETH, 1));
    feed(model, tick(START_MS), ...others.flatMap(toldOf));
    const quoted = () =>
      rowsOf(model, "pool.state").filter((row) => row.tvl_usd !== null || row.price_usd !== null);
    feed(model, ...toldOf(v2(1, WETH, 100, USDC, 200_000)), chainHead(1));
    expect(quoted()).toEqual([]);
    const { headSeq } = model;
    feed(model, tick(START_MS + 1));
    expect(model.headSeq - headSeq).toBe(MODEL_LIMITS.repriced_rows_per_tick_count);
    feed(model, tick(START_MS + 2), tick(START_MS + 3));
    expect(model.headSeq - headSeq).toBe(count + 1);
    expect(quoted()).toMatchObject([{ id: address(1), price_usd: 2_000 }]);

    feed(model, toldOf(v2(1, WETH, 1, USDC, 2_000))[1] as Uint8Array, tick(START_MS + 4));
    expect(rowsOf(model, "pool.state").find(({ id }) => id === address(1))).toMatchObject({
      price_usd: null,
    });
  });

  test("is lost with the pool that made it", () => {
    const model = smallModel();
    const state = {
      token0_addr: A,
      token1_addr: USDC,
      token1_decimals: 6,
      reserve0: e(1, A),
      reserve1: e(20_000, USDC),
    };
    const other = { ...state, pool_address: address(2), reserve1: e(1, USDC) };
    const place = { block_number: 2n, block_hash: hash(2) };
    feed(
      model,
      tick(START_MS),
      sync(other, { block_number: 1n }),
      sync({ ...state, pool_address: address(1) }, place),
    );
    feed(model, tick(START_MS + 1));
    expect(pricesOf(model).get(A)).toBe(20_000);
    feed(model, sync({ ...state, pool_address: address(1) }, { ...place, reorged: 1 }), tick(START_MS + 2));
    expect(rowsOf(model, "pool.state")).toMatchObject([{ id: address(2), price_usd: null }]);
  });

  test("is found anew after a block was taken back", () => {
    const model = smallModel();
    const [info, state] = toldOf(v2(1, A, 5_000, USDC, 10_000)) as [Uint8Array, Uint8Array];
    const place = (n: number, reorged = 0) => ({ block_hash: hash(n), block_number: BigInt(n), reorged });
    const tokens = { pool_address: address(1), token0_addr: A, token1_addr: USDC, token1_decimals: 6 };
    const moved = (reorged: number) =>
      sync({ ...tokens, reserve0: e(5_000, A), reserve1: e(20_000, USDC) }, place(2, reorged));
    feed(
      model,
      tick(START_MS),
      info,
      state,
      chainHead(1),
      moved(0),
      chainHead(2),
      moved(0),
      tick(START_MS + 1),
    );
    expect(pricesOf(model).get(A)).toBe(4);
    feed(model, moved(1), tick(START_MS + 2), state);
    expect(pricesOf(model).get(A)).toBe(2);
  });
});
