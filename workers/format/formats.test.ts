import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { PoolEventEntity } from "../../protocol/stream/entities.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { ADDRESS, chain, HASH, pool, poolEvent, tx } from "../testing/rows.ts";
import { type Context, comparator } from "./columns.ts";
import { columnOf, haystack } from "./formats.ts";
import { cleanText } from "./text.ts";

const CONTEXT: Context = { headBlock: (chainId) => (chainId === 137 ? "109" : null) };

const cell = (channel: ChannelName, id: string, row: Row) => columnOf(channel, id)!.cell(row, CONTEXT);
const key = (channel: ChannelName, id: string, row: Row) => columnOf(channel, id)!.key(row, CONTEXT);
const MISSING = { text: "–" };

describe("cells", () => {
  it("shows amounts to 8 digits, with all of them in the title", () => {
    expect(cell("pool.main", "amount_in", poolEvent())).toEqual({
      text: "≈1.2345679 WMATIC",
      title: "1.234567890123456789 WMATIC",
    });
    expect(cell("pool.main", "amount_out", poolEvent())).toEqual({ text: "0.987654 USDC" });
    const unknown = poolEvent({ amount_in: { raw: "123", decimals: null, text: null }, symbol_in: null });
    expect(cell("pool.main", "amount_in", unknown)).toEqual({
      text: "123 raw",
      title: "123 raw units, decimals unknown",
    });
  });

  it("shows both tokens of what is not a swap, and says which is which", () => {
    const mint = poolEvent({
      kind: "mint",
      amount_in: null,
      amount_out: null,
      amount0: { raw: "15", decimals: 1, text: "1.5" },
    });
    expect(cell("pool.main", "amount_in", mint)).toEqual({ text: "1.5", title: "1.5 of token0" });
    expect(cell("pool.main", "amount_out", mint)).toEqual(MISSING);
  });

  it("shortens addresses and hashes, the whole in the title", () => {
    expect(cell("pool.main", "pool", poolEvent())).toEqual({ text: "0x1212…cdef", title: ADDRESS });
    expect(cell("tx.main", "hash", tx())).toEqual({ text: "0xabab…abab", title: HASH });
  });

  it("shows times to the millisecond", () => {
    expect(cell("tx.main", "seen", tx())).toEqual({
      text: "22:13:20.123",
      title: "2023-11-14T22:13:20.123Z",
    });
    expect(cell("tx.main", "seen", tx({ seen_unix_ms: 1e17 }))).toEqual({ text: "100000000000000000 ms" });
  });

  it("shows fees in gwei and values in native tokens, exactly", () => {
    expect(cell("tx.main", "fee", tx())).toEqual({ text: "32.5" });
    expect(cell("tx.main", "fee", tx({ max_fee_per_gas_wei: null, gas_price_wei: "1" }))).toEqual({
      text: "1e-9",
      title: "0.000000001",
    });
    expect(cell("tx.main", "value", tx())).toEqual({ text: "1.5" });
    expect(cell("chain.main", "base_fee", chain())).toEqual({ text: "≈31.4", title: "31.400000001" });
  });

  it("shows ratios in percent and pool fees too", () => {
    expect(cell("chain.main", "gas_used", chain())).toEqual({ text: "47.3 %", title: "0.4731 of 1" });
    expect(cell("pool.state", "fee", pool())).toEqual({ text: "0.3 %", title: "3000 hundredths of a bip" });
  });

  it("shows prices to 7 digits and dollars to the cent", () => {
    expect(cell("pool.main", "price", poolEvent({ price: 0.8123456789 }))).toEqual({
      text: "≈0.8123457",
      title: "0.8123456789",
    });
    expect(cell("pool.state", "price", pool())).toEqual({ text: "0.00000015" });
    expect(cell("pool.main", "value_usd", poolEvent({ value_usd: 1234.5 }))).toEqual({ text: "1,234.50" });
    expect(cell("pool.main", "value_usd", poolEvent({ value_usd: 0.005 }))).toEqual({
      text: "0.01",
      title: "0.005",
    });
    expect(cell("pool.main", "value_usd", poolEvent())).toEqual(MISSING);
  });

  it("names methods, types and chains that it knows", () => {
    expect(cell("tx.main", "method", tx({ method_selector: "0xa9059cbb" }))).toEqual({
      text: "transfer",
      title: "transfer 0xa9059cbb",
    });
    expect(cell("tx.main", "method", tx({ method_selector: "0x12345678" }))).toEqual({ text: "0x12345678" });
    expect(cell("tx.main", "type", tx())).toEqual({ text: "2", title: "EIP-1559: dynamic fee" });
    expect(cell("chain.main", "chain", chain())).toEqual({
      text: "Polygon",
      title: "Polygon, chain id 137",
    });
    expect(cell("tx.main", "chain", tx({ chain_id: 5 }))).toEqual({ text: "5" });
  });

  it("keeps the words that the page marks", () => {
    expect(cell("tx.main", "status", tx({ status: "replaced" }))).toEqual({ text: "replaced" });
    expect(cell("pool.main", "kind", poolEvent())).toEqual({ text: "swap" });
    expect(cell("chain.main", "collector", chain())).toEqual({ text: "connected" });
  });

  it.each([
    ["a block at the head", "109", "seen", { text: "1 block" }],
    ["nine below", "100", "seen", { text: "10 blocks" }],
    ["63 deep", "47", "seen", { text: "63 blocks" }],
    ["64 deep", "46", "seen", { text: "final", title: "64 blocks" }],
    ["above the head", "110", "seen", { text: "seen" }],
    ["no block yet", null, "seen", { text: "seen" }],
    ["reorged", "46", "reorged", MISSING],
  ] as const)("tells the depth of %s", (_, block_number, status, expected) => {
    expect(cell("pool.main", "depth", poolEvent({ block_number, status }))).toEqual(expected);
  });

  it("tells no depth on a chain without a head", () => {
    expect(cell("pool.main", "depth", poolEvent({ chain_id: 1 }))).toEqual({ text: "seen" });
  });
});

