import { beforeEach, describe, expect, test } from "vitest";
import { SHORT_TLV_HEADER_BYTES } from "../../protocol/tlv/header.ts";
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { HEADER_BYTES } from "../../protocol/tlv/registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Model } from "../model.ts";
import { address, feed, hash, message, rowsOf, START_MS, tick, transaction } from "../testing/messages.ts";
import { TX } from "./tx-record.ts";

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});

/** Status of each held transaction by its number, in seq order. */
function statuses(of = model): Record<number, unknown> {
  return Object.fromEntries(rowsOf(of, "tx.main").map((row) => [Number(row.id), row.status]));
}
const FIRST_VALUE = HEADER_BYTES + SHORT_TLV_HEADER_BYTES;
const GWEI = 1_000_000_000n;

describe("a transaction's status", () => {
  test("pending, then included or reverted, with the block", () => {
    feed(model, transaction(1), transaction(2));
    feed(model, transaction(1, { status: "included", block_number: 7n }));
    feed(model, transaction(2, { status: "reverted", block_number: 2n ** 64n - 1n }));
    expect(rowsOf(model, "tx.main")).toMatchObject([
      { status: "included", block_number: "7", seq: 7 },
      { status: "reverted", block_number: "18446744073709551615", seq: 8 },
    ]);
  });

  test.each([
    ["a higher fee", { max_fee_per_gas: 31n * GWEI }, "replaced", "pending"],
    ["the same fee and a higher tip", { max_priority_fee_per_gas: 2n * GWEI }, "replaced", "pending"],
    ["a fee that differs above 2^32", { max_fee_per_gas: 2n ** 100n }, "replaced", "pending"],
    ["a lower fee", { max_fee_per_gas: 29n * GWEI }, "pending", "replaced"],
    ["the same fee", {}, "pending", "pending"],
  ])("one with its nonce and %s", (_, fee, older, newer) => {
    feed(model, transaction(1, { nonce: 5n }), transaction(2, { nonce: 5n, ...fee }));
    expect(statuses()).toEqual({ 1: older, 2: newer });
  });

  test("another sender or chain has nonces of its own", () => {
    feed(model, transaction(1, { nonce: 5n }));
    feed(model, transaction(2, { nonce: 5n, max_fee_per_gas: 99n * GWEI, sender: address(77) }));
    feed(model, transaction(3, { nonce: 5n, max_fee_per_gas: 99n * GWEI, chain_id: 137n }));
    expect(statuses()).toEqual({ 1: "pending", 2: "pending", 3: "pending" });
  });

  test("inclusion beats fee, whichever comes first", () => {
    feed(model, transaction(1, { nonce: 5n }), transaction(2, { nonce: 5n, max_fee_per_gas: 99n * GWEI }));
    feed(model, transaction(1, { nonce: 5n, status: "included", block_number: 7n }));
    expect(statuses()).toEqual({ 1: "included", 2: "replaced" });
    feed(model, transaction(3, { nonce: 5n, max_fee_per_gas: 500n * GWEI }));
    expect(statuses()).toEqual({ 1: "included", 2: "replaced", 3: "replaced" });
  });

  test("one hash that names another nonce stands for that one only", () => {
    feed(model, transaction(1, { nonce: 5n }));
    feed(model, transaction(1, { nonce: 6n, status: "included", block_number: 1n }));
    feed(model, transaction(2, { nonce: 5n }), transaction(3, { nonce: 6n }));
    expect(statuses()).toEqual({ 1: "included", 2: "pending", 3: "replaced" });
  });

  test("however often one hash names other nonces, the index of them stays sound", () => {
    const small = new Model({ log_id: "test", caps: { "tx.main": 2 } });
    feed(small, tick(START_MS));
    for (let n = 0; n < 50; n++) {
      feed(small, transaction(1, { nonce: BigInt(n), status: "included", block_number: BigInt(n) }));
    }
    feed(small, transaction(2, { nonce: 3n }), transaction(3, { nonce: 49n }));
    expect(statuses(small)).toEqual({ 2: "pending", 3: "pending" });
  });

  test("late word of it pending changes nothing", () => {
    feed(model, transaction(1, { status: "included", block_number: 7n }));
    const { headSeq } = model;
    feed(model, transaction(1));
    expect(model.headSeq).toBe(headSeq);
    expect(statuses()).toEqual({ 1: "included" });
  });

  test("the wire may call it replaced or dropped, and then tells no more than that", () => {
    feed(model, transaction(1, { value: 3n }), transaction(2));
    feed(model, transaction(1, { status: "replaced", value: 0n }), transaction(2, { status: "dropped" }));
    expect(rowsOf(model, "tx.main")).toMatchObject([
      { status: "replaced", value_wei: "3" },
      { status: "dropped" },
    ]);
  });

  test("a status that the wire has not is counted and not folded", () => {
    const bytes = transaction(1);
    bytes[FIRST_VALUE + OFFSET.Transaction.status] = TX.reorged;
    feed(model, bytes);
    expect(statuses()).toEqual({});
    expect(model.counters.faults.unknown_status).toBe(1);
  });

  test("the same word again is a duplicate; inclusion in another block is not", () => {
    const included = transaction(1, { status: "included", block_number: 7n });
    feed(model, transaction(1), transaction(1), included, included);
    expect(model.counters.duplicates.transaction).toBe(2);
    expect(model.headSeq).toBe(4);
    feed(model, transaction(1, { status: "included", block_number: 8n }));
    expect(rowsOf(model, "tx.main")).toMatchObject([{ block_number: "8", seq: 5 }]);
  });
});

