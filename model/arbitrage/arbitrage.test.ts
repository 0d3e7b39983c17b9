import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { OpportunityEntity } from "../../protocol/stream/entities.ts";
import type { PayloadFields } from "../../protocol/tlv/layout.ts";
import { SOURCE } from "../../protocol/tlv/registry.ts";
import type { Model, ModelOptions } from "../model.ts";
import { arbitrageSignal, collectorStatus, feed, rowsOf, START_MS, sync, tick } from "../testing/messages.ts";
import {
  CHEAP,
  DEAR,
  E6,
  E18,
  GWEI,
  head,
  INFOS,
  inBlock,
  make,
  OTHER,
  reserves,
  SECTION,
  swapped,
  USDC,
  WETH,
} from "./testing/pair.ts";

const rows = (model: Model) => rowsOf(model, "opportunity.main") as unknown as OpportunityEntity[];
const only = (model: Model): OpportunityEntity => {
  const all = rows(model);
  expect(all).toHaveLength(1);
  return all[0] as OpportunityEntity;
};
const ID = `1.${WETH}.${USDC}:${CHEAP}:${DEAR}`;

/** A model in which block 100 has opened the way from CHEAP to DEAR. */
function opened(options: Partial<ModelOptions> = {}): Model {
  const model = make(options);
  feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), head(100));
  return model;
}

describe("an opportunity", () => {
  it("opens at the ChainHead, not before", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100));
    expect(rows(model)).toEqual([]);
    feed(model, head(100));
    expect(only(model)).toMatchObject({ id: ID, status: "open", block_number: "100" });
  });

  it("tells the best input, what it gains exactly, and what it costs", () => {
    const row = only(opened());
    // An own computation on integers, of the input that the row names.
    const [reserve0, cheap1, dear1] = [1_000n * E18, 3_000_000n * E6, 3_100_000n * E6];
    const out = (amount: bigint, from: bigint, to: bigint) =>
      (amount * 997n * to) / (from * 1000n + amount * 997n);
    const amountIn = BigInt(row.optimal_in?.raw ?? 0);
    const between = out(amountIn, cheap1, reserve0);
    const profit = out(between, reserve0, dear1) - amountIn;
    expect(row).toMatchObject({
      strategy: "v2-v2",
      method: "closed-form",
      pair: "WETH/USDC",
      symbol_in: "USDC",
      symbol_out: "WETH",
      token_in: USDC,
      token_out: WETH,
      buy_pool: CHEAP,
      sell_pool: DEAR,
      buy_venue: "UniswapV2",
      buy_price: 3_000,
      sell_price: 3_100,
      spread_bps: 333,
      protocol: "UniswapV2>UniswapV2",
      category: "arbitrage",
      arbitrage_engine_version: "arbitrage-engine.v1",
      feature_engine_version: "feature-engine.v1",
      signal: null,
      gas_price_wei: (21n * GWEI).toString(),
      detected_unix_ms: START_MS,
      valid_until_unix_ms: START_MS + 30_000,
    });
    expect(row.expected_out?.raw).toBe(between.toString());
    expect(row.gross_profit?.raw).toBe(profit.toString());
    expect(row.gross_profit?.decimals).toBe(6);
    const gross = Number(profit) / 1e6;
    // WETH is worth what the larger pool, of equal ones the lower address, gives for it.
    const gas = ((60_000 + 80_000 + 80_000) * 21e9) / 1e18;
    expect(row.gross_profit_usd).toBeCloseTo(gross, 9);
    expect(row.slippage_usd).toBeCloseTo(gross / 10, 9);
    expect(row.gas_cost_usd / gas).toBeGreaterThanOrEqual(3_000);
    expect(row.gas_cost_usd / gas).toBeLessThanOrEqual(3_100);
    expect(row.net_profit_usd).toBeCloseTo(gross - gross / 10 - row.gas_cost_usd, 9);
    expect(row.required_capital_usd).toBeCloseTo(Number(amountIn) / 1e6, 6);
    expect(row.dex_fees_usd).toBeCloseTo((2 * 0.003 * Number(amountIn)) / 1e6, -2);
    expect(row.score).toBeGreaterThan(50);
    expect(row.reasons).toContain("exact to the unit");
  });

  it("is refreshed by a later block that touches its pair, and keeps its opening", () => {
    const model = opened();
    const before = only(model);
    feed(model, tick(START_MS + 10_000), reserves(DEAR, 101, 3_200), head(101));
    const after = only(model);
    expect(after).toMatchObject({
      status: "open",
      block_number: "101",
      detected_unix_ms: START_MS,
      opened_seq: before.opened_seq,
      valid_until_unix_ms: START_MS + 40_000,
    });
    expect(after.net_profit_usd).toBeGreaterThan(before.net_profit_usd);
  });

  it("is left alone by blocks that do not touch its pair, and expires by its validity", () => {
    const model = opened();
    const { seq } = only(model);
    feed(model, head(101), tick(START_MS + 29_999));
    expect(only(model)).toMatchObject({ seq, status: "open" });
    feed(model, tick(START_MS + 30_000));
    expect(only(model)).toMatchObject({ status: "expired" });
  });

  it("is taken where a swap in its pools closed it, expired where none did", () => {
    const taken = opened();
    feed(taken, reserves(DEAR, 101, 3_005), swapped(DEAR, 101), head(101));
    expect(only(taken).status).toBe("taken");
    const expired = opened();
    feed(expired, reserves(DEAR, 101, 3_005), head(101));
    expect(only(expired).status).toBe("expired");
  });

  it("leaves a minute after its end, and opens anew before", () => {
    const model = opened();
    const { opened_seq } = only(model);
    feed(model, reserves(DEAR, 101, 3_005), swapped(DEAR, 101), head(101));
    feed(model, tick(START_MS + 5_000), reserves(DEAR, 102, 3_100), head(102));
    expect(only(model)).toMatchObject({ status: "open", detected_unix_ms: START_MS + 5_000 });
    expect(only(model).opened_seq).toBeGreaterThan(opened_seq);
    feed(model, reserves(DEAR, 103, 3_005), swapped(DEAR, 103), head(103));
    feed(model, tick(START_MS + 64_999));
    expect(only(model).status).toBe("taken");
    feed(model, tick(START_MS + 65_000));
    expect(rows(model)).toEqual([]);
  });

  it("is looked for between each two pools of the pair", () => {
    const model = make();
    feed(
      model,
      ...INFOS,
      reserves(CHEAP, 100, 3_000),
      reserves(OTHER, 100, 3_100),
      reserves(DEAR, 100, 3_200),
      head(100),
    );
    const ways = rows(model).map(({ buy_pool, sell_pool }) => `${buy_pool} ${sell_pool}`);
    expect(ways.toSorted()).toEqual([`${CHEAP} ${DEAR}`, `${CHEAP} ${OTHER}`, `${OTHER} ${DEAR}`].toSorted());
  });
});

