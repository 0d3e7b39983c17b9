import { beforeEach, describe, expect, test } from "vitest";
import { upsertsOf } from "../channel.ts";
import type { Model } from "../model.ts";
import {
  chainHead,
  feed,
  message,
  poolInfo,
  rowsOf,
  smallModel,
  TOKEN0,
  TOKEN1,
  tick,
  tokenInfo,
} from "../testing/messages.ts";
import { rowsIn, swapOf } from "../testing/trades.ts";

/** A minute begins here. */
const T = 1_700_000_040_000;

let model: Model;
beforeEach(() => {
  model = smallModel();
  feed(model, tick(T));
});
const bars = (interval: string, symbol: string) => rowsIn(model, `market.bars:${symbol}:${interval}`);
const market = () => rowsOf(model, "market.main");

describe("bars of pairs", () => {
  const PAIR = `${TOKEN0}/${TOKEN1}@1`;
  const S = T / 1000;
  beforeEach(() => feed(model, poolInfo()));

  test("take each swap as a trade: base amount, quote amount, quote over base", () => {
    feed(
      model,
      tokenInfo({ symbol: "AAA", decimals: 18 }),
      tokenInfo({ address: TOKEN1, symbol: "BBB", decimals: 6 }),
      swapOf({ amount0: 2n * 10n ** 18n, amount1: 3_000_000n, s: S }),
      swapOf({ amount0: 3n * 10n ** 18n, amount1: 10_000_000n, s: S, log_index: 1, isSold1: true }),
    );
    expect(bars("1m", PAIR)).toMatchObject([
      {
        open: "1.5",
        high: "3.3333333333333",
        low: "1.5",
        close: "3.3333333333333",
        volume: "5",
        vwap: "2.6",
        trades: 2,
      },
    ]);
    expect(market()).toMatchObject([{ id: PAIR, title: "AAA/BBB", kind: "pair", chain_id: 1 }]);
  });

  test("are named by verified tokens, and quoted by the registry", () => {
    const weth = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
    const usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    const pool = "0x00000000000000000000000000000000000000aa";
    feed(
      model,
      poolInfo({ pool, token0: usdc, token1: weth }),
      tokenInfo({ address: usdc, symbol: "USDC", decimals: 6 }),
      tokenInfo({ address: weth, symbol: "WETH" }),
    );
    const { amount0, amount1 } = { amount0: 3_700_000_000n, amount1: 2n * 10n ** 18n };
    const bytes = message(
      [
        {
          name: "PoolSwap",
          amount_in: amount0,
          amount_out: amount1,
          liquidity_after: 0n,
          timestamp_ns: BigInt(T) * 1_000_000n,
          block_number: 1n,
          tick_after: 0,
          venue: 300,
          amount_in_decimals: 255,
          amount_out_decimals: 255,
          pool_address: pool,
          token_in_addr: usdc,
          token_out_addr: weth,
          sqrt_price_x96_after: 0n,
        },
      ],
      { ms: T },
    );
    feed(model, bytes);
    expect(bars("1s", "WETH/USDC@1")).toMatchObject([{ open: "1850", volume: "2", trades: 1 }]);
  });

  test("of all pools of a pair together", () => {
    const pool = "0x00000000000000000000000000000000000000ab";
    feed(model, poolInfo({ pool }));
    feed(
      model,
      swapOf({ amount0: 1n, amount1: 2n, s: S }),
      swapOf({ amount0: 1n, amount1: 4n, s: S, log_index: 1, pool }),
    );
    expect(bars("1m", PAIR)).toMatchObject([{ low: "2", high: "4", trades: 2 }]);
  });

  test("a pair's title follows what is learnt of its tokens", () => {
    feed(model, swapOf({ amount0: 1n, amount1: 2n, s: S }));
    expect(market()).toMatchObject([{ title: `${TOKEN0}/${TOKEN1}` }]);
    feed(model, tokenInfo({ symbol: "AAA" }), tokenInfo({ address: TOKEN1, symbol: "BBB" }));
    feed(model, swapOf({ amount0: 1n, amount1: 2n, s: S, log_index: 1 }));
    expect(market()).toMatchObject([{ title: "AAA/BBB", trades: 2 }]);
  });

  test("a price keeps 14 significant digits of the first, and what does not fit it is a fault", () => {
    const tiny = 10n ** 30n;
    feed(model, swapOf({ amount0: 3n * tiny, amount1: 1n, s: S }));
    expect(bars("1m", PAIR)).toMatchObject([{ open: `0.${"0".repeat(30)}33333333333333` }]);
    feed(model, swapOf({ amount0: 1n, amount1: tiny, s: S, log_index: 1 }));
    feed(model, swapOf({ amount0: 10n ** 38n, amount1: 1n, s: S + 1, log_index: 2 }));
    expect(model.counters.faults.bar_overflow).toBe(1);
    expect(bars("1m", PAIR)).toMatchObject([{ trades: 2, low: `0.${"0".repeat(37)}1` }]);
  });

  test("none where an amount is 0, a token is not the pool's, or the event tells no time", () => {
    feed(
      model,
      swapOf({ amount0: 0n, amount1: 2n, s: S }),
      swapOf({ amount0: 1n, amount1: 2n, s: 0, log_index: 1, at: T }),
    );
    expect(market()).toEqual([]);
    expect(model.counters.faults.trade_time).toBe(0);
  });

  test("are final by their chain's heads, whatever the clock says", () => {
    feed(model, swapOf({ amount0: 1n, amount1: 2n, s: S }), tick(T + 30_000));
    expect(bars("500ms", PAIR)).toMatchObject([{ final: false }]);
    feed(model, chainHead(2, { block_timestamp: BigInt(S + 1) }), tick(T + 31_000));
    expect(bars("500ms", PAIR)).toMatchObject([{ final: false }]);
    feed(model, chainHead(3, { block_timestamp: BigInt(S + 12) }), tick(T + 32_000));
    expect(bars("500ms", PAIR)).toMatchObject([{ final: true, late_trades: 0 }]);
    // A forged head does not.
    feed(model, chainHead(4, { block_timestamp: BigInt(S + 999_999) }), tick(T + 33_000));
    expect(bars("1m", PAIR)).toMatchObject([{ final: false }]);
  });

  test("the longest rows are no longer than the budget counts them", () => {
    const token = (fields: object) => tokenInfo({ symbol: "\uffff".repeat(10), decimals: 50, ...fields });
    feed(model, token({}), token({ address: TOKEN1 }));
    const most = 2n ** 128n - 1n;
    feed(
      model,
      swapOf({ amount0: most, amount1: 99_999n, s: S }),
      swapOf({ amount0: 7n, amount1: 1n, s: S, log_index: 1 }),
    );
    const held = model.bytesHeld();
    const longest = (name: string) =>
      Math.max(
        ...upsertsOf(model.channel(name)?.changesSince(0)).map((row) =>
          Buffer.byteLength(JSON.stringify(row)),
        ),
      );
    expect(longest("market.main")).toBeGreaterThan(600);
    expect(longest("market.main")).toBeLessThan(held["market.main"] as number);
    const bar = `market.bars:${PAIR}:1m`;
    expect(longest(bar)).toBeGreaterThan(350);
    expect(longest(bar)).toBeLessThan((held["market.bars"] as number) / 4);
  });
});