describe("a reorganisation", () => {
  const included = transaction(1, { status: "included", block_number: 7n });
  const undone = transaction(1, { status: "included", block_number: 7n }, { reorged: 1 });

  test("makes it reorged, or pending where the wire says so, until a block has it again", () => {
    feed(model, transaction(1), included, undone);
    expect(rowsOf(model, "tx.main")).toMatchObject([{ status: "reorged", block_number: null }]);
    feed(model, included);
    expect(statuses()).toEqual({ 1: "included" });
    feed(model, transaction(1, { status: "pending" }, { reorged: 1 }));
    expect(statuses()).toEqual({ 1: "pending" });
    feed(model, transaction(1, { status: "included", block_number: 8n }));
    expect(rowsOf(model, "tx.main")).toMatchObject([{ status: "included", block_number: "8" }]);
  });

  test("of another block, or heard of twice, changes nothing", () => {
    feed(model, included, transaction(1, { status: "included", block_number: 6n }, { reorged: 1 }));
    expect(statuses()).toEqual({ 1: "included" });
    feed(model, undone, undone);
    expect(model.counters.duplicates.transaction).toBe(2);
    expect(model.headSeq).toBe(4);
  });

  test("of one that is not held is nothing", () => {
    feed(model, undone);
    expect(statuses()).toEqual({});
  });
});

describe("pending for too long", () => {
  test("drops it at the first Tick after, and inclusion brings it back", () => {
    feed(model, transaction(1), tick(START_MS + MODEL_LIMITS.pending_max_ms - 1));
    expect(statuses()).toEqual({ 1: "pending" });
    feed(model, tick(START_MS + MODEL_LIMITS.pending_max_ms));
    expect(statuses()).toEqual({ 1: "dropped" });
    feed(model, transaction(1, { status: "included", block_number: 7n }));
    expect(statuses()).toEqual({ 1: "included" });
  });

  test("is counted from its return after a reorganisation", () => {
    feed(model, transaction(1, { status: "included", block_number: 7n }));
    feed(model, tick(START_MS + 400_000), transaction(1, { status: "pending" }, { reorged: 1 }));
    feed(model, tick(START_MS + MODEL_LIMITS.pending_max_ms + 1));
    expect(statuses()).toEqual({ 1: "pending" });
    feed(model, tick(START_MS + 400_000 + MODEL_LIMITS.pending_max_ms));
    expect(statuses()).toEqual({ 1: "dropped" });
  });

  test("drops no more than so many a Tick, oldest first", () => {
    for (let n = 1; n <= MODEL_LIMITS.drops_per_tick_count + 10; n++) feed(model, transaction(n));
    feed(model, tick(START_MS + MODEL_LIMITS.pending_max_ms));
    const dropped = Object.entries(statuses()).filter(([, status]) => status === "dropped");
    expect(dropped.map(([n]) => Number(n))).toEqual(
      Array.from({ length: MODEL_LIMITS.drops_per_tick_count }, (_, i) => i + 1),
    );
    feed(model, tick(START_MS + MODEL_LIMITS.pending_max_ms + 1));
    expect(new Set(Object.values(statuses()))).toEqual(new Set(["dropped"]));
  });
});

