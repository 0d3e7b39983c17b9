/** What blocks did to pools is taken back: the fold is left as if only the other branch had been. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MODEL_LIMITS } from "../limits.ts";
import { Model } from "../model.ts";
import {
  address,
  chainHead,
  feed,
  hash,
  mint,
  POOL,
  poolInfo,
  poolState,
  rowsOf,
  START_MS,
  smallModel,
  swap,
  sync,
  TOKEN1,
  tick,
  tokenInfo,
} from "../testing/messages.ts";

const Q96 = 1n << 96n;
let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});
const pools = () => rowsOf(model, "pool.state");
const events = () => rowsOf(model, "pool.main");

/** A place in block `number` of a branch. */
const at = (number: number, branch = 0, log_index = 0, reorged = 0) => ({
  block_number: BigInt(number),
  block_hash: hash(1_000 * branch + number),
  log_index,
  reorged,
});

describe("a block that is taken back", () => {
  test("gives a pool's record back whole: reserves, price, liquidity, swaps, volume", () => {
    feed(model, poolInfo(), poolState({ liquidity: 7n, reserve0: 50n, reserve1: 60n }));
    feed(model, swap({ sqrt_price_x96_after: Q96, liquidity_after: 9n, tick_after: 1 }, at(1)));
    const [before] = pools();
    const inBlock2 = [
      swap({ sqrt_price_x96_after: 3n * Q96, liquidity_after: 5n, tick_after: 2 }, at(2)),
      mint({ liquidity_delta: 100n }, at(2, 0, 1)),
    ];
    feed(model, ...inBlock2, mint({ liquidity_delta: 1n }, at(3)));
    expect(pools()).not.toMatchObject([{ liquidity: before?.liquidity }]);
    feed(model, swap({}, at(2, 0, 0, 1)));
    expect(pools()).toEqual([{ ...before, seq: pools()[0]?.seq }]);
    expect(events().map(({ status }) => status)).toEqual(["seen", "reorged", "reorged", "reorged"]);
    // Word of the other events' end is no news, and no duplicate either.
    feed(
      model,
      mint({ liquidity_delta: 100n }, at(2, 0, 1, 1)),
      mint({ liquidity_delta: 1n }, at(3, 0, 0, 1)),
    );
    expect(model.counters.duplicates.pool_event).toBe(0);
    expect(model.counters.faults.undo_lost).toBe(0);
    expect(pools()).toMatchObject([{ liquidity: "9" }]);
  });

  test("leaves no row of a pool that it saw first, and a client is told so", () => {
    feed(model, sync({ pool_address: address(1) }, at(1)));
    const { headSeq } = model;
    feed(model, sync({}, at(2)));
    feed(model, sync({}, at(2, 0, 0, 1)));
    expect(pools()).toMatchObject([{ id: address(1) }]);
    expect(model.channels.get("pool.state")?.changesSince(headSeq + 2)).toMatchObject({ remove: [POOL] });
  });

  test("leaves what a PoolInfo told, so that the pool goes on by it", () => {
    feed(model, sync({ pool_address: address(1) }, at(1)), poolInfo({ fee: 500 }));
    feed(model, sync({ reserve0: 1n }, at(2)), sync({}, at(2, 0, 0, 1)));
    expect(pools()).toMatchObject([{ id: address(1) }]);
    feed(model, sync({ reserve0: 2n }, at(2, 1)));
    expect(pools()[1]).toMatchObject({ fee: 500, swaps: 0, reserve0: { raw: "2" } });
  });

  test("leaves what a PoolInfo told while its events were there", () => {
    feed(model, sync({ reserve0: 1n }, at(1)), sync({ reserve0: 2n }, at(2)), poolInfo({ fee: 500 }));
    feed(model, sync({}, at(2, 0, 0, 1)));
    expect(pools()).toMatchObject([{ fee: 500, kind: "v3", reserve0: { raw: "1" } }]);
  });

  test("whose events come again is folded again, those that nobody took back by name too", () => {
    feed(model, swap({}, at(1)), swap({}, at(2)), swap({}, at(2, 0, 1)));
    feed(model, swap({}, at(2, 0, 1, 1)), swap({}, at(2, 1)));
    expect(pools()).toMatchObject([{ swaps: 2 }]);
    feed(model, swap({}, at(2, 1, 0, 1)), swap({}, at(2)), swap({}, at(2, 0, 1)), swap({}, at(2, 0, 1)));
    expect(pools()).toMatchObject([{ swaps: 3 }]);
    expect(events().filter(({ status }) => status === "seen")).toHaveLength(3);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("takes back the first state that a collector told of a pool after it", () => {
    feed(model, poolInfo(), mint({}, at(1)), poolState({ liquidity: 9n }), chainHead(1));
    expect(pools()).toMatchObject([{ liquidity: "9" }]);
    feed(model, mint({}, at(1, 0, 0, 1)));
    expect(pools()).toEqual([]);
  });

  test("takes back that a pool was initialized", () => {
    const initialize = (reorged: number) => poolState({ liquidity: 0n }, undefined, at(2, 0, 0, reorged));
    feed(model, sync({ pool_address: address(1) }, at(1)), poolInfo(), initialize(0));
    expect(pools()[1]).toMatchObject({ reserve0: { raw: "0" }, liquidity: "0", price: 1 });
    feed(model, initialize(1));
    expect(pools()).toMatchObject([{ id: address(1) }]);
    expect(events()).toHaveLength(1);
  });

  test("by another block of its height, where nobody said so", () => {
    feed(model, sync({ reserve0: 1n }, at(1)), chainHead(1));
    feed(model, sync({ reserve0: 2n }, at(2)), chainHead(2), swap({}, at(3)), chainHead(3));
    feed(model, chainHead(2, { block_hash: hash(1_002) }));
    expect(pools()).toMatchObject([{ swaps: 0, reserve0: { raw: "1" } }]);
    expect(events().map(({ status }) => status)).toEqual(["seen", "reorged", "reorged"]);
  });

  test("and is out of reach stands, and its events are counted", () => {
    feed(model, swap({}, at(1)));
    for (let n = 2; n <= MODEL_LIMITS.undo_blocks_count + 1; n++) feed(model, chainHead(n));
    feed(model, swap({}, at(1, 0, 0, 1)));
    expect(pools()).toMatchObject([{ swaps: 1 }]);
    expect(events()).toMatchObject([{ status: "reorged" }]);
    expect(model.counters.faults.undo_lost).toBe(1);
  });

  test("and that changed more pools than are kept stands, and is counted", () => {
    const small = new Model({ log_id: "test", caps: { "pool.state": 1 } });
    feed(small, tick(START_MS), swap({}, at(1)));
    for (let n = 0; n <= MODEL_LIMITS.undo_pools_per_row_count; n++) {
      feed(small, swap({ pool_address: address(n) }, at(2, 0, n)));
    }
    feed(small, swap({}, at(2, 0, 0, 1)));
    expect(small.counters.faults.undo_lost).toBe(2);
    expect(rowsOf(small, "pool.state")).toMatchObject([{ swaps: 1 }]);
  });
});

test("a pool that was forgotten and begins again is left as it begins", () => {
  const small = new Model({ log_id: "test", caps: { "pool.state": 1 } });
  const others = Array.from({ length: MODEL_LIMITS.pools_per_row_count }, (_, n) => address(n + 1));
  feed(small, tick(START_MS), poolInfo(), sync({ reserve0: 1n }, at(1)), sync({ reserve0: 2n }, at(2)));
  for (const pool_address of [...others, ...others.slice(0, -1)]) feed(small, sync({ pool_address }));
  feed(small, sync({ reserve0: 3n }));
  const [before] = rowsOf(small, "pool.state");
  expect(before).toMatchObject({ id: POOL, fee: null, reserve0: { raw: "3" } });
  feed(small, sync({}, at(2, 0, 0, 1)));
  expect(rowsOf(small, "pool.state")).toEqual([before]);
});

describe("an address that another chain holds", () => {
  test("is left alone by events and infos of other chains, which are counted", () => {
    feed(model, poolInfo(), sync({ reserve0: 1n }, { ...at(1), chain_id: 1n }));
    feed(model, sync({ reserve0: 2n }, { ...at(1), chain_id: 137n }), poolInfo({ chain_id: 137n, fee: 1 }));
    expect(pools()).toMatchObject([{ chain_id: 1, fee: 3_000, reserve0: { raw: "1" } }]);
    expect(events()).toMatchObject([
      { chain_id: 1 },
      { chain_id: 137, amount0: { raw: "2", decimals: 18 }, symbol0: null, pair: null },
    ]);
    expect(model.counters.faults.pool_chain_conflict).toBe(2);
    feed(model, sync({ reserve0: 3n }), swap({}, { ...at(1, 0, 1), chain_id: 137n }));
    expect(pools()).toMatchObject([{ chain_id: 1, reserve0: { raw: "3" }, swaps: 0 }]);
    expect(events()[3]).toMatchObject({ chain_id: 137, price: null, value_usd: null });
  });

  test("is taken back by its own chain only", () => {
    feed(model, sync({ reserve0: 1n }, { ...at(1), chain_id: 1n }));
    feed(model, sync({ reserve0: 2n }, { ...at(2), chain_id: 1n }));
    feed(
      model,
      swap({}, { ...at(2, 0, 1), chain_id: 137n }),
      swap({}, { ...at(2, 0, 1, 1), chain_id: 137n }),
    );
    expect(pools()).toMatchObject([{ reserve0: { raw: "2" } }]);
  });
});

describe("state after one branch, its undoing and another", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
  const pool = fc.nat(3).map((n) => address(0x90 + n));
  const event = fc.oneof(
    fc.tuple(fc.constant("swap" as const), pool, amount),
    fc.tuple(fc.constant("v3" as const), pool, amount),
    fc.tuple(fc.constant("sync" as const), pool, amount),
    fc.tuple(fc.constant("mint" as const), pool, amount),
    fc.tuple(fc.constant("burn" as const), pool, amount),
  );
  const block = fc.array(event, { maxLength: 5 });
  const branch = fc.array(block, { minLength: 1, maxLength: 6 });
  type Event = readonly ["swap" | "v3" | "sync" | "mint" | "burn", string, bigint];

  function messageOf([kind, pool_address, n]: Event, place: ReturnType<typeof at>): Uint8Array {
    switch (kind) {
      case "swap":
        return swap({ pool_address, amount_in: n }, place);
      case "v3":
        return swap(
          { pool_address, amount_out: n, sqrt_price_x96_after: Q96 + n, liquidity_after: n },
          place,
        );
      case "sync":
        return sync({ pool_address, reserve0: n, reserve1: n + 1n }, place);
      case "mint":
        return mint({ pool_address, liquidity_delta: n, amount0: n }, place);
      case "burn":
        return mint({ name: "PoolBurn", pool_address, liquidity_delta: n, amount1: n }, place);
    }
  }
  /** The blocks of a branch from a height on, as a collector tells them; `isHeaded`: with their heads. */
  function told(blocks: Event[][], from: number, name: number, isHeaded = true): Uint8Array[] {
    return blocks.flatMap((list, i) => {
      const place = at(from + i, name);
      const folded = list.map((item, log_index) => messageOf(item, { ...place, log_index }));
      const head = chainHead(from + i, { block_hash: place.block_hash });
      return isHeaded ? [...folded, head] : folded;
    });
  }
  const takenBack = (blocks: Event[][], from: number, name: number) =>
    blocks.flatMap((list, i) =>
      list.map((item, log_index) => messageOf(item, { ...at(from + i, name), log_index, reorged: 1 })),
    );

  const start = [
    tick(START_MS),
    tokenInfo({ symbol: "WETH" }),
    tokenInfo({ address: TOKEN1, symbol: "USDC", decimals: 6 }),
    poolInfo({ pool: address(0x90) }),
    poolState({ pool_address: address(0x90), reserve0: 10n ** 25n, reserve1: 10n ** 25n }),
  ];
  const stateOf = (of: Model) =>
    rowsOf(of, "pool.state")
      .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
      .map((row) => ({ ...row, seq: 0, last_seen_unix_ms: 0 }));
  const folded = (...log: Uint8Array[]) => {
    const one = smallModel();
    feed(one, ...start, ...log);
    return one;
  };

  let undone = 0;
  test("is that of the other alone, whether the undoing is told oldest first, newest first or by heads only", () => {
    fc.assert(
      fc.property(
        branch,
        branch,
        branch,
        fc.constantFrom("oldest", "newest", "never"),
        (common, a, b, how) => {
          const from = 10 + common.length;
          const before = told(common, 10, 0);
          const undoing = takenBack(a, from, 1);
          if (how === "newest") undoing.reverse();
          if (how === "never") undoing.length = 0;
          const both = folded(...before, ...told(a, from, 1), ...undoing, ...told(b, from, 2));
          const only = folded(...before, ...told(b, from, 2));
          expect(stateOf(both)).toEqual(stateOf(only));
          expect(both.counters.faults.undo_lost).toBe(0);
          if (a.flat().length > 0) undone++;
        },
      ),
      { numRuns: 60 },
    );
    expect(undone).toBeGreaterThan(30);
  });

  test("is that of the first where the chain comes back to it, however little of the undoing was told", () => {
    fc.assert(
      fc.property(branch, branch, fc.nat(4), (a, b, told1) => {
        const undoing = takenBack(a, 10, 1).slice(0, told1);
        const one = folded(
          ...told(a, 10, 1),
          ...undoing,
          ...told(b, 10, 2),
          ...takenBack(b, 10, 2),
          ...told(a, 10, 1),
        );
        expect(stateOf(one)).toEqual(stateOf(folded(...told(a, 10, 1))));
      }),
      { numRuns: 50 },
    );
  });
});
