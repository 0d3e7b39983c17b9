import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { barsChannel, CHANNEL_NAMES, type MainChannel } from "../protocol/stream/channels.ts";
import { ENTITY_SCHEMAS } from "../protocol/stream/entities.ts";
import type { TlvInit } from "../protocol/tlv/encode.ts";
import { StreamDecoder } from "../protocol/tlv/stream-decoder.ts";
import { corpus } from "../testing/corpus.ts";
import { upsertsOf } from "./channel.ts";
import { utf8Text } from "./json/json-writer.ts";
import { Model, type ModelOptions } from "./model.ts";
import { identifiedMessages, messages, TRADED } from "./testing/arbitrary.ts";
import {
  address,
  chainHead,
  feed,
  hash,
  message,
  poolInfo,
  rowsOf,
  START_MS,
  swap,
  sync,
  TOKEN0,
  TOKEN1,
  tick,
  tokenInfo,
  trade,
  transaction,
} from "./testing/messages.ts";
import { Replica } from "./testing/replica.ts";

const CAPS: Record<MainChannel, number> = {
  "tx.main": 4,
  "pool.main": 5,
  "pool.state": 3,
  "feature.main": 4,
  "feature.top": 2,
  "opportunity.main": 2,
  "chain.main": 1,
  "market.main": 2,
};
const make = (options: Partial<ModelOptions> = {}) =>
  new Model({ log_id: "test", caps: CAPS, log_bytes: 8_192, bars: { count: 64 }, ...options });

/** Everything that a model says of its state. */
function stateOf(model: Model) {
  return {
    head: model.headSeq,
    time: model.eventTimeUnixMs,
    channels: [...CHANNEL_NAMES, ...TRADED.map((symbol) => barsChannel(symbol, "1s"))].map((name) => {
      const channel = model.channel(name);
      return [name, channel?.count, channel?.floor, channel?.digest(), channel?.contentDigest()];
    }),
    details: Array.from({ length: 10 }, (_, n) => model.transaction(hash(n))),
    evictions: model.counters.evictions,
  };
}