describe("sorting", () => {
  const sorted = (channel: ChannelName, id: string, rows: Row[], direction: "asc" | "desc") => {
    const compare = comparator(columnOf(channel, id)!.order, direction);
    return rows.toSorted((a, b) => compare(key(channel, id, a), key(channel, id, b)));
  };

  it("orders amounts by value, whatever their lengths, and missing ones last either way", () => {
    const amounts = ["9.5", null, "10", "-3", "9.45", "100000000000000000001", "100000000000000000000"];
    const ascending = ["-3", "9.45", "9.5", "10", "100000000000000000000", "100000000000000000001", null];
    const rows = amounts.map((text) =>
      poolEvent({ amount_in: text === null ? null : { raw: "0", decimals: 0, text } }),
    );
    const order = (direction: "asc" | "desc") =>
      sorted("pool.main", "amount_in", rows, direction).map(
        (row) => (row as PoolEventEntity).amount_in?.text ?? null,
      );
    expect(order("asc")).toEqual(ascending);
    expect(order("desc")).toEqual([...ascending.slice(0, -1).toReversed(), null]);
  });

  it("orders words without regard to case", () => {
    const rows = ["b", "A", "C"].map((venue) => poolEvent({ venue }));
    const order = sorted("pool.main", "venue", rows, "asc").map((row) => (row as PoolEventEntity).venue);
    expect(order).toEqual(["A", "b", "C"]);
  });

  it("sorts by what the cell shows, not by its text", () => {
    expect(key("pool.main", "depth", poolEvent())).toBe(10);
    expect(key("tx.main", "to", tx())).toBeNull();
  });
});

describe("text from strangers", () => {
  it("loses what could hide or reorder, and what is too long", () => {
    expect(cleanText("US\u202EDC\u0000\u200B\n")).toBe("USDC");
    expect(cleanText("x".repeat(33))).toBe(`${"x".repeat(31)}…`);
    expect(cleanText(`${"x".repeat(30)}😀😀`)).toBe(`${"x".repeat(30)}…`);
    expect(cell("pool.main", "amount_out", poolEvent({ symbol_out: "\u202Eevil" })).text).toBe(
      "0.987654 evil",
    );
  });

  it("is never unsafe", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(cleanText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(cleanText(text).length).toBeLessThanOrEqual(32);
      }),
    );
  });
});

it("knows no columns but its own", () => {
  expect(columnOf("tx.main", "pair")).toBeNull();
  expect(columnOf("tx.main", "toString")).toBeNull();
});

it("searches texts, not amounts", () => {
  expect(haystack("tx.main", tx({ to: ADDRESS, method_selector: "0xa9059cbb" }))).toBe(
    [HASH, ADDRESS, ADDRESS, "pending", "0xa9059cbb", "transfer", "uniswap_v3", "swap", "polygon"].join("\n"),
  );
  expect(haystack("pool.main", poolEvent())).toContain("wmatic/usdc");
  expect(haystack("pool.state", pool())).toContain("uniswap-v3");
  expect(haystack("chain.main", chain())).toContain("polygon");
});
