/** Following a chain that does what chains do: grows, reorganises, both while it is being asked. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockFetch, FETCH_LIMITS } from "./block-fetch.ts";
import { BlockEncoder } from "./encoder.ts";
import { EvmFaults } from "./faults.ts";
import { FOLLOW_LIMITS, Follower, type FollowLimits } from "./follower.ts";
import { HANDED_LIMITS } from "./handed-blocks.ts";
import { RpcError } from "./rpc/rpc.ts";
import { FAKE_POOL, FakeChain } from "./testing/fake-chain.ts";
import { bookOf, madePool } from "./testing/made-logs.ts";
import { decodeAll, eventsOf } from "./testing/messages.ts";
import { standing } from "./testing/told-events.ts";

function setUp(limits: Partial<FollowLimits> = {}) {
  const chain = new FakeChain();
  const faults = new EvmFaults();
  const parts: Uint8Array[] = [];
  const states: number[] = [];
  const blocks = new BlockFetch(chain, faults);
  const backfills: string[] = [];
  const follower = new Follower({
    blocks,
    encoder: new BlockEncoder({
      chain_id: 1,
      pools: bookOf(madePool("v2", FAKE_POOL)),
      faults,
      snapshot: async (_pool, block_number) => {
        states.push(block_number);
        return { reserve0: 1n, reserve1: 1n, sqrt_price_x96: 0n, liquidity: 0n, tick: 0 };
      },
      sink: (message) => parts.push(message),
    }),
    faults,
    clock: {
      now: () => ({ ms: 0, unix_ms: 1_700_000_000_000 }),
      after: (_ms, run) => {
        queueMicrotask(run);
        return () => {};
      },
    },
    random: () => 0.5,
    limits: { ...FOLLOW_LIMITS, ...limits },
    onBackfill: (first, last) => backfills.push(`${first} to ${last}`),
  });
  const messages = () => decodeAll(Buffer.concat(parts));
  return {
    chain,
    faults,
    follower,
    states,
    backfills,
    follow: async () => follower.follow(await blocks.latest()),
    heads: () => eventsOf(messages(), "ChainHead").map(({ block_number }) => Number(block_number)),
    messages,
    told: () => standing(messages()),
  };
}

describe("a chain that grows", () => {
  test("is followed from its head at the start, block by block, however many come at once", async () => {
    const { chain, follow, heads, told, faults } = setUp();
    chain.mine(3, 2);
    await follow();
    chain.mine(1, 1);
    await follow();
    chain.mine(20, 2);
    await follow();
    await follow();
    expect(heads()).toEqual([3, 4, ...Array.from({ length: 20 }, (_, n) => 5 + n)]);
    expect(told()).toMatchObject({ events: chain.events(3), wrong: [] });
    expect(faults.lines()).toEqual([]);
  });

  test("a block that is named too early comes when it is there", async () => {
    const { chain, follower, follow, heads, faults } = setUp();
    await follow();
    chain.mine(1, 1);
    const { head } = chain;
    chain.drop(1);
    let asked = 0;
    chain.onRequest = (method) => {
      if (method === "eth_getBlockByHash" && ++asked === 3) chain.blocks.push(head);
    };
    const { number, hash, parentHash } = head;
    await follower.follow({ number: Number(number), hash, parent_hash: parentHash });
    expect(heads()).toEqual([0, 1]);
    expect(faults.lines()).toEqual([]);
  });

  test("a block that was never there is no loss, and what follows it comes", async () => {
    const { chain, follower, follow, heads, faults } = setUp();
    await follow();
    const ghost = { number: 1, hash: `0x${"ee".repeat(32)}`, parent_hash: chain.head.hash };
    await follower.follow(ghost);
    chain.mine(2, 0);
    await follow();
    expect(heads()).toEqual([0, 1, 2]);
    expect(faults.lines()).toEqual([]);
  });

  test("a block that the node does not give is missed and counted; pools' states are told anew after it", async () => {
    const { chain, follow, heads, faults, states } = setUp();
    chain.mine(1, 1);
    await follow();
    chain.mine(3, 0);
    const missing = chain.blocks[3]?.hash;
    const answer = chain.request.bind(chain);
    chain.request = async (method, params) =>
      method === "eth_getBlockByHash" && params[0] === missing ? null : answer(method, params);
    await follow();
    expect(heads()).toEqual([1, 2, 4]);
    expect(faults.lines()).toEqual(["1 missed_block, first: block 3: the node does not have it whole"]);
    expect(states).toEqual([1, 4]);
  });

  test("a node that is behind takes nothing back", async () => {
    const { chain, follower, follow, told } = setUp();
    chain.mine(6, 1);
    await follow();
    const before = chain.blocks[4];
    chain.mine(2, 1);
    await follow();
    const { number = "", hash = "", parentHash = "" } = before ?? {};
    await follower.follow({ number: Number(number), hash, parent_hash: parentHash });
    expect(told()).toMatchObject({ events: chain.events(6), wrong: [] });
  });
});

describe("an outage", () => {
  test("is caught up with: the newest blocks whole, the older as their pool events and heads", async () => {
    const { chain, follower, follow, heads, told, faults, backfills, states } = setUp({
      whole_blocks_count: 5,
      log_blocks_count: 4,
    });
    await follow();
    chain.mine(100, 2);
    follower.resume();
    await follow();
    expect(heads()).toEqual(Array.from({ length: 101 }, (_, n) => n));
    expect(told()).toMatchObject({ events: chain.events(0), wrong: [] });
    expect(told().transactions).toHaveLength(10);
    expect(faults.lines()).toEqual([
      "190 missed_transaction, first: block 1: its pool events and head alone",
    ]);
    expect(backfills).toEqual(["1 to 100"]);
    // What the pool held where any node knows it, and not at the old block where it was met.
    expect(states).toEqual([36]);
  });

  test("longer than can be caught up with: the oldest blocks are missed and counted", async () => {
    const { chain, follow, heads, faults } = setUp({ max_outage_blocks_count: 10 });
    await follow();
    chain.mine(25, 0);
    await follow();
    expect(heads()).toEqual([0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(faults.lines()).toEqual(["15 missed_block, first: blocks 1 to 15: too far behind"]);
  });

  test.each([
    ["a range that is too large", new RpcError("query returned more than 10000 results", -32_005)],
    ["a range that takes too long", new RpcError("no answer", null, { isTimeout: true })],
  ])("%s is asked for in parts", async (_name, refusal) => {
    const { chain, follow, told } = setUp({ whole_blocks_count: 1 });
    await follow();
    chain.mine(100, 1);
    const spans: number[] = [];
    chain.onRequest = (method, [filter]) => {
      if (method !== "eth_getLogs") return;
      const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
      const span = Number(toBlock) - Number(fromBlock) + 1;
      if (span > 7) throw refusal;
      spans.push(span);
    };
    await follow();
    expect(told()).toMatchObject({ events: chain.events(0), wrong: [] });
    expect(Math.max(...spans)).toBeGreaterThan(3);
    expect(FETCH_LIMITS.log_range_count).toBeGreaterThan(7);
  });

  test("a single block that is refused, or a node that is gone, is an error and not an endless search", async () => {
    const { chain, follow } = setUp({ whole_blocks_count: 1 });
    await follow();
    chain.mine(10, 1);
    const refusal = new RpcError("too many results", -32_005);
    chain.onRequest = (method) => {
      if (method === "eth_getLogs") throw refusal;
    };
    // 9 blocks, 5, 3, 2, 1.
    await expect(follow()).rejects.toBe(refusal);
    expect(chain.asked.filter((name) => name === "eth_getLogs")).toHaveLength(5);
  });
});

describe("a reorg", () => {
  test("takes back its blocks whole, the newest first, before the new branch", async () => {
    const { chain, follow, messages, told } = setUp();
    chain.mine(4, 2);
    await follow();
    chain.mine(2, 1);
    await follow();
    const before = messages().length;
    const left = chain.events(5).toReversed();
    chain.drop(2);
    chain.mine(3, 1);
    await follow();
    const after = messages().slice(before);
    const isUndone = after.map(({ tlvs: [, place] }) => place?.name === "Provenance" && place.reorged === 1);
    expect(isUndone).toEqual(isUndone.toSorted((a, b) => Number(b) - Number(a)));
    const undone = after.flatMap(({ tlvs: [event, place] }) =>
      event?.name !== "Transaction" && place?.name === "Provenance" && place.reorged === 1
        ? [`${place.block_hash}:${place.log_index}`]
        : [],
    );
    expect(undone).toEqual(left);
    expect(told()).toMatchObject({ events: chain.events(4), wrong: [] });
  });

  test("of more than is remembered is counted", async () => {
    const { chain, follow, faults, told } = setUp();
    chain.mine(1, 1);
    await follow();
    chain.mine(HANDED_LIMITS.blocks_count + 10, 1);
    await follow();
    chain.drop(HANDED_LIMITS.blocks_count + 5);
    chain.mine(HANDED_LIMITS.blocks_count + 6, 1);
    await follow();
    expect(faults.count("deep_reorg")).toBe(1);
    expect(told().wrong).toEqual([]);
  });

  test("to a chain of no block that is remembered, and shorter, is an error that says so", async () => {
    const { chain, follow } = setUp();
    chain.mine(400, 0);
    await follow();
    chain.mine(1, 0);
    await follow();
    chain.drop(300);
    chain.mine(1, 0);
    await expect(follow()).rejects.toThrow("the node is at block 102, far behind block 401");
  });

  test("whatever happens, and while it is being asked: what stands is what the chain has, and nothing is told twice", async () => {
    const step = fc.record({
      drop: fc.nat({ max: 12 }),
      mine: fc.integer({ min: 1, max: 14 }),
      transactions: fc.nat({ max: 2 }),
    });
    let reorgsMeanwhile = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ first: step, meanwhile: fc.array(fc.tuple(fc.nat(20), step)) }), {
          maxLength: 8,
        }),
        async (rounds) => {
          const { chain, follow, told, faults } = setUp({ whole_blocks_count: 4, log_blocks_count: 3 });
          const change = ({
            drop,
            mine,
            transactions,
          }: {
            drop: number;
            mine: number;
            transactions: number;
          }) => {
            // The first block that was handed over stays.
            chain.drop(Math.min(drop, chain.blocks.length - 1));
            chain.mine(mine, transactions);
          };
          await follow();
          for (const { first, meanwhile } of rounds) {
            change(first);
            const at = new Map(meanwhile);
            let requests = 0;
            chain.onRequest = () => {
              const due = at.get(requests++);
              if (due === undefined) return;
              reorgsMeanwhile += due.drop > 0 ? 1 : 0;
              change(due);
            };
            await follow();
          }
          chain.onRequest = () => {};
          await follow();
          expect(told()).toMatchObject({ events: chain.events(0), wrong: [] });
          expect(faults.count("missed_block")).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
    expect(reorgsMeanwhile).toBeGreaterThan(100);
  });
});

test("a node whose answers never fit together is an error, and nothing is taken for missed", async () => {
  const { chain, follow, heads, faults } = setUp();
  chain.mine(2, 1);
  await follow();
  chain.drop(1);
  chain.mine(2, 1);
  // As behind a balancer one of whose nodes lags.
  const answer = chain.request.bind(chain);
  chain.request = async (method, params) =>
    method === "eth_getBlockByNumber" && params[0] === "0x2" ? null : answer(method, params);
  await expect(follow()).rejects.toThrow("the node's chain does not hold still at 3");
  chain.request = answer;
  await follow();
  expect(heads()).toEqual([2, 2, 3]);
  expect(faults.lines()).toEqual([]);
});
