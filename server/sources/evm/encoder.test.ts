import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../../protocol/tlv/decode.ts";
import { SOURCE } from "../../../protocol/tlv/registry.ts";
import type { BlockUnit, ChainLog } from "./chain.ts";
import { BlockEncoder, ENCODER_LIMITS } from "./encoder.ts";
import { EvmFaults } from "./faults.ts";
import type { Pool, PoolSnapshot } from "./pools.ts";
import { addressOf, bookOf, hashOf, madeLog, madePool } from "./testing/made-logs.ts";
import { decodeAll, eventsOf, provenanceOf } from "./testing/messages.ts";

const U128 = 2n ** 128n;
const V2 = madePool("v2");

interface Setup {
  pools?: readonly Pool[];
  snapshot?: (pool: Pool, block_number: number) => Promise<PoolSnapshot | null>;
}

function setUp({ pools = [V2], snapshot }: Setup = {}) {
  const parts: Uint8Array[] = [];
  const faults = new EvmFaults();
  const encoder = new BlockEncoder({
    chain_id: 137,
    pools: bookOf(...pools),
    faults,
    ...(snapshot === undefined ? {} : { snapshot }),
    sink: (message) => parts.push(message),
  });
  return { encoder, faults, messages: (): Message[] => decodeAll(Buffer.concat(parts)) };
}

const unitOf = (...logs: ChainLog[]): BlockUnit => ({
  number: 100,
  unix_s: 1_700_000_000,
  header: null,
  transactions: [],
  logs,
});

async function told(logs: ChainLog[], pools?: readonly Pool[]) {
  const { encoder, faults, messages } = setUp(pools === undefined ? {} : { pools });
  await encoder.block(unitOf(...logs), 1_700_000_000_123);
  return { messages: messages(), faults };
}

describe("a V2 swap", () => {
  const swap = (values: Record<string, bigint>) => told([madeLog("V2Swap", values)]);

  test.each([
    { name: "token0 in", values: { amount0In: 10n, amount1Out: 7n }, in0: true, amounts: [10n, 7n] },
    { name: "token1 in", values: { amount1In: 10n, amount0Out: 7n }, in0: false, amounts: [10n, 7n] },
    {
      name: "both in, netted",
      values: { amount0In: 10n, amount1In: 2n, amount1Out: 9n },
      in0: true,
      amounts: [10n, 7n],
    },
    {
      name: "a flash swap paid back in the same token",
      values: { amount1In: 1_004n, amount1Out: 1_000n },
      in0: false,
      amounts: [4n, 0n],
    },
    {
      name: "both in and both out",
      values: { amount0In: 5n, amount1In: 90n, amount0Out: 15n, amount1Out: 40n },
      in0: false,
      amounts: [50n, 10n],
    },
    { name: "nothing moved", values: {}, in0: true, amounts: [0n, 0n] },
    {
      name: "the largest",
      values: { amount0In: U128 - 1n, amount1Out: U128 - 1n },
      in0: true,
      amounts: [U128 - 1n, U128 - 1n],
    },
  ])("$name", async ({ values, in0, amounts }) => {
    const { messages, faults } = await swap(values);
    expect(faults.lines()).toEqual([]);
    const [tokenIn, tokenOut] = in0 ? [V2.token0, V2.token1] : [V2.token1, V2.token0];
    expect(eventsOf(messages, "PoolSwap")).toEqual([
      {
        type: 11,
        name: "PoolSwap",
        amount_in: amounts[0],
        amount_out: amounts[1],
        liquidity_after: 0n,
        tick_after: 0,
        sqrt_price_x96_after: 0n,
        timestamp_ns: 1_700_000_000_000_000_000n,
        block_number: 100n,
        venue: 300,
        amount_in_decimals: tokenIn.decimals,
        amount_out_decimals: tokenOut.decimals,
        pool_address: V2.address,
        token_in_addr: tokenIn.address,
        token_out_addr: tokenOut.address,
      },
    ]);
  });

  test("both tokens in and none out has no direction: counted, not told", async () => {
    const { messages, faults } = await swap({ amount0In: 1n, amount1In: 1n });
    expect(eventsOf(messages, "PoolSwap")).toEqual([]);
    expect(faults.count("undirected_swap")).toBe(1);
  });

  test("amounts over u128 are counted and never wrapped; what follows is told", async () => {
    const { messages, faults } = await told([
      madeLog("V2Swap", { amount0In: U128, amount1Out: 1n }, { log_index: 1 }),
      madeLog("V2Swap", { amount1In: 1n, amount0Out: 2n ** 256n - 1n }, { log_index: 2 }),
      madeLog("V2Swap", { amount0In: 3n, amount1Out: 1n }, { log_index: 3 }),
    ]);
    expect(eventsOf(messages, "PoolSwap").map((event) => event.amount_in)).toEqual([3n]);
    expect(faults.count("unfit_value")).toBe(2);
    expect(faults.lines()[0]).toMatch(
      /^2 unfit_value, first: PoolSwap: tlvs\[0\]\.amount_in: 340282366920938463463374607431768211456 is not in 0\.\./,
    );
  });

  test("any amounts: told exactly, or counted", async () => {
    const amount = fc.oneof(
      fc.constant(0n),
      fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
      fc.bigInt({ min: 0n, max: U128 }),
    );
    await fc.assert(
      fc.asyncProperty(
        amount,
        amount,
        amount,
        amount,
        async (amount0In, amount1In, amount0Out, amount1Out) => {
          const { messages, faults } = await swap({ amount0In, amount1In, amount0Out, amount1Out });
          const [event] = eventsOf(messages, "PoolSwap");
          if (event === undefined) {
            expect(faults.count("undirected_swap") + faults.count("unfit_value")).toBe(1);
            return;
          }
          const is0In = event.token_in_addr === V2.token0.address;
          const [gain0, gain1] = is0In
            ? [event.amount_in, -event.amount_out]
            : [-event.amount_out, event.amount_in];
          expect([gain0, gain1]).toEqual([amount0In - amount0Out, amount1In - amount1Out]);
        },
      ),
    );
  });

  test("a fork's swap without a Sync is told as any", async () => {
    const { messages } = await swap({ amount0In: 2n, amount1Out: 1n });
    expect(eventsOf(messages, "PoolSync")).toEqual([]);
    expect(eventsOf(messages, "PoolSwap")).toHaveLength(1);
  });
});

