import { beforeEach, describe, expect, test } from "vitest";
import { VENUE } from "../../protocol/tlv/registry.ts";
import { Model } from "../model.ts";
import {
  address,
  feed,
  hash,
  message,
  mint,
  POOL,
  poolInfo,
  provenance,
  rowsOf,
  START_MS,
  swap,
  sync,
  TOKEN0,
  TOKEN1,
  tick,
  tokenInfo,
} from "../testing/messages.ts";
import { cleanSymbol } from "./symbol.ts";

let model: Model;
beforeEach(() => {
  model = new Model({ log_id: "test" });
  feed(model, tick(START_MS));
});

const events = () => rowsOf(model, "pool.main");
const pools = () => rowsOf(model, "pool.state");

describe("pool events", () => {
  test("are rows in the order of the log, identified by their place or their number in it", () => {
    feed(model, swap({}, { log_index: 7 }), sync());
    expect(events()).toMatchObject([
      { id: `1:${hash(1)}:7`, kind: "swap", log_index: 7, tx_hash: hash(1), chain_id: 1 },
      { id: "log:3", kind: "sync", log_index: null, tx_hash: null, block_number: "100" },
    ]);
  });

  test("carry a chain id of 64 bits in their id", () => {
    feed(model, swap({}, { chain_id: 2n ** 64n - 1n }));
    const [row] = events();
    expect(row?.id).toBe(`18446744073709551615:${hash(1)}:0`);
    expect(model.eventTlv(row?.id as string)).toEqual(swap({}, { chain_id: 2n ** 64n - 1n }));
  });

  test("show amounts exactly", () => {
    feed(
      model,
      swap({
        amount_in: 2n ** 128n - 1n,
        amount_in_decimals: 18,
        amount_out: 1_500_000n,
        amount_out_decimals: 6,
      }),
      swap({ amount_in_decimals: 255 }),
    );
    const unknown = { raw: "1000000000000000000", decimals: null, text: null };
    expect(events()).toMatchObject([
      {
        amount_in: {
          raw: "340282366920938463463374607431768211455",
          decimals: 18,
          text: "340282366920938463463.374607431768211455",
        },
        amount_out: { raw: "1500000", decimals: 6, text: "1.5" },
      },
      // A pool whose decimals were told before fills in for an event that does not know them.
      { amount_in: { ...unknown, decimals: 18, text: "1" } },
    ]);
  });

  test("of a V2 pool have no price, liquidity or tick after them; of a V3 pool they have", () => {
    feed(
      model,
      swap(),
      swap({ sqrt_price_x96_after: 2n ** 160n, liquidity_after: 5n, tick_after: -887_272 }),
    );
    expect(events()).toMatchObject([
      { sqrt_price_x96_after: null, liquidity_after: null, tick_after: null },
      { sqrt_price_x96_after: (2n ** 160n).toString(), liquidity_after: "5", tick_after: -887_272 },
    ]);
  });

  test("a mint and a burn have the two amounts", () => {
    feed(model, mint(), mint({ name: "PoolBurn", amount1: 5n }));
    expect(events()).toMatchObject([
      { kind: "mint", amount0: { raw: "10" }, amount1: { raw: "20" }, amount_in: null, block_number: null },
      { kind: "burn", amount1: { raw: "5" } },
    ]);
  });

  test("a mint's block is its Provenance's, having none of its own", () => {
    feed(model, mint({}, { block_number: 2n ** 53n + 1n }));
    expect(events()).toMatchObject([{ kind: "mint", block_number: "9007199254740993" }]);
  });

  test("a duplicate doubles nothing", () => {
    feed(model, swap({}, {}), swap({}, {}), swap({}, { log_index: 1 }));
    expect(events()).toHaveLength(2);
    expect(pools()).toMatchObject([{ swaps: 2 }]);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("an undone one is marked, once, and folded again when its block comes back", () => {
    feed(model, swap({}, {}), swap({}, { reorged: 1 }), swap({}, { reorged: 1 }));
    expect(events()).toMatchObject([{ status: "reorged" }]);
    expect(pools()).toEqual([]);
    feed(model, swap({}, {}));
    expect(events()).toMatchObject([{ status: "seen" }]);
    expect(pools()).toMatchObject([{ swaps: 1 }]);
    expect(model.counters.duplicates.pool_event).toBe(1);
  });

  test("of an undone one that was never seen nothing is made", () => {
    feed(model, swap({}, { reorged: 1 }));
    expect([events(), pools()]).toEqual([[], []]);
  });

  test("their bytes come from the log while it holds them", () => {
    const small = new Model({ log_id: "test", log_bytes: 4_096 });
    feed(small, swap({}, { log_index: 0 }));
    const id = rowsOf(small, "pool.main")[0]?.id as string;
    expect(small.eventTlv(id)).toEqual(swap({}, { log_index: 0 }));
    for (let n = 1; n < 20; n++) feed(small, swap({}, { log_index: n }));
    expect(small.eventTlv(id)).toBeNull();
    for (const wrong of ["log:99", "log:x", `1:${hash(1)}:99`, `01:${hash(1)}:1`, `1:${hash(1)}`, ""]) {
      expect(small.eventTlv(wrong)).toBeNull();
    }
  });
});

describe("symbols and pairs", () => {
  test("a row keeps what was known when it changed, whenever it is read", () => {
    const read = new Model({ log_id: "test" });
    const steps = [
      tick(START_MS),
      poolInfo(),
      swap({}, { log_index: 0 }),
      tokenInfo({ symbol: "AAA" }),
      tokenInfo({ address: TOKEN1, symbol: "BBB" }),
      swap({}, { log_index: 1 }),
      tokenInfo({ symbol: "EVIL", decimals: 3 }),
      swap({}, { log_index: 2 }),
    ];
    for (const step of steps) {
      feed(read, step);
      rowsOf(read, "pool.main");
    }
    feed(model, ...steps.slice(1));
    expect(events()).toMatchObject([
      { pair: null, symbol_in: null, symbol_out: null },
      { pair: "AAA/BBB", symbol_in: "AAA", symbol_out: "BBB" },
      { pair: "AAA/BBB" },
    ]);
    expect(rowsOf(read, "pool.main")).toEqual(events());
  });

  test("belong to the token's chain", () => {
    feed(model, poolInfo({ chain_id: 137n }), tokenInfo({ symbol: "AAA" }), sync());
    expect(pools()).toMatchObject([{ symbol0: null, chain_id: 137 }]);
    feed(model, tokenInfo({ chain_id: 137n, symbol: "PPP" }), sync());
    expect(pools()).toMatchObject([{ symbol0: "PPP" }]);
  });

  test("infos may come as companions of the event, and count for it", () => {
    feed(
      model,
      message([
        {
          name: "PoolSync",
          reserve0: 1n,
          reserve1: 2n,
          timestamp_ns: 0n,
          block_number: 1n,
          venue: VENUE.UniswapV2,
          token0_decimals: 255,
          token1_decimals: 255,
          pool_address: POOL,
          token0_addr: TOKEN0,
          token1_addr: TOKEN1,
        },
        provenance(),
        {
          name: "TokenInfo",
          chain_id: 1n,
          decimals: 0,
          stable: 0,
          address: TOKEN0,
          symbol: "AAA",
          token_name: "",
        },
      ]),
    );
    expect(pools()).toMatchObject([{ symbol0: "AAA", reserve0: { decimals: 0, text: "1" } }]);
  });

  test.each([
    ["neither is known", 0, 0, "A/B", 2],
    ["token0 calls itself stable", 1, 0, "B/A", 0.5],
    ["both do", 1, 1, "A/B", 2],
  ])("token1 quotes, or the stable one: %s", (_, stable0, stable1, pair, price) => {
    feed(
      model,
      poolInfo({ chain_id: 31_337n }),
      tokenInfo({ chain_id: 31_337n, symbol: "A", stable: stable0 }),
      tokenInfo({ chain_id: 31_337n, address: TOKEN1, symbol: "B", stable: stable1 }),
      swap(),
    );
    expect(events()).toMatchObject([{ pair, price }]);
  });

  test("the registry's stables and wrapped native token quote on their chain, whatever a token says", () => {
    const usdc = "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359";
    const wpol = "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270";
    const quote = (token0: string, token1: string, stable1: number, chain_id: bigint) => {
      const other = new Model({ log_id: "test" });
      feed(
        other,
        poolInfo({ chain_id, token0, token1 }),
        tokenInfo({ chain_id, address: token0, symbol: "T0" }),
        tokenInfo({ chain_id, address: token1, symbol: "T1", stable: stable1 }),
        sync({ token0_addr: token0, token1_addr: token1 }),
      );
      return rowsOf(other, "pool.state")[0]?.pair;
    };
    expect(quote(usdc, TOKEN1, 1, 137n)).toBe("T1/T0");
    expect(quote(wpol, TOKEN1, 0, 137n)).toBe("T1/T0");
    expect(quote(wpol, TOKEN1, 1, 137n)).toBe("T0/T1");
    expect(quote(wpol, usdc, 0, 137n)).toBe("T0/T1");
    expect(quote(usdc, TOKEN1, 0, 1n)).toBe("T0/T1");
  });

  test("a swap the other way has the same price", () => {
    feed(model, poolInfo(), swap(), swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0 }));
    expect(events().map((row) => row.price)).toEqual([2, 0.5]);
    feed(model, swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0, amount_in: 4n, amount_out: 2n }, null));
    expect(events()[2]?.price).toBe(2);
  });

  test("a swap of other tokens than the pool's has no price and no pair", () => {
    feed(
      model,
      poolInfo(),
      tokenInfo(),
      tokenInfo({ address: TOKEN1 }),
      swap({ token_in_addr: address(0x55) }),
    );
    expect(events()).toMatchObject([
      { price: null, pair: null, symbol_in: null, token_in: address(0x55), amount_in: { text: "1" } },
    ]);
  });

  test("without a PoolInfo the tokens of a swap are taken in the order of their addresses", () => {
    feed(model, swap({ token_in_addr: TOKEN1, token_out_addr: TOKEN0 }));
    expect(pools()).toMatchObject([
      { token0: TOKEN0, token1: TOKEN1, chain_id: null, fee: null, kind: null },
    ]);
  });
});

describe("cleanSymbol", () => {
  test.each([
    ["USDC", "USDC"],
    ["USD₮0", "USD₮0"],
    ["\u202eCDSU\u202c", "CDSU"],
    ["A\u0000B\u200b\ufeff\n", "AB"],
    [" \u2066 ", null],
    ["", null],
  ])("%j is shown as %j", (symbol, shown) => {
    expect(cleanSymbol(symbol)).toBe(shown);
  });
});