describe("the fold", () => {
  test("of one log is one state, however it is read and wherever its keys lie", () => {
    fc.assert(
      fc.property(messages(80), fc.array(fc.nat(80)), (log, reads) => {
        const unread = make();
        const read = make({ hash_seed: 12_345 });
        log.forEach((bytes, i) => {
          feed(unread, bytes);
          feed(read, bytes);
          if (reads.includes(i)) stateOf(read);
        });
        expect(stateOf(read)).toEqual(stateOf(unread));
      }),
      { numRuns: 60 },
    );
  });

  test("doubles nothing when every message is delivered twice", () => {
    fc.assert(
      fc.property(identifiedMessages(60), (log) => {
        const once = make();
        const twice = make();
        for (const bytes of log) {
          feed(once, bytes);
          feed(twice, bytes, bytes);
        }
        expect(stateOf(twice)).toEqual(stateOf(once));
      }),
      { numRuns: 60 },
    );
  });

  test("leads a client that follows in cut batches to the same windows", () => {
    fc.assert(
      fc.property(messages(80), fc.integer({ min: 1, max: 3 }), (log, max_entities) => {
        const model = make();
        const replicas = new Map([...model.channels.keys()].map((name) => [name, new Replica()]));
        const step = (name: MainChannel, limits?: { max_entities: number; max_bytes: number }) => {
          const changes = model.channels.get(name)?.changesSince(replicas.get(name)?.seq ?? 0, limits);
          if (changes) replicas.get(name)?.apply(changes);
        };
        for (const bytes of log) {
          feed(model, bytes);
          for (const name of CHANNEL_NAMES) step(name, { max_entities, max_bytes: 1e6 });
        }
        for (const name of CHANNEL_NAMES) {
          step(name);
          const channel = model.channels.get(name);
          expect(replicas.get(name)?.digest()).toBe(channel?.digest());
          expect(replicas.get(name)?.contentDigest()).toBe(channel?.contentDigest());
        }
      }),
      { numRuns: 60 },
    );
  });

  test("passes no bound", () => {
    fc.assert(
      fc.property(messages(80), (log) => {
        const model = make();
        for (const bytes of log) {
          feed(model, bytes);
          for (const [name, channel] of model.channels) {
            expect(channel.count).toBeLessThanOrEqual(CAPS[name]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("numbers every message, and every change by one counter", () => {
    const model = make();
    feed(model, tick(START_MS), swap({}, {}), transaction(1), message([]));
    expect([model.latestIngestSeq, model.headSeq]).toEqual([4, 5]);
    expect(rowsOf(model, "pool.main")).toMatchObject([{ seq: 1 }]);
    expect(rowsOf(model, "pool.state")).toMatchObject([{ seq: 2 }]);
    expect(rowsOf(model, "tx.main")).toMatchObject([{ seq: 3 }]);
    expect(rowsOf(model, "feature.main")).toMatchObject([{ seq: 4 }]);
    expect(rowsOf(model, "feature.top")).toMatchObject([{ seq: 5 }]);
  });

  test("counts messages by type and clock outliers", () => {
    const model = make();
    feed(model, tick(START_MS), swap({}, null, { ms: START_MS + 3_600_000 }), swap());
    feed(model, message([{ name: "Unknown", type: 250, bytes: "0x00" }]));
    expect(model.counters.messages).toEqual({ Tick: 1, PoolSwap: 2, unknown: 1 });
    expect(model.counters.faults.clock_outlier).toBe(1);
    expect(model.eventTimeUnixMs).toBe(START_MS + 5_000);
  });

  test("knows a trade by its venue and id, and none without an id", () => {
    const told = (id: string | null, venue_id = 100) =>
      message([
        {
          name: "Trade",
          asset_id: 1n,
          price: 1n,
          volume: 1n,
          execution_timestamp_ns: 0n,
          venue_id,
          asset_type: 1,
          reserved: 0,
          side: 0,
        },
        ...(id === null
          ? []
          : [
              {
                name: "TradeMeta" as const,
                tape: 0,
                condition_count: 0,
                conditions: `0x${"0".repeat(32)}`,
                producer_id: `0x${"0".repeat(32)}`,
                trade_id: id,
              },
            ]),
      ]);
    const model = make();
    feed(model, told("1"), told("1"), told("2"), told("1", 101), told(null), told(null));
    expect(model.counters.duplicates.trade).toBe(1);
  });
});

describe("rows", () => {
  const checkers = new Map(CHANNEL_NAMES.map((name) => [name, Compile(ENTITY_SCHEMAS[name] as TSchema)]));

  test("are canonical JSON of their schema", () => {
    let rows = 0;
    fc.assert(
      fc.property(messages(60), (log) => {
        const model = make();
        feed(model, ...log);
        for (const name of CHANNEL_NAMES) {
          const changes = model.channels.get(name)?.changesSince(0);
          const upserts = upsertsOf(changes);
          rows += upserts.length;
          expect(changes?.upserts).toBe(upserts.length);
          expect(upserts.map(sorted).join(",")).toBe(utf8Text(changes?.upsert ?? new Uint8Array()));
          for (const row of upserts) expect(checkers.get(name)?.Errors(row)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
    expect(rows).toBeGreaterThan(100);
  });

  test("are no longer than the budget counts them", () => {
    const model = make();
    const u64 = 2n ** 64n - 1n;
    const u128 = 2n ** 128n - 1n;
    const u256 = 2n ** 256n - 1n;
    const place = { chain_id: u64, log_index: 2 ** 32 - 1, block_hash: hash(1), tx_hash: hash(2) };
    const long = { amount_in: u128, amount_out: u128, amount_in_decimals: 50, amount_out_decimals: 50 };
    const wide = { chain_id: u64, symbol: "W".repeat(32), decimals: 50 };
    feed(
      model,
      tick(18_000_000_000_000),
      tokenInfo(wide),
      tokenInfo({ ...wide, address: TOKEN1 }),
      poolInfo({ chain_id: u64, fee: 2 ** 32 - 1, venue: 65_535 }),
      sync({ reserve0: u128, reserve1: u128, block_number: u64 }, place),
      swap(
        {
          ...long,
          liquidity_after: u128,
          sqrt_price_x96_after: u256,
          block_number: u64,
          tick_after: -887_272,
        },
        {
          ...place,
          log_index: 7,
        },
      ),
      transaction(1, {
        value: u256,
        gas_price: u128,
        max_fee_per_gas: u128,
        max_priority_fee_per_gas: u128,
        chain_id: u64,
        nonce: u64,
        gas_limit: u64,
        block_number: u64,
        calldata_length: 2 ** 32 - 1,
        flags: 255,
        status: "reverted",
      }),
      chainHead(1, { chain_id: u64, base_fee: u128, block_timestamp: u64, gas_used: 1n, gas_limit: 3n }),
      trade(1, { symbol: "TSLAWXYZ", price: 2n ** 63n - 1n, volume: 2n ** 63n - 1n, ms: 17_999_999_999_000 }),
      message([LONGEST_SIGNAL], { domain: "signal", source: 21 }),
    );
    const held = model.bytesHeld();
    for (const name of CHANNEL_NAMES) {
      const rows = upsertsOf(model.channels.get(name)?.changesSince(0));
      expect(rows.length).toBeGreaterThan(0);
      const counted = (held[name] as number) / rows.length;
      expect(Math.max(...rows.map((row) => JSON.stringify(row).length))).toBeLessThan(counted);
    }
  });
});

const LEAST = -(2n ** 63n);
const LONGEST_SIGNAL: TlvInit = {
  name: "ArbitrageSignal",
  strategy_id: 65_535,
  signal_id: 2n ** 64n - 1n,
  chain_id: 2 ** 32 - 1,
  source_pool: address(0x99),
  target_pool: address(0x98),
  source_venue: 65_535,
  target_venue: 65_535,
  token_in: TOKEN0,
  token_out: TOKEN1,
  expected_profit_usd_q8: LEAST,
  required_capital_usd_q8: LEAST,
  spread_bps: 65_535,
  dex_fees_usd_q8: LEAST,
  gas_cost_usd_q8: LEAST,
  slippage_usd_q8: LEAST,
  net_profit_usd_q8: LEAST,
  slippage_tolerance_bps: 65_535,
  max_gas_price_gwei: 2 ** 32 - 1,
  valid_until: 2 ** 32 - 1,
  priority: 65_535,
  timestamp_ns: 2n ** 64n - 1n,
};

/** Canonical JSON, by its definition. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

describe("options", () => {
  test.each([
    [{ caps: { "tx.main": 0 } }, 'caps["tx.main"]: 0 is not an integer in 1..1000000'],
    [{ caps: { "pool.main": 1.5 } }, 'caps["pool.main"]: 1.5 is not an integer in 1..1000000'],
    [{ log_bytes: 10 }, "log_bytes: 10 is not an integer in 4096..2147483648"],
    [{ byte_budget_bytes: Number.NaN }, "byte_budget_bytes: NaN is not an integer in 1..9007199254740991"],
  ])("%j is refused", (options, text) => {
    expect(() => make(options)).toThrow(new RangeError(text));
  });

  test("another log, cap or budget is another epoch; another hash seed is not", () => {
    const epochs = [
      make(),
      make({ log_id: "other" }),
      make({ caps: { ...CAPS, "tx.main": 5 } }),
      make({ byte_budget_bytes: 2 ** 30 }),
    ].map((model) => model.epoch);
    expect(new Set(epochs).size).toBe(4);
    expect(epochs[0]).toMatch(/^e-test-[0-9a-f]{8}$/);
    expect(make({ hash_seed: 99 }).epoch).toBe(epochs[0]);
  });
});

const vectors = corpus("vectors");
describe.skipIf(vectors === null)("vectors", () => {
  const folder = vectors ?? "";
  const files = vectors === null ? [] : [".", "bad"].flatMap((part) => tlvFiles(folder, part));
  test.each(files)("%s folds, and reads", (file) => {
    const model = make();
    let count = 0;
    const decoder = new StreamDecoder({
      onMessage(view) {
        count++;
        model.ingest(view);
      },
      onFault() {},
    });
    decoder.push(readFileSync(resolve(folder, file)));
    decoder.end();
    expect(model.latestIngestSeq).toBe(count);
    stateOf(model);
  });
});

function tlvFiles(folder: string, part: string): string[] {
  return readdirSync(resolve(folder, part))
    .filter((name) => name.endsWith(".tlv"))
    .map((name) => `${part}/${name}`);
}