describe("a V3 or Algebra swap", () => {
  const sqrtPriceX96 = 2n ** 160n - 1n;

  test.each(["v3", "algebra"] as const)(
    "%s: direction by sign; a sqrt price over u128 fits",
    async (kind) => {
      const pool = madePool(kind);
      const values = { amount0: -7n, amount1: 10n, sqrtPriceX96, liquidity: U128 - 1n, tick: -887_272 };
      const { messages, faults } = await told([madeLog("V3Swap", values)], [pool]);
      expect(faults.lines()).toEqual([]);
      expect(eventsOf(messages, "PoolSwap")).toMatchObject([
        {
          amount_in: 10n,
          amount_out: 7n,
          token_in_addr: pool.token1.address,
          amount_in_decimals: 6,
          sqrt_price_x96_after: sqrtPriceX96,
          liquidity_after: U128 - 1n,
          tick_after: -887_272,
        },
      ]);
    },
  );

  test("the extreme int256 is counted, not wrapped", async () => {
    const { messages, faults } = await told(
      [madeLog("V3Swap", { amount0: -(2n ** 255n), amount1: 1n })],
      [madePool("v3")],
    );
    expect(eventsOf(messages, "PoolSwap")).toEqual([]);
    expect(faults.count("unfit_value")).toBe(1);
  });
});

