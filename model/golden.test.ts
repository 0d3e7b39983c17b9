/** The fold, pinned: one log with all that it derives, and the digests that it gives. */
import { expect, test } from "vitest";
import { barsChannel, CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import { POOL_KIND, VENUE } from "../protocol/tlv/registry.ts";
import { Model } from "./model.ts";
import {
  address,
  chainHead,
  collectorStatus,
  feed,
  hash,
  mint,
  poolInfo,
  rowsOf,
  START_MS,
  swap,
  sync,
  TOKEN1,
  tick,
  tokenInfo,
  trade,
  transaction,
} from "./testing/messages.ts";

const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
const WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";

const GOLDEN_LOG = [
  tick(START_MS),
  tokenInfo({ symbol: "WETH" }),
  tokenInfo({ address: TOKEN1, symbol: "USD₮0", decimals: 6, stable: 1 }),
  poolInfo(),
  chainHead(1),
  collectorStatus("connected"),
  transaction(1),
  transaction(2, { nonce: 1n, max_fee_per_gas: 2n ** 127n }),
  swap(
    { amount_out: 2_345_678_901n, amount_out_decimals: 6, sqrt_price_x96_after: 3n << 90n },
    { log_index: 3 },
  ),
  sync({ pool_address: address(5) }, { log_index: 4 }),
  mint({}, { log_index: 5 }),
  swap({}, { log_index: 3, reorged: 1 }),
  ...[WETH, USDC].map((token, n) =>
    tokenInfo({ address: token, symbol: ["WETH", "USDC"][n] as string, decimals: [18, 6][n] as number }),
  ),
  ...[6, 7].flatMap((n) => {
    const pool = { pool: address(n), kind: POOL_KIND.v2, venue: VENUE.UniswapV2, token0: USDC, token1: WETH };
    const reserves = { reserve0: 2_000_000_000_000n + BigInt(n - 6) * 40_000_000_000n, reserve1: 10n ** 21n };
    const tokens = { token0_addr: USDC, token1_addr: WETH, token0_decimals: 6, token1_decimals: 18 };
    return [
      poolInfo(pool),
      sync({ pool_address: address(n), ...reserves, ...tokens }, { block_hash: hash(2), log_index: n }),
    ];
  }),
  swap(
    {
      pool_address: address(7),
      token_in_addr: USDC,
      token_out_addr: WETH,
      amount_in: 2_040_000_000n,
      amount_in_decimals: 6,
      timestamp_ns: BigInt(START_MS) * 1_000_000n,
    },
    { block_hash: hash(2), log_index: 8 },
  ),
  trade(1),
  chainHead(2),
  tick(START_MS + 1_000),
];

// A change here is a change of the fold: raise FOLD_VERSION with it.
test("the fold of this log has these digests, in every engine", () => {
  const model = new Model({ log_id: "golden" });
  feed(model, ...GOLDEN_LOG);
  expect(model.epoch).toBe("e-golden-9af58d73");
  expect(model.headSeq).toBe(40);
  expect(rowsOf(model, "opportunity.main")).toMatchObject([{ status: "open" }]);
  const names = [...CHANNEL_NAMES, barsChannel("WETH/USDC@1", "1m")];
  expect(names.map((name) => model.channel(name)?.contentDigest())).toEqual([
    "9047feaee51005f1",
    "f28d659690e75b3b",
    "34134f4746917045",
    "4ecb28a1f85e67e6",
    "4705ba155fd46109",
    "8cd53b08331fd487",
    "1826ac558c2db5bd",
    "2b3fd31ddbd26645",
    "6209678d92f179db",
  ]);
});
