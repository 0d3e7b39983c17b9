import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { COLLECTOR_STATE, VENUE } from "../../protocol/tlv/registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Model } from "../model.ts";
import {
  chainHead,
  collectorStatus,
  feed,
  hash,
  message,
  poolInfo,
  rowsOf,
  START_MS,
  swap,
  tick,
  transaction,
} from "../testing/messages.ts";

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});
/** For properties, which make many. */
const small = () =>
  new Model({
    log_id: "test",
    log_bytes: 8_192,
    caps: { "tx.main": 1, "pool.main": 1, "pool.state": 1, "market.main": 1 },
  });
const chains = () => rowsOf(model, "chain.main");

describe("chain.main", () => {
  test("shows the head and what the collector says", () => {
    feed(model, chainHead(5), collectorStatus("backfilling"));
    expect(chains()).toEqual([
      {
        id: "1",
        seq: 2,
        head_block: "5",
        head_hash: hash(5),
        block_unix_ms: START_MS + 60_000,
        base_fee_wei: "7000000000",
        gas_used_ratio: 0.5,
        tx_per_s: 0,
        swaps_per_s: 0,
        reorgs: 0,
        last_reorg_depth: null,
        block_time_ms: 12_000,
        gas_price_wei: "7000000000",
        collector_state: "backfilling",
        collector_id: "collector-1",
        last_event_unix_ms: START_MS,
      },
    ]);
  });

  test("has a row a chain, and none for a chain that only transactions name", () => {
    feed(model, transaction(1, { chain_id: 99n }), chainHead(5), chainHead(5, { chain_id: 2n ** 64n - 1n }));
    expect(chains().map((row) => row.id)).toEqual(["1", "18446744073709551615"]);
  });

  test("a head without a base fee or a gas limit has none and no ratio", () => {
    feed(model, chainHead(5), chainHead(6, { flags: 0, gas_limit: 0n }));
    expect(chains()).toMatchObject([{ base_fee_wei: null, gas_used_ratio: null }]);
  });

  test("a state that the wire has not is counted and not folded", () => {
    const bytes = collectorStatus("stopped");
    const at = bytes.findIndex((byte, i) => byte !== collectorStatus("connected")[i] && i >= 32);
    expect(bytes[at]).toBe(COLLECTOR_STATE.stopped);
    bytes[at] = 9;
    feed(model, bytes);
    expect(chains()).toEqual([]);
    expect(model.counters.faults.unknown_status).toBe(1);
  });
});