describe("an opportunity is not opened", () => {
  it("where gas costs more than it gains", () => {
    const model = make();
    const dear = head(100, { base_fee: 20_000_000n * GWEI });
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), dear);
    expect(rows(model)).toEqual([]);
  });

  it("while nobody has told what a gas costs", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100));
    feed(model, head(100, { flags: 0 }));
    expect(rows(model)).toEqual([]);
  });

  it("where no dollar price of its token or of the chain's coin is known", () => {
    const model = make({ chains: [{ ...SECTION, stables: [] }] });
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), head(100));
    expect(rows(model)).toEqual([]);
  });

  it("while its collector fetches the past; what was touched is looked at after", () => {
    const model = make();
    feed(model, ...INFOS, collectorStatus("backfilling"));
    feed(model, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), head(100));
    expect(rows(model)).toEqual([]);
    feed(model, collectorStatus("connected"), head(101));
    expect(only(model)).toMatchObject({ status: "open", block_number: "101" });
  });

  it("by a head that is told again while the next block is coming in", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_000), head(99), head(100));
    feed(model, reserves(DEAR, 101, 3_100), head(100), head(99));
    expect(rows(model)).toEqual([]);
    feed(model, head(101));
    expect(only(model).status).toBe("open");
  });

  it("by another chain's head", () => {
    const model = make();
    feed(
      model,
      ...INFOS,
      reserves(CHEAP, 100, 3_000),
      reserves(DEAR, 100, 3_100),
      head(100, { chain_id: 137n }),
    );
    expect(rows(model)).toEqual([]);
  });
});

describe("a block that is taken back", () => {
  const undo = (pool: string, n: number) =>
    sync({ pool_address: pool, token0_addr: WETH, token1_addr: USDC }, { ...inBlock(n), reorged: 1 });

  it("takes the opportunities with it that it opened", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_000), head(100));
    feed(model, reserves(DEAR, 101, 3_100), head(101));
    expect(only(model).status).toBe("open");
    feed(model, undo(DEAR, 101));
    expect(rows(model)).toEqual([]);
  });

  it("gives back those that it changed or ended", () => {
    const model = opened();
    const before = only(model);
    feed(model, reserves(DEAR, 101, 3_200), head(101));
    feed(model, reserves(DEAR, 102, 3_005), swapped(DEAR, 102), head(102));
    expect(only(model).status).toBe("taken");
    feed(model, undo(DEAR, 101));
    expect({ ...only(model), seq: 0 }).toEqual({ ...before, seq: 0 });
  });
});

