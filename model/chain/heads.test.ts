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
    const { headSeq } = model;
    feed(model, tick(START_MS + 2_000), tick(START_MS + 3_000));
    expect(model.headSeq).toBe(headSeq);
    feed(model, tick(START_MS + 61_000));
    expect(model.headSeq).toBe(headSeq + 1);
  });

  test("a chain without a head for three expected block times is silent, until the next one", () => {
    feed(model, collectorStatus("connected"));
    // Blocks of 2 s: the expected time approaches them from 12 s.
    for (let n = 1; n <= 60; n++) {
      feed(model, chainHead(n, { block_timestamp: BigInt(2 * n) }), tick(START_MS + 2_000 * n));
    }
    expect(chains()).toMatchObject([{ collector_state: "connected" }]);
    const last = START_MS + 118_000;
    feed(model, tick(last + 6_000));
    expect(chains()).toMatchObject([{ collector_state: "connected" }]);
    feed(model, tick(last + 6_100));
    expect(chains()).toMatchObject([{ collector_state: "silent" }]);
    feed(model, chainHead(61, { block_timestamp: 122n }));
    expect(chains()).toMatchObject([{ collector_state: "connected" }]);
  });

  test.each(["stopped", "reconnecting", "backfilling"] as const)(
    "a collector that is %s stays so",
    (state) => {
      feed(model, chainHead(1), collectorStatus(state), tick(START_MS + 3_600_000));
      expect(chains()).toMatchObject([{ collector_state: state }]);
    },
  );
});

test("GasPrice gives a known chain its base fee where its head does not", () => {
  const gas = (block: bigint, gwei: number) =>
    message([
      {
        name: "GasPrice",
        block_number: block,
        timestamp_ns: 0n,
        gas_price_gwei: 1,
        base_fee_gwei: gwei,
        priority_fee_gwei: 1,
        venue: VENUE.Ethereum,
      },
    ]);
  feed(model, gas(1n, 5));
  expect(chains()).toEqual([]);
  feed(model, chainHead(5), gas(5n, 20));
  expect(chains()).toMatchObject([{ base_fee_wei: "7000000000" }]);
  feed(model, gas(6n, 20));
  expect(chains()).toMatchObject([{ base_fee_wei: "20000000000" }]);
});