describe("reorganisations", () => {
  test("another parent, or another hash at a known number, is one; the same head again is a duplicate", () => {
    feed(model, chainHead(5), chainHead(6), chainHead(6));
    expect(chains()).toMatchObject([{ head_block: "6", reorgs: 0 }]);
    expect(model.counters.duplicates.chain_head).toBe(1);
    feed(model, chainHead(7, { parent_hash: hash(66) }));
    expect(chains()).toMatchObject([{ head_block: "7", reorgs: 1 }]);
    feed(model, chainHead(6, { block_hash: hash(67), parent_hash: hash(5) }));
    expect(chains()).toMatchObject([{ head_block: "6", head_hash: hash(67), reorgs: 2 }]);
    feed(model, chainHead(7, { parent_hash: hash(67) }));
    expect(chains()).toMatchObject([{ head_block: "7", reorgs: 2 }]);
  });

  test("late heads are none: known ones, and those before what is remembered", () => {
    feed(model, chainHead(5), chainHead(6), chainHead(7), chainHead(5));
    feed(
      model,
      chainHead(5 + MODEL_LIMITS.heads_remembered_count + 10),
      chainHead(4),
      chainHead(3, { block_hash: hash(33) }),
    );
    expect(chains()).toMatchObject([
      { head_block: String(5 + MODEL_LIMITS.heads_remembered_count + 10), reorgs: 0 },
    ]);
  });

  const branch = (from: number, to: number, mark: number, fork: number, parent = fork - 1) =>
    Array.from({ length: to - from + 1 }, (_, i) => {
      const n = from + i;
      return chainHead(n, {
        block_hash: hash(mark + n),
        parent_hash: hash(n === fork ? parent : mark + n - 1),
      });
    });
  const reorgs = () =>
    chains().map(({ head_block, reorgs: count, last_reorg_depth: depth }) => [head_block, count, depth]);

  test("of several blocks is one, as deep as the blocks that it took back", () => {
    feed(model, ...[5, 6, 7, 8].map((n) => chainHead(n)));
    expect(reorgs()).toEqual([["8", 0, null]]);
    feed(model, ...branch(6, 10, 600, 6));
    expect(reorgs()).toEqual([["10", 1, 3]]);
    feed(model, ...branch(10, 12, 700, 10, 609));
    expect(reorgs()).toEqual([["12", 2, 1]]);
    feed(model, chainHead(6), chainHead(7));
    expect(reorgs()).toEqual([["7", 3, 7]]);
  });

  test("that shows itself by its tip grows as deep as the heads that come behind show", () => {
    feed(model, ...[5, 6, 7, 8].map((n) => chainHead(n)));
    const [six, seven, eight, nine] = branch(6, 9, 600, 6) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    feed(model, nine);
    expect(reorgs()).toEqual([["9", 1, 1]]);
    feed(model, eight);
    expect(reorgs()).toEqual([["9", 1, 2]]);
    feed(model, seven);
    expect(reorgs()).toEqual([["9", 1, 3]]);
    const { headSeq } = model;
    feed(model, six);
    expect(reorgs()).toEqual([["9", 1, 3]]);
    expect([model.headSeq, model.counters.duplicates.chain_head]).toEqual([headSeq, 0]);
    feed(model, six, seven);
    expect(model.counters.duplicates.chain_head).toBe(2);
  });

  test("behind a gap is seen where a late head of the gap tells of it", () => {
    feed(model, ...[5, 6, 7].map((n) => chainHead(n)), ...branch(10, 11, 600, 6));
    expect(reorgs()).toEqual([["11", 0, null]]);
    feed(model, ...branch(7, 9, 600, 6).toReversed());
    expect(reorgs()).toEqual([["11", 1, 2]]);
  });

  test("whose heads come in any order is one, and as deep as it was", () => {
    const any = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      undone: fc.integer({ min: 1, max: 6 }),
      more: fc.integer({ min: 1, max: 4 }),
      order: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
    });
    fc.assert(
      fc.property(any, ({ length, undone, more, order }) => {
        const fresh = small();
        const top = 10 + length;
        const low = Math.max(11, top - undone + 1);
        for (let n = 10; n <= top; n++) feed(fresh, chainHead(n));
        const heads = branch(low, top + more, 600, low);
        const shuffled = heads.toSorted(
          (a, b) => (order[heads.indexOf(a)] as number) - (order[heads.indexOf(b)] as number),
        );
        feed(fresh, ...shuffled);
        expect(rowsOf(fresh, "chain.main")).toMatchObject([
          { head_block: String(top + more), reorgs: 1, last_reorg_depth: top - low + 1 },
        ]);
        expect(fresh.counters.duplicates.chain_head).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("are those of their own chain", () => {
    const all = [1n, 137n, 10n].flatMap((chain_id) => [5, 6, 7].map((n) => chainHead(n, { chain_id })));
    feed(model, ...all, chainHead(6, { chain_id: 137n, block_hash: hash(66) }));
    expect(chains().map(({ id, reorgs: count, last_reorg_depth: depth }) => [id, count, depth])).toEqual([
      ["1", 0, null],
      ["10", 0, null],
      ["137", 1, 2],
    ]);
  });

  test("are as many and as deep as a chain that forks at random has, whatever heads are heard twice", () => {
    const step = fc.record({ back: fc.nat(5), forward: fc.integer({ min: 1, max: 6 }), again: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const fresh = small();
        // The hash of each block of the chain as it is, and what the rules say of it.
        const chain = [1_000];
        let [count, depth, next] = [0, null as number | null, 1_001];
        feed(fresh, tick(START_MS), chainHead(0, { block_hash: hash(1_000) }));
        for (const { back, forward, again } of steps) {
          const undone = Math.min(back, chain.length - 1);
          chain.length -= undone;
          if (undone > 0) [count, depth] = [count + 1, undone];
          const from = chain.length;
          for (let n = 0; n < forward; n++) chain.push(next++);
          const heads = Array.from({ length: forward }, (_, n) =>
            chainHead(from + n, {
              block_hash: hash(chain[from + n] as number),
              parent_hash: hash(chain[from + n - 1] as number),
            }),
          );
          feed(fresh, ...heads, ...heads.slice(0, again));
        }
        expect(rowsOf(fresh, "chain.main")).toMatchObject([
          { head_block: String(chain.length - 1), reorgs: count, last_reorg_depth: depth },
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test("a gap is none", () => {
    feed(model, chainHead(5), chainHead(9));
    expect(chains()).toMatchObject([{ head_block: "9", reorgs: 0 }]);
  });

  test("block 0 is a head like any other", () => {
    feed(model, chainHead(0, { parent_hash: hash(0), block_hash: hash(1_000) }));
    feed(model, chainHead(0, { parent_hash: hash(0), block_hash: hash(1_000) }));
    feed(model, chainHead(1, { parent_hash: hash(1_000) }));
    expect(chains()).toMatchObject([{ head_block: "1", reorgs: 0 }]);
    expect(model.counters.duplicates.chain_head).toBe(1);
  });
});

describe("on each Tick", () => {
  test("rates are those of the last 60 s of fold time", () => {
    feed(model, chainHead(5));
    for (let n = 0; n < 30; n++) feed(model, transaction(n), swap({}, { log_index: n }));
    feed(model, transaction(1), swap({}, { log_index: 1 }));
    feed(model, transaction(1, { status: "included", block_number: 6n }));
    expect(chains()).toMatchObject([{ tx_per_s: 0 }]);
    feed(model, tick(START_MS + 1_000));
    expect(chains()).toMatchObject([{ tx_per_s: 0.5, swaps_per_s: 0.5 }]);
    feed(model, tick(START_MS + 59_999), swap({}, { log_index: 1_000 }), tick(START_MS + 60_000));
    expect(chains()).toMatchObject([{ tx_per_s: 0, swaps_per_s: 1 / 60 }]);
    feed(model, tick(START_MS + 300_000));
    expect(chains()).toMatchObject([{ swaps_per_s: 0 }]);
  });

  test("a swap without provenance counts for the chain of its pool", () => {
    feed(model, chainHead(5), poolInfo(), swap(), tick(START_MS + 1_000));
    expect(chains()).toMatchObject([{ swaps_per_s: 1 / 60 }]);
  });

  test("a row changes only where it shows something else", () => {
    feed(model, chainHead(5), collectorStatus("stopped"), transaction(1), tick(START_MS + 1_000));
    const seqOf = () => chains()[0]?.seq;
    const seq = seqOf();
    feed(model, tick(START_MS + 2_000), tick(START_MS + 3_000));
    expect(seqOf()).toBe(seq);
    feed(model, tick(START_MS + 61_000));
    expect(seqOf()).not.toBe(seq);
  });

  test("a chain without a head for three expected block times is silent, until the next one", () => {
    feed(model, collectorStatus("connected"));
    // Blocks of 2 s: the expected time approaches them from 12 s.
    for (let n = 1; n <= 60; n++) {
      feed(model, chainHead(n, { block_timestamp: BigInt(2 * n) }), tick(START_MS + 2_000 * n));
    }
    expect(chains()).toMatchObject([{ collector_state: "connected", block_time_ms: 2_004 }]);
    const last = START_MS + 118_000;
    feed(model, tick(last + 6_000));
    expect(chains()).toMatchObject([{ collector_state: "connected" }]);
    feed(model, tick(last + 6_100));
    expect(chains()).toMatchObject([{ collector_state: "silent" }]);
    feed(model, chainHead(61, { block_timestamp: 122n }));
    expect(chains()).toMatchObject([{ collector_state: "connected" }]);
  });

  test("the first expected block time is the registry's, of chains that it does not know 12 s", () => {
    const ids = [1n, 137n, 99n, 2n ** 40n];
    feed(model, ...ids.map((chain_id) => chainHead(1, { chain_id })));
    expect(chains().map(({ block_time_ms }) => block_time_ms)).toEqual([12_000, 2_000, 12_000, 12_000]);
    feed(model, tick(START_MS + 6_001));
    const silent = () =>
      chains().flatMap(({ id, collector_state }) => (collector_state === "silent" ? [id] : []));
    expect(silent()).toEqual(["137"]);
    feed(model, tick(START_MS + 36_001));
    expect(new Set(silent())).toEqual(new Set(ids.map(String)));
  });

  test("a late head is no sign of life of the chain's head", () => {
    feed(model, chainHead(5), chainHead(7), tick(START_MS + 36_001), chainHead(6), tick(START_MS + 36_002));
    expect(chains()).toMatchObject([{ head_block: "7", collector_state: "silent" }]);
  });

  test.each(["stopped", "reconnecting", "backfilling"] as const)(
    "a collector that is %s stays so",
    (state) => {
      feed(model, chainHead(1), collectorStatus(state), tick(START_MS + 3_600_000));
      expect(chains()).toMatchObject([{ collector_state: state }]);
    },
  );
});

describe("what gas costs", () => {
  const gas = (
    block: bigint,
    gwei: { total: number; base: number; tip: number },
    venue: number = VENUE.Ethereum,
  ) =>
    message([
      {
        name: "GasPrice",
        block_number: block,
        timestamp_ns: 0n,
        gas_price_gwei: gwei.total,
        base_fee_gwei: gwei.base,
        priority_fee_gwei: gwei.tip,
        venue,
      },
    ]);
  const fees = () => chains().map(({ base_fee_wei, gas_price_wei }) => [base_fee_wei, gas_price_wei]);

  test("is the head's base fee where nobody told a tip, and nothing where it has none", () => {
    feed(model, gas(1n, { total: 9, base: 5, tip: 4 }));
    expect(chains()).toEqual([]);
    feed(model, chainHead(5, { base_fee: 7_000_000_001n }));
    expect(fees()).toEqual([["7000000001", "7000000001"]]);
    feed(model, chainHead(6, { flags: 0 }));
    expect(fees()).toEqual([[null, null]]);
  });

  test("is base fee and tip from the first GasPrice on, each as it was last told", () => {
    feed(model, chainHead(5, { base_fee: 7_000_000_001n }), gas(5n, { total: 10, base: 7, tip: 2 }));
    expect(fees()).toEqual([["7000000001", "10000000001"]]);
    feed(model, gas(6n, { total: 22, base: 20, tip: 1 }));
    expect(fees()).toEqual([["20000000000", "22000000000"]]);
    feed(model, chainHead(6, { base_fee: 19_500_000_000n }));
    expect(fees()).toEqual([["19500000000", "21500000000"]]);
    feed(model, gas(5n, { total: 90, base: 7, tip: 2 }));
    expect(fees()).toEqual([["19500000000", "21500000000"]]);
    feed(model, gas(6n, { total: 0, base: 20, tip: 1 }));
    expect(fees()).toEqual([["19500000000", "20500000000"]]);
  });

  test("of a chain without base fees is the price that was told, up to the largest field", () => {
    feed(
      model,
      chainHead(5, { flags: 0, chain_id: 137n }),
      gas(5n, { total: 2 ** 32 - 1, base: 0, tip: 0 }, VENUE.Polygon),
    );
    expect(fees()).toEqual([["0", "4294967295000000000"]]);
  });
});