const signal = (fields: Partial<PayloadFields<"ArbitrageSignal">> = {}, source: number = 21) =>
  arbitrageSignal(
    {
      source_pool: CHEAP,
      target_pool: DEAR,
      signal_id: 2n ** 63n + 1n,
      expected_profit_usd_q8: 12_345_678_901n,
      required_capital_usd_q8: 9_000_000_000_000_000_001n,
      net_profit_usd_q8: -4n,
      ...fields,
    },
    { source },
  );

describe("an ArbitrageSignal", () => {
  it("becomes a row, its figures exact", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), signal());
    expect(only(model)).toMatchObject({
      id: ID,
      status: "open",
      strategy: "strategy 7",
      method: "signal",
      pair: "WETH/USDC",
      token_in: USDC,
      symbol_in: "USDC",
      optimal_in: null,
      gross_profit: null,
      gross_profit_usd: 123.45678901,
      block_number: null,
      gas_price_wei: null,
      sell_venue: "SushiSwap",
      spread_bps: 90,
      valid_until_unix_ms: START_MS + 20_000,
      signal: {
        strategy_id: 7,
        signal_id: "9223372036854775809",
        expected_profit_usd_q8: "12345678901",
        required_capital_usd_q8: "9000000000000000001",
        net_profit_usd_q8: "-4",
        max_gas_price_gwei: 60,
        priority: 9,
      },
    });
  });

  it("of tokens that nobody told of is a row without symbols", () => {
    const model = make();
    feed(model, tick(START_MS), signal());
    expect(only(model)).toMatchObject({ pair: null, symbol_in: null, token_in: USDC, token_out: WETH });
  });

  it("expires by its own time, and is expired where it comes late", () => {
    const model = make();
    feed(model, tick(START_MS), signal(), tick(START_MS + 20_000));
    expect(only(model).status).toBe("expired");
    const late = make();
    feed(late, tick(START_MS), signal({ valid_until: START_MS / 1000 }));
    expect(only(late).status).toBe("expired");
  });

  it("never takes the place of an open one of our own; an echo of ours not of an ended one either", () => {
    const model = opened();
    const own = only(model);
    feed(model, signal(), signal({ strategy_id: 1 }, SOURCE.arbitrage_strategy));
    expect(only(model)).toEqual(own);
    feed(model, tick(START_MS + 30_000));
    const ended = only(model);
    feed(model, signal({ strategy_id: 1, valid_until: START_MS / 1000 + 99 }, SOURCE.arbitrage_strategy));
    expect(only(model)).toEqual(ended);
    feed(model, signal({ valid_until: START_MS / 1000 + 99 }));
    expect(only(model)).toMatchObject({ status: "open", method: "signal" });
  });

  it("stands when a block is taken back, and gives way to what the fold finds itself", () => {
    const model = make();
    feed(model, ...INFOS, signal());
    feed(model, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), head(100));
    expect(only(model).method).toBe("closed-form");
  });
});

describe("the options", () => {
  it("stand in the epoch, and are held to their bounds", () => {
    expect(make().epoch).toBe(make().epoch);
    expect(make({ arbitrage: { slippage_bps: 0 } }).epoch).not.toBe(make().epoch);
    expect(() => make({ arbitrage: { slippage_bps: 10_001 } })).toThrow(
      "arbitrage.slippage_bps: 10001 is not an integer in 0..10000",
    );
    expect(() => make({ arbitrage: { slipage: 1 } as object })).toThrow("arbitrage.slipage: no such option");
  });

  it("change what is reckoned", () => {
    const row = only(opened({ arbitrage: { slippage_bps: 0, usual_tip_wei: 0, validity_ms: 5 } }));
    expect(row).toMatchObject({
      slippage_usd: 0,
      gas_price_wei: (20n * GWEI).toString(),
      valid_until_unix_ms: START_MS + 5,
    });
  });
});

describe("rows", () => {
  it("are of their schema, with sorted keys, and no longer than the budget counts them", () => {
    const told = make();
    feed(told, tick(START_MS), signal());
    const shape = Compile(OpportunityEntity);
    for (const model of [opened(), told]) {
      const row = only(model);
      expect(shape.Errors(row)).toEqual([]);
      expect(Object.keys(row)).toEqual(Object.keys(row).toSorted());
      expect(JSON.stringify(row).length).toBeLessThan(model.bytesHeld()["opportunity.main"] as number);
    }
  });
});
