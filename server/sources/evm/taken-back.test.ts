/** What a reorg takes back, and states that are told anew or later. */
import { describe, expect, test } from "vitest";
import type { Message } from "../../../protocol/tlv/decode.ts";
import { TX_STATUS } from "../../../protocol/tlv/registry.ts";
import type { BlockUnit, ChainLog, ChainTransaction } from "./chain.ts";
import { BlockEncoder, ENCODER_LIMITS } from "./encoder.ts";
import { EvmFaults } from "./faults.ts";
import type { Pool, PoolSnapshot } from "./pools.ts";
import { addressOf, bookOf, hashOf, madeLog, madePool } from "./testing/made-logs.ts";
import { decodeAll, eventsOf, provenanceOf } from "./testing/messages.ts";

function setUp({
  pools = [madePool("v2")],
  snapshot = async () => null,
}: {
  pools?: readonly Pool[];
  snapshot?: (pool: Pool, block_number: number) => Promise<PoolSnapshot | null>;
} = {}) {
  const parts: Uint8Array[] = [];
  const encoder = new BlockEncoder({
    chain_id: 137,
    pools: bookOf(...pools),
    faults: new EvmFaults(),
    snapshot,
    sink: (message) => parts.push(message),
  });
  return { encoder, messages: (): Message[] => decodeAll(Buffer.concat(parts)) };
}

const unitOf = (...logs: ChainLog[]): BlockUnit => ({
  number: 100,
  unix_s: 1_700_000_000,
  header: null,
  transactions: [],
  logs,
});

describe("a block taken back", () => {
  const REF = { number: 100, hash: hashOf(0xb1), parent_hash: hashOf(0xb0) };
  const transaction = (byte: number, reverted: boolean): ChainTransaction => ({
    hash: hashOf(byte),
    sender: addressOf(9),
    to: addressOf(8),
    nonce: 5n,
    tx_type: 2,
    value: 3n,
    gas_limit: 21_000n,
    gas_price: 7n,
    max_fee_per_gas: 9n,
    max_priority_fee_per_gas: 1n,
    input: "0x",
    block_number: 100,
    tx_index: byte,
    reverted,
  });

  test("is told backwards: events as reorged, then transactions as pending again, with the block they left", async () => {
    const { encoder, messages } = setUp();
    const told = await encoder.block(
      {
        ...unitOf(
          madeLog("V2Sync", { reserve0: 1n, reserve1: 2n }, { log_index: 1 }),
          madeLog("V2Swap", { amount0In: 2n, amount1Out: 1n }, { log_index: 2 }),
        ),
        transactions: [transaction(0, false), transaction(1, true)],
      },
      1_000,
    );
    const before = messages().length;
    encoder.takeBack(REF, told, 2_000);
    const undone = messages().slice(before);
    expect(undone.map(({ tlvs }) => tlvs[0]?.name)).toEqual([
      "PoolSwap",
      "PoolSync",
      "Transaction",
      "Transaction",
    ]);
    expect(undone.map((message) => provenanceOf(message).reorged)).toEqual([1, 1, 1, 1]);
    const last = undone.at(-1) as Message;
    expect(last.tlvs[0]).toMatchObject({
      hash: hashOf(0),
      status: TX_STATUS.pending,
      block_number: 100n,
      value: 3n,
    });
    expect(provenanceOf(last)).toMatchObject({ tx_hash: hashOf(0), block_hash: REF.hash, tx_index: 0 });
    expect(messages().map(({ sequence }) => Number(sequence))).toEqual(messages().map((_, index) => index));
  });

  test("gives a pool its fee back, and has its state told anew at the next block", async () => {
    const pool = madePool("algebra");
    const asked: number[] = [];
    const { encoder, messages } = setUp({
      pools: [pool],
      snapshot: async (_pool, block_number) => {
        asked.push(block_number);
        return { reserve0: 0n, reserve1: 0n, sqrt_price_x96: 1n, liquidity: 2n, tick: 0 };
      },
    });
    const told = await encoder.block(unitOf(madeLog("AlgebraFee", { fee: 500 })), 1_000);
    expect(pool.fee).toBe(500);
    encoder.takeBack(REF, told, 2_000);
    expect(pool.fee).toBe(3_000);
    expect(eventsOf(messages(), "PoolInfo").map(({ fee }) => fee)).toEqual([3_000, 500, 3_000]);
    await encoder.block({ ...unitOf(), number: 101 }, 3_000);
    await encoder.block({ ...unitOf(), number: 102 }, 3_000);
    expect(asked).toEqual([100, 101]);
    expect(eventsOf(messages(), "PoolState").map(({ block_number }) => block_number)).toEqual([100n, 101n]);
  });
});

test("so many states are told after a block and no more; the others follow after the next", async () => {
  const count = ENCODER_LIMITS.states_per_block_count + 10;
  const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}`;
  const pools = Array.from({ length: count }, (_, n) => madePool("v2", address(n + 1)));
  const { encoder, messages } = setUp({
    pools,
    snapshot: async () => ({ reserve0: 1n, reserve1: 1n, sqrt_price_x96: 0n, liquidity: 0n, tick: 0 }),
  });
  const logs = pools.map((pool, n) =>
    madeLog("V2Sync", { reserve0: 1n, reserve1: 1n }, { address: pool.address, log_index: n }),
  );
  const states = () => eventsOf(messages(), "PoolState").length;
  await encoder.block(unitOf(...logs), 1_000);
  expect(states()).toBe(ENCODER_LIMITS.states_per_block_count);
  await encoder.block(unitOf(), 1_000);
  expect(states()).toBe(count);
});
