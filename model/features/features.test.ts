import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { FeatureTopEntity } from "../../protocol/stream/entities.ts";
import { Model } from "../model.ts";
import { feed, hash, rowsOf, START_MS, tick, transaction } from "../testing/messages.ts";

const ROUTER = "0x7a250d5630b4cf539739df2c5dacb4c659f2488d";
const SWAP = { to: ROUTER, calldata_length: 260, method_selector: "0x38ed1739" };
const TRANSFER = { calldata_length: 68, method_selector: "0xa9059cbb" };

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});
const top = () =>
  Object.fromEntries((rowsOf(model, "feature.top") as FeatureTopEntity[]).map((row) => [row.id, row]));

describe("feature.main", () => {
  test("has a row a transaction as it was first seen", () => {
    feed(
      model,
      transaction(1, SWAP),
      transaction(2),
      transaction(1, { ...SWAP, status: "included", block_number: 7n }),
    );
    expect(rowsOf(model, "feature.main")).toEqual([
      {
        id: hash(1),
        seq: 2,
        hash: hash(1),
        chain_id: 1,
        protocol: "uniswap-v2",
        category: "swap",
        mev_score: 55 + 12 + 5 + 5,
        urgency_score: 1 + 6 + 4,
        method_selector: "0x38ed1739",
        feature_engine_version: "feature-engine.v1",
      },
      expect.objectContaining({ id: hash(2), protocol: "unknown", category: "other", method_selector: null }),
    ]);
    expect(top()["uniswap-v2/swap"]).toMatchObject({ count: 1 });
  });

  test("has none twice where tx.main has forgotten one", () => {
    model = new Model({ log_id: "test", caps: { "tx.main": 1 } });
    for (let n = 0; n < 1_200; n++) feed(model, transaction(n, SWAP));
    feed(model, transaction(0, SWAP));
    expect(rowsOf(model, "feature.main").filter(({ id }) => id === hash(0))).toHaveLength(1);
    expect(top()["uniswap-v2/swap"]).toMatchObject({ count: 1_200 });
  });

  test("tx.main says the same, of archived transactions too", () => {
    model = new Model({ log_id: "test", caps: { "tx.main": 1 } });
    feed(model, transaction(1, SWAP), transaction(2, TRANSFER));
    expect(rowsOf(model, "tx.main")).toMatchObject([{ protocol: "erc20", category: "transfer" }]);
    expect(model.transaction(hash(1))).toMatchObject({
      archived: true,
      protocol: "uniswap-v2",
      category: "swap",
    });
  });
});

describe("feature.top", () => {
  test("has a row a protocol and category, with means of integer sums", () => {
    for (let n = 0; n < 3; n++) {
      feed(model, transaction(n, { ...SWAP, max_priority_fee_per_gas: BigInt(n) * 1_000_000_000n }));
    }
    feed(model, transaction(9, TRANSFER));
    expect(top()).toEqual({
      "uniswap-v2/swap": {
        id: "uniswap-v2/swap",
        seq: expect.any(Number) as number,
        protocol: "uniswap-v2",
        category: "swap",
        count: 3,
        rate_per_min: 3,
        mean_urgency_score: (10 + 11 + 12) / 3,
        mean_mev_score: (77 + 77 + 78) / 3,
      },
      "erc20/transfer": expect.objectContaining({ count: 1, rate_per_min: 1 }) as object,
    });
  });

  test("its rates are of the last 60 s, and a Tick changes only the rows that show another one", () => {
    feed(model, transaction(1, SWAP), tick(START_MS + 30_000), transaction(2, TRANSFER));
    const { headSeq } = model;
    feed(model, tick(START_MS + 59_000));
    expect(model.headSeq).toBe(headSeq);
    feed(model, tick(START_MS + 60_000));
    expect(model.headSeq).toBe(headSeq + 1);
    expect(top()).toMatchObject({
      "uniswap-v2/swap": { count: 1, rate_per_min: 0 },
      "erc20/transfer": { count: 1, rate_per_min: 1 },
    });
    feed(model, tick(START_MS + 90_000));
    expect(top()).toMatchObject({ "erc20/transfer": { count: 1, rate_per_min: 0 } });
  });

  test("goes on counting a group whose row was evicted", () => {
    model = new Model({ log_id: "test", caps: { "feature.top": 1 } });
    feed(model, transaction(1, SWAP), transaction(2, TRANSFER), transaction(3, SWAP));
    expect(rowsOf(model, "feature.top")).toMatchObject([{ id: "uniswap-v2/swap", count: 2 }]);
  });

  test("equals what the transactions of the log add up to", () => {
    const any = fc.record({
      n: fc.nat(40),
      kind: fc.constantFrom(SWAP, TRANSFER, {}),
      tip: fc.bigInt({ min: 0n, max: 99n }),
      second: fc.nat(150),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (events) => {
        const fresh = new Model({
          log_id: "test",
          log_bytes: 8_192,
          caps: { "pool.main": 1, "pool.state": 1, "market.main": 1 },
        });
        const ordered = events.toSorted((a, b) => a.second - b.second);
        const seen = new Map<number, number>();
        for (const { n, kind, tip, second } of ordered) {
          feed(
            fresh,
            tick(START_MS + 1_000 * second),
            transaction(n, { ...kind, max_priority_fee_per_gas: tip * 1_000_000_000n }),
          );
          if (!seen.has(n)) seen.set(n, second);
        }
        feed(fresh, tick(START_MS + 150_000));
        const rows = rowsOf(fresh, "feature.main");
        expect(rows).toHaveLength(seen.size);
        for (const { id, count, rate_per_min, mean_mev_score } of rowsOf(fresh, "feature.top")) {
          const members = rows.filter(
            ({ protocol, category }) => `${String(protocol)}/${String(category)}` === id,
          );
          const recent = members.filter(({ hash: of }) => (seen.get(Number(of)) ?? 0) > 90);
          const sum = members.reduce((total, { mev_score }) => total + (mev_score as number), 0);
          expect([count, rate_per_min, mean_mev_score]).toEqual([
            members.length,
            recent.length,
            sum / members.length,
          ]);
        }
      }),
      { numRuns: 50 },
    );
  });
});

test("the penalty off mainnet is an option within bounds, and stands in the epoch", () => {
  expect(() => new Model({ log_id: "test", features: { mev_off_mainnet: 101 } })).toThrow(
    "features.mev_off_mainnet: 101 is not an integer in 0..100",
  );
  expect(new Model({ log_id: "test", features: { mev_off_mainnet: 0 } }).epoch).not.toBe(model.epoch);
});