describe("the other events", () => {
  test("mints and burns: the owner of a V3 position, the caller of a V2 pair", async () => {
    const v3 = madePool("v3", addressOf(0xbb));
    const range = { tickLower: -60, tickUpper: 120, amount: 5n, amount0: 6n, amount1: 7n };
    const { messages } = await told(
      [
        madeLog("V2Mint", { sender: addressOf(9), amount0: 1n, amount1: 2n }, { log_index: 1 }),
        madeLog(
          "V2Burn",
          { sender: addressOf(9), to: addressOf(8), amount0: 1n, amount1: 2n },
          { log_index: 2 },
        ),
        madeLog(
          "V3Mint",
          { sender: addressOf(9), owner: addressOf(8), ...range },
          { address: v3.address, log_index: 3 },
        ),
        madeLog("V3Burn", { owner: addressOf(8), ...range }, { address: v3.address, log_index: 4 }),
      ],
      [V2, v3],
    );
    const none = { liquidity_delta: 0n, tick_lower: 0, tick_upper: 0, provider_addr: addressOf(9) };
    const all = { liquidity_delta: 5n, tick_lower: -60, tick_upper: 120, provider_addr: addressOf(8) };
    expect(eventsOf(messages, "PoolMint")).toMatchObject([none, all]);
    expect(eventsOf(messages, "PoolBurn")).toMatchObject([none, all]);
    const events = messages.filter(({ tlvs }) => tlvs.length === 2);
    expect(events.map(provenanceOf).map(({ sender }) => sender)).toEqual([9, 9, 9, 8].map(addressOf));
  });

  test("an Algebra Fee is a new PoolInfo, in its place among the swaps", async () => {
    const pool = madePool("algebra");
    const swap = { amount0: 1n, amount1: -1n };
    const { messages } = await told(
      [
        madeLog("V3Swap", swap, { log_index: 3 }),
        madeLog("AlgebraFee", { fee: 250 }, { log_index: 2 }),
        madeLog("V3Swap", swap, { log_index: 1 }),
      ],
      [pool],
    );
    expect(messages.map(({ tlvs }) => tlvs[0]?.name)).toEqual([
      "TokenInfo",
      "TokenInfo",
      "PoolInfo",
      "PoolSwap",
      "PoolInfo",
      "PoolSwap",
    ]);
    expect(eventsOf(messages, "PoolInfo").map(({ fee }) => fee)).toEqual([3_000, 250]);
  });

  test("Initialize is a PoolState; its sqrt price is counted where u128 cannot hold it", async () => {
    const pool = madePool("v3");
    const initialize = (sqrtPriceX96: bigint) => madeLog("V3Initialize", { sqrtPriceX96, tick: -5 });
    const fits = await told([initialize(U128 - 1n)], [pool]);
    expect(eventsOf(fits.messages, "PoolState")).toMatchObject([
      { sqrt_price_x96: U128 - 1n, tick: -5, liquidity: 0n, reserve0: 0n, fee_rate: 30, pool_type: 2 },
    ]);
    const over = await told([initialize(U128)], [pool]);
    expect(eventsOf(over.messages, "PoolState")).toEqual([]);
    expect(over.faults.count("unfit_value")).toBe(1);
  });

  test("an event of another kind of pool is not this pool's", async () => {
    const { messages, faults } = await told([madeLog("V3Swap", { amount0: 1n, amount1: -1n })]);
    expect(messages).toEqual([]);
    expect(faults.lines()).toEqual([]);
  });

  test("a pool's log with a word out of range is counted by its place", async () => {
    const sync = madeLog("V2Sync", { reserve0: 2n ** 112n });
    const { messages, faults } = await told([sync]);
    expect(messages).toEqual([]);
    expect(faults.lines()).toEqual(["1 malformed_log, first: log 7 of block 100"]);
  });
});

describe("messages", () => {
  test("carry one source, a sequence without holes, the header time that was given", async () => {
    const { messages } = await told([madeLog("V2Sync", { reserve0: 1n, reserve1: 2n })]);
    expect(messages.map(({ sequence }) => sequence)).toEqual([0n, 1n, 2n, 3n]);
    for (const message of messages) {
      expect(message).toMatchObject({ source: SOURCE.polygon, timestamp_ns: 1_700_000_000_123_000_000n });
    }
  });

  test("a pool met for the first time gets its state at the end of that block, before the head, and only then", async () => {
    const header = {
      number: 100,
      unix_s: 1_700_000_000,
      hash: hashOf(0xb1),
      parent_hash: hashOf(0xb0),
      base_fee: 7n,
      gas_used: 1n,
      gas_limit: 2n,
      tx_count: 0,
    };
    const asked: number[] = [];
    const { encoder, messages } = setUp({
      snapshot: async (_pool, block_number) => {
        asked.push(block_number);
        return { reserve0: 11n, reserve1: 12n, sqrt_price_x96: 0n, liquidity: 0n, tick: 0 };
      },
    });
    const sync = madeLog("V2Sync", { reserve0: 11n, reserve1: 12n });
    await encoder.block({ ...unitOf(sync), header }, 1_000);
    await encoder.block(unitOf(sync), 2_000);
    expect(messages().map(({ tlvs }) => tlvs[0]?.name)).toEqual([
      "TokenInfo",
      "TokenInfo",
      "PoolInfo",
      "PoolSync",
      "PoolState",
      "ChainHead",
      "PoolSync",
    ]);
    expect(asked).toEqual([100]);
  });

  test("a state that the node does not tell yet is asked for after the next blocks, and not for ever", async () => {
    let refusals = 1;
    const state = { reserve0: 11n, reserve1: 12n, sqrt_price_x96: 0n, liquidity: 0n, tick: 0 };
    const { encoder, faults, messages } = setUp({ snapshot: async () => (refusals-- > 0 ? null : state) });
    await encoder.block(unitOf(madeLog("V2Sync", { reserve0: 11n, reserve1: 12n })), 1_000);
    expect(eventsOf(messages(), "PoolState")).toHaveLength(0);
    await encoder.block(unitOf(), 2_000);
    await encoder.block(unitOf(), 3_000);
    expect(eventsOf(messages(), "PoolState")).toHaveLength(1);
    encoder.restate();
    refusals = 9;
    for (let n = 0; n < 5; n++) {
      await encoder.block(unitOf(), 4_000 + (n * ENCODER_LIMITS.state_patience_ms) / 2);
    }
    expect(refusals).toBe(6);
    expect(eventsOf(messages(), "PoolState")).toHaveLength(1);
    expect(faults.lines()).toEqual([`1 unstated_pool, first: ${V2.address}`]);
  });
});
