import { describe, expect, test } from "vitest";
import type { Model } from "../model.ts";
import { nearest } from "../testing/exact.ts";
import {
  address,
  chainHead,
  feed,
  mint,
  poolInfo,
  poolState,
  rowsOf,
  START_MS,
  smallModel,
  swap,
  tick,
} from "../testing/messages.ts";
import { A, B, C, decimalsOf, e, priced, toldOf, USDC, v2, WETH } from "./testing/made-pools.ts";

describe("a swap's value", () => {
  const cases = [
    [
      "by the dollars in it, in",
      { token_in_addr: USDC, token_out_addr: A, amount_in: e(7, USDC), amount_out: e(1, A) },
      7,
    ],
    ["and out", { token_in_addr: A, token_out_addr: USDC, amount_in: e(1, A), amount_out: e(3, USDC) }, 3],
  ] as const;
  test.each(cases)("is told %s", (_, fields, value) => {
    const model = priced(v2(1, A, 5_000, USDC, 10_000));
    const decimals = {
      amount_in_decimals: decimalsOf(fields.token_in_addr),
      amount_out_decimals: decimalsOf(fields.token_out_addr),
    };
    feed(model, swap({ pool_address: address(1), ...fields, ...decimals }));
    expect(rowsOf(model, "pool.main").at(-1)).toMatchObject({ value_usd: value });
    expect(rowsOf(model, "pool.state")).toMatchObject([{ volume_usd: value }]);
  });

  test("is told by the quote where neither is a dollar, by the other where the quote has no price", () => {
    const model = priced(v2(1, WETH, 100, USDC, 200_000), v2(2, A, 1_000, WETH, 50), v2(3, B, 10, A, 10));
    const both = { pool_address: address(2), token_in_addr: A, token_out_addr: WETH };
    feed(model, swap({ ...both, amount_in: e(1, A), amount_out: e(2, WETH) }));
    expect(rowsOf(model, "pool.main").at(-1)).toMatchObject({ value_usd: 4_000 });
    // Of A and B token1, B, is the quote, and has no price.
    const one = { pool_address: address(3), token_in_addr: A, token_out_addr: B };
    feed(model, swap({ ...one, amount_in: e(3, A), amount_out: e(1, B) }));
    expect(rowsOf(model, "pool.main").at(-1)).toMatchObject({ value_usd: 300 });
  });

  test("is as it was then", () => {
    const model = priced(v2(1, A, 5_000, USDC, 10_000), v2(2, A, 5_000, WETH, 10_000));
    const fields = { pool_address: address(2), token_in_addr: A, token_out_addr: WETH, amount_in: e(2, A) };
    feed(
      model,
      swap(fields),
      toldOf(v2(1, A, 5_000, USDC, 50_000))[1] as Uint8Array,
      chainHead(2),
      swap(fields),
    );
    expect(rowsOf(model, "pool.main").filter(({ kind }) => kind === "swap")).toMatchObject([
      { value_usd: 2 },
      { value_usd: 10 },
    ]);
    expect(rowsOf(model, "pool.state").find(({ id }) => id === address(2))).toMatchObject({ volume_usd: 12 });
  });

  test("is summed in millionths of a dollar, beyond what a double counts exactly", () => {
    const model = priced(v2(1, A, 5_000, USDC, 10_000));
    const fields = {
      pool_address: address(1),
      token_in_addr: USDC,
      token_out_addr: A,
      amount_in_decimals: 6,
    };
    const huge = 9_007_199_254_740_993n;
    feed(model, swap({ ...fields, amount_in: 1n }));
    expect(rowsOf(model, "pool.state")).toMatchObject([{ volume_usd: 0.000001 }]);
    for (let i = 0; i < 3; i++) feed(model, swap({ ...fields, amount_in: huge }));
    // The largest that one swap counts for is 2^53 - 1.
    expect(rowsOf(model, "pool.state")).toMatchObject([
      { volume_usd: nearest([3n * (2n ** 53n - 1n) + 1n, 10n ** 6n]) },
    ]);
  });
});

describe("a V3 pool's balances", () => {
  const V3 = address(1);
  const state = { pool_address: V3, token0_addr: A, token1_addr: USDC, token1_decimals: 6 };
  const info = poolInfo({ pool: V3, token0: A, token1: USDC });
  const v3Swap = (isToken0In: boolean, amount_in: bigint, amount_out: bigint) =>
    swap({
      pool_address: V3,
      token_in_addr: isToken0In ? A : USDC,
      token_out_addr: isToken0In ? USDC : A,
      amount_in,
      amount_out,
      sqrt_price_x96_after: 1n << 96n,
    });
  const move = (name: "PoolMint" | "PoolBurn", amount0: bigint, amount1: bigint) =>
    mint({ name, pool_address: V3, token0_addr: A, token1_addr: USDC, amount0, amount1 });
  const balances = (model: Model) => {
    const [row] = rowsOf(model, "pool.state") as {
      reserve0: { raw: string } | null;
      reserve1: { raw: string } | null;
    }[];
    return [row?.reserve0?.raw ?? null, row?.reserve1?.raw ?? null];
  };
  const started = (...log: Uint8Array[]) => {
    const model = smallModel();
    feed(model, tick(START_MS), info, ...log);
    return model;
  };

  test("are unknown by its events alone", () => {
    const model = started(poolState(state), v3Swap(true, 5n, 4n), move("PoolMint", 1n, 2n));
    expect(balances(model)).toEqual([null, null]);
    expect(rowsOf(model, "pool.state")).toMatchObject([{ tvl_usd: null }]);
  });

  test("follow what goes in and out from a told state on", () => {
    const model = started(poolState({ ...state, reserve0: 100n, reserve1: 200n }));
    feed(
      model,
      v3Swap(true, 10n, 20n),
      v3Swap(false, 5n, 3n),
      move("PoolMint", 1_000n, 2_000n),
      move("PoolBurn", 7n, 8n),
    );
    expect(balances(model)).toEqual(["1100", "2177"]);
  });

  test("begin at nothing with its Initialize", () => {
    const model = started(poolState({ ...state, liquidity: 0n }, undefined, {}), move("PoolMint", 50n, 60n));
    expect(balances(model)).toEqual(["50", "60"]);
  });

  test("are unknown again where an event does not fit them, until they are told", () => {
    const model = started(poolState({ ...state, reserve0: 5n, reserve1: 5n }), v3Swap(true, 1n, 6n));
    expect(balances(model)).toEqual([null, null]);
    expect(model.counters.faults.balance_overflow).toBe(1);
    feed(model, v3Swap(true, 1n, 1n), poolState({ ...state, reserve0: 8n, reserve1: 9n }));
    expect(balances(model)).toEqual(["8", "9"]);
    feed(model, swap({ pool_address: V3, token_in_addr: B, token_out_addr: C, sqrt_price_x96_after: 1n }));
    expect(balances(model)).toEqual([null, null]);
    expect(model.counters.faults.balance_overflow).toBe(2);
  });

  test("make its depth and its value", () => {
    const sqrtPrice = 1n << 96n;
    const deep = { pool: V3, tokens: [A, B] as const, amounts: [e(10, A), e(10, B)] as const, sqrtPrice };
    expect(rowsOf(priced(deep), "pool.state")).toMatchObject([{ price: 1, tvl_usd: null }]);
    const model = priced(v2(2, A, 100_000, USDC, 200_000), {
      ...deep,
      amounts: [e(6_000, A), e(3_000, B)],
    });
    expect(rowsOf(model, "pool.state").find(({ id }) => id === V3)).toMatchObject({ tvl_usd: 18_000 });
  });
});