describe("details", () => {
  test("tell the entity, its life and the ids of its pool events", () => {
    feed(model, transaction(1), tick(START_MS + 2_000));
    feed(model, transaction(1, { status: "included", block_number: 7n }));
    expect(model.transaction(hash(1))).toMatchObject({
      id: hash(1),
      status: "included",
      archived: false,
      pool_events: [],
      life: [
        { status: "pending", unix_ms: START_MS, block_number: null },
        { status: "included", unix_ms: START_MS + 2_000, block_number: "7" },
      ],
    });
  });

  test("outlive the row, whose life goes on when it comes again", () => {
    const small = new Model({ log_id: "test", caps: { "tx.main": 1 } });
    feed(small, tick(START_MS), transaction(1), tick(START_MS + 1_000), transaction(2));
    expect(Object.keys(statuses(small))).toEqual(["2"]);
    expect(small.transaction(hash(1))).toMatchObject({ archived: true, status: "pending", seq: 1 });
    feed(small, transaction(1, { status: "included", block_number: 7n }));
    expect(small.transaction(hash(1))).toMatchObject({
      archived: false,
      seen_unix_ms: START_MS,
      life: [{ status: "pending" }, { status: "included" }],
    });
    expect(small.transaction(hash(2))).toMatchObject({ archived: true });
  });

  test("late word of one that was archived in a later state brings it back as it was", () => {
    const small = new Model({ log_id: "test", caps: { "tx.main": 1 } });
    feed(small, tick(START_MS), transaction(1, { status: "included", block_number: 7n }), transaction(2));
    feed(small, transaction(1));
    expect(statuses(small)).toEqual({ 1: "included" });
  });

  test("are bounded: the archive and the steps of a life", () => {
    const small = new Model({ log_id: "test", caps: { "tx.main": 1 } });
    const total = MODEL_LIMITS.archived_per_row_count + 2;
    for (let n = 1; n <= total; n++) feed(small, transaction(n));
    expect(small.transaction(hash(1))).toBeNull();
    expect(small.transaction(hash(2))).toMatchObject({ archived: true });
    for (let block = 1n; block <= 20n; block++) {
      feed(small, transaction(total, { status: "included", block_number: block }));
    }
    const life = (small.transaction(hash(total)) as { life: { block_number: string | null }[] }).life;
    expect(life).toHaveLength(MODEL_LIMITS.life_steps_count);
    expect(life.map((step) => step.block_number)).toEqual([null, "14", "15", "16", "17", "18", "19", "20"]);
  });

  test("of what was never seen, or is no hash, are null", () => {
    for (const id of [hash(9), "", "0x", hash(9).toUpperCase(), `${hash(9)}0`, "log:1"]) {
      expect(model.transaction(id)).toBeNull();
    }
  });
});

test("optional fields are null where the flags say so", () => {
  feed(model, transaction(1, { flags: 0, calldata_length: 3, method_selector: "0x12345678" }));
  expect(rowsOf(model, "tx.main")).toMatchObject([
    {
      to: null,
      gas_price_wei: null,
      max_fee_per_gas_wei: null,
      max_priority_fee_per_gas_wei: null,
      method_selector: null,
      block_number: null,
    },
  ]);
});

test("a message without TLVs is counted and folded to nothing", () => {
  feed(model, message([]));
  expect(model.counters.messages).toEqual({ none: 1, Tick: 1 });
  expect(model.headSeq).toBe(0);
});
