/** For tests: three V2 pools of WETH and USDC, on Ethereum as far as the fold can tell. */
import type { PayloadFields } from "../../../protocol/tlv/layout.ts";
import { POOL_KIND, VENUE } from "../../../protocol/tlv/registry.ts";
import { Model, type ModelOptions } from "../../model.ts";
import {
  address,
  chainHead,
  hash,
  poolInfo,
  START_MS,
  swap,
  sync,
  tick,
  tokenInfo,
} from "../../testing/messages.ts";

export const WETH = address(0x10);
export const USDC = address(0x11);
export const [CHEAP, DEAR, OTHER] = [address(0xa1), address(0xa2), address(0xa3)];
export const E18 = 10n ** 18n;
export const E6 = 10n ** 6n;
export const GWEI = 1_000_000_000n;

export const SECTION = {
  chain_id: 1,
  name: "Ethereum",
  native_symbol: "ETH",
  block_ms: 12_000,
  wrapped_native: WETH,
  stables: [USDC],
  tokens: {},
  protocols: {},
};
/** Small, so that a model is made in no time. */
const CAPS = {
  "tx.main": 16,
  "pool.main": 64,
  "pool.state": 16,
  "feature.main": 16,
  "opportunity.main": 16,
  "market.main": 16,
};
export const make = (options: Partial<ModelOptions> = {}) =>
  new Model({
    log_id: "test",
    log_bytes: 65_536,
    caps: CAPS,
    bars: { count: 1_024 },
    chains: [SECTION],
    ...options,
  });

export const INFOS = [
  tick(START_MS),
  tokenInfo({ address: WETH, symbol: "WETH", decimals: 18 }),
  tokenInfo({ address: USDC, symbol: "USDC", decimals: 6, stable: 1 }),
  ...[CHEAP, DEAR, OTHER].map((pool) =>
    poolInfo({
      pool,
      token0: WETH,
      token1: USDC,
      kind: POOL_KIND.v2,
      venue: VENUE.UniswapV2,
      fee: 3_000,
      tick_spacing: 0,
    }),
  ),
];

/** Logs of a block are told apart by their index. */
let logs = 0;
export const inBlock = (n: number, branch = 0) => ({
  block_number: BigInt(n),
  block_hash: hash(n + branch),
  log_index: logs++,
});

/** A thousand WETH against so many dollars each. */
export const reserves = (pool: string, n: number, usd: number, branch = 0) =>
  sync(
    {
      pool_address: pool,
      token0_addr: WETH,
      token1_addr: USDC,
      reserve0: 1_000n * E18,
      reserve1: BigInt(usd) * 1_000n * E6,
      token0_decimals: 18,
      token1_decimals: 6,
    },
    inBlock(n, branch),
  );
export const swapped = (pool: string, n: number, branch = 0) =>
  swap(
    {
      pool_address: pool,
      token_in_addr: WETH,
      token_out_addr: USDC,
      amount_in: E18,
      amount_out: 3_000n * E6,
      amount_in_decimals: 18,
      amount_out_decimals: 6,
    },
    inBlock(n, branch),
  );
export const head = (n: number, fields: Partial<PayloadFields<"ChainHead">> = {}) =>
  chainHead(n, { base_fee: 20n * GWEI, ...fields });
