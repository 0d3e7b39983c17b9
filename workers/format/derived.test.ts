/** Columns of what the fold derives: features, opportunities, markets, bars. */
import { describe, expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { ADDRESS, bar, chain, feature, featureTop, market, opportunity, pool } from "../testing/rows.ts";
import { type Context, comparator } from "./columns.ts";
import { columnOf, haystack } from "./formats.ts";

const CONTEXT: Context = { headBlock: (chainId) => (chainId === 137 ? "109" : null) };
const cell = (channel: ChannelName, id: string, row: Row) => columnOf(channel, id)!.cell(row, CONTEXT);
const MISSING = { text: "–" };
const SIGNAL = {
  optimal_in: null,
  gross_profit: null,
  dex_fees_usd: null,
  block_number: null,
};

describe("opportunities", () => {
  const shown = (id: string, change: Parameters<typeof opportunity>[0] = {}) =>
    cell("opportunity.main", id, opportunity(change));

  it("names the way, with both pools in the title", () => {
    expect(shown("route")).toEqual({
      text: "quickswap → sushiswap",
      title: `buy in ${ADDRESS}, sell in ${ADDRESS}`,
    });
    expect(shown("route", { buy_venue: "\u202Eevil" }).text).toBe("evil → sushiswap");
  });

  it("gives the spread in percent, to its last digit", () => {
    expect(shown("spread")).toEqual({ text: "1.25 %", title: "125 hundredths of a percent" });
    expect(shown("spread", { spread_bps: 7 }).text).toBe("0.07 %");
    expect(shown("spread", { spread_bps: 30_000 }).text).toBe("300.00 %");
  });

  it("gives dollars to the cent, exactly on hover, and says what is less than one", () => {
    expect(shown("net_usd", { net_profit_usd: 1234.5678 })).toEqual({ text: "1,234.57", title: "1234.5678" });
    expect(shown("gas_usd")).toEqual({ text: "<0.01", title: "0.002" });
    expect(shown("gas_usd", { gas_cost_usd: 0 })).toEqual({ text: "0.00" });
    expect(shown("net_usd", { net_profit_usd: -0.001 })).toEqual({ text: ">-0.01", title: "-0.001" });
  });

  it("says of gross profit what it is in the token", () => {
    expect(shown("gross_usd")).toEqual({ text: "0.01", title: "0.012 for 0.012 USDC" });
    expect(shown("gross_usd", SIGNAL)).toEqual({ text: "0.01", title: "0.012" });
  });

  it("shows dashes where a signal does not tell", () => {
    for (const id of ["optimal_in", "fees_usd", "block"]) expect(shown(id, SIGNAL)).toEqual(MISSING);
    expect(shown("depth", SIGNAL)).toEqual({ text: "seen" });
  });

  it("gives the score with its reasons, the strategy with its method, the depth of the block", () => {
    expect(shown("score")).toEqual({ text: "70", title: "70: spread 42 bps" });
    expect(shown("score", { reasons: [] })).toEqual({ text: "70" });
    expect(shown("strategy")).toEqual({ text: "v2-v2", title: "v2-v2, closed-form" });
    expect(shown("depth")).toEqual({ text: "10 blocks" });
  });

  it("stands in the order of opening, whatever changed since", () => {
    const column = columnOf("opportunity.main", "detected")!;
    const newestFirst = comparator(column.order, "desc");
    const rows = [
      opportunity({ id: "a", opened_seq: 5, seq: 90 }),
      opportunity({ id: "b", opened_seq: 7, seq: 8 }),
      opportunity({ id: "c", opened_seq: 6, seq: 100 }),
    ];
    const order = rows.toSorted((a, b) => newestFirst(column.key(a, CONTEXT), column.key(b, CONTEXT)));
    expect(order.map(({ id }) => id)).toEqual(["b", "c", "a"]);
  });
});

describe("equal values", () => {
  it.each([
    ["pool.state", "pair", (id: string, seq: number) => pool({ id, seq })],
    ["feature.top", "count", (id: string, seq: number) => featureTop({ id, seq })],
    ["market.main", "symbol", (id: string, seq: number) => market({ id, seq, title: "WETH/USDC" })],
  ] as const)("stand in %s by %s in the order of their ids, not of their changes", (channel, id, row) => {
    const { key, order } = columnOf(channel, id)!;
    const compare = comparator(order, "asc");
    const rows: Row[] = [row("c", 1), row("a", 2), row("b", 9)];
    const sorted = rows.toSorted((a, b) => compare(key(a, CONTEXT), key(b, CONTEXT)));
    expect(sorted.map((each) => each.id)).toEqual(["a", "b", "c"]);
  });

  it("does not put ids before values", () => {
    const { key, order } = columnOf("feature.top", "count")!;
    const compare = comparator(order, "asc");
    const rows: Row[] = [featureTop({ id: "a", count: 100 }), featureTop({ id: "b", count: 99 })];
    expect(compare(key(rows[0]!, CONTEXT), key(rows[1]!, CONTEXT))).toBeGreaterThan(0);
  });
});

describe("features", () => {
  it("names methods and chains", () => {
    const row = feature({ method_selector: "0x095ea7b3", mev_score: 61 });
    expect(cell("feature.main", "method", row)).toEqual({ text: "approve", title: "approve 0x095ea7b3" });
    expect(cell("feature.main", "chain", row)).toEqual({ text: "Polygon", title: "Polygon, chain id 137" });
    expect(cell("feature.main", "mev_score", row)).toEqual({ text: "61" });
  });

  it("gives means to a tenth", () => {
    const row = featureTop({ mean_mev_score: 48.256, count: 12_345 });
    expect(cell("feature.top", "mean_mev", row)).toEqual({ text: "48.3", title: "48.256" });
    expect(cell("feature.top", "count", row)).toEqual({ text: "12,345" });
  });
});

describe("markets and bars", () => {
  it("gives the change with its sign, and since when", () => {
    expect(cell("market.main", "change_ratio", market())).toEqual({
      text: "+1.88 %",
      title: "7.9 since 420",
    });
    expect(cell("market.main", "change_ratio", market({ change_ratio: -0.00001 })).text).toBe("-0.00 %");
    expect(cell("market.main", "change_ratio", market({ change_ratio: null }))).toEqual(MISSING);
  });

  it("gives the symbol by its title, prices exactly on hover", () => {
    const row = market({ id: "WETH/USDC@1", title: "WETH/USDC", close: "2995.352187654" });
    expect(cell("market.main", "symbol", row)).toEqual({ text: "WETH/USDC", title: "WETH/USDC@1" });
    expect(cell("market.main", "last", row)).toEqual({ text: "≈2,995.352", title: "2995.352187654" });
  });

  it("tells a bar that may still change", () => {
    const row = bar(0, { vwap: null });
    const shown = (id: string) => cell("market.bars:TSLA:1s", id, row);
    expect(shown("start").text).toBe("22:13:20.000");
    expect(shown("final")).toEqual({ text: "open" });
    expect(shown("vwap")).toEqual(MISSING);
  });
});

it("shows a chain's block time in seconds and its last reorganisation, if any", () => {
  const row = chain({ block_time_ms: 2_150, last_reorg_depth: null, gas_price_wei: "31500000000" });
  expect(cell("chain.main", "block_every", row)).toEqual({ text: "2.15 s" });
  expect(cell("chain.main", "reorg_depth", row)).toEqual(MISSING);
  expect(cell("chain.main", "gas_price", row)).toEqual({ text: "31.5" });
});

it("finds derived rows by their words", () => {
  expect(haystack("opportunity.main", opportunity())).toContain("spread 42 bps");
  expect(haystack("feature.main", feature())).toContain("uniswap_v3");
  expect(haystack("feature.top", featureTop())).toContain("swap");
  expect(haystack("market.main", market({ title: "WETH/USDC" }))).toContain("weth/usdc");
  expect(haystack("market.bars:TSLA:1s", bar(0))).toContain("2023-11-14t22:13:20.000z");
});
