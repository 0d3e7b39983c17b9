/** What is traded: tokens, venues, pools, and what they are worth at the beginning. */
import type { PoolKindName, VenueName } from "../protocol/tlv/registry.ts";

interface TokenRow {
  readonly name: string;
  readonly decimals: number;
  /** Of one token, at the beginning. */
  readonly usd: number;
  readonly stable: boolean;
}

/** Play money with the names, decimals and rough prices of tokens that everybody knows. WETH is the published WETH9. */
export const TOKENS = {
  WETH: { name: "Wrapped Ether", decimals: 18, usd: 3_000, stable: false },
  USDC: { name: "Lab USD Coin", decimals: 6, usd: 1, stable: true },
  USDT: { name: "Lab Tether USD", decimals: 6, usd: 1, stable: true },
  DAI: { name: "Lab Dai Stablecoin", decimals: 18, usd: 1, stable: true },
  WBTC: { name: "Lab Wrapped BTC", decimals: 8, usd: 64_000, stable: false },
  LINK: { name: "Lab Chainlink", decimals: 18, usd: 15, stable: false },
} as const satisfies Record<string, TokenRow>;
export type TokenName = keyof typeof TOKENS;
export const TOKEN_NAMES = Object.keys(TOKENS) as TokenName[];

/** A factory with its router. Two of them are Uniswap V2's own code: forks differ from it in name only. */
export const VENUES = {
  "uniswap-v2": { kind: "v2", venue: "UniswapV2" },
  sushiswap: { kind: "v2", venue: "SushiSwap" },
  "uniswap-v3": { kind: "v3", venue: "UniswapV3" },
  "quickswap-v3": { kind: "algebra", venue: "QuickSwap" },
} as const satisfies Record<string, { kind: PoolKindName; venue: VenueName }>;
export type VenueKey = keyof typeof VENUES;

/** Hundredths of a bip, and the tick spacing that goes with it. */
export interface FeeTier {
  readonly fee: number;
  readonly tickSpacing: number;
}
const V2: FeeTier = { fee: 3_000, tickSpacing: 0 };
const V3_100: FeeTier = { fee: 100, tickSpacing: 1 };
const V3_500: FeeTier = { fee: 500, tickSpacing: 10 };
const V3_3000: FeeTier = { fee: 3_000, tickSpacing: 60 };
/** Algebra moves its fee with the price's unrest; this is where it begins. */
const ALGEBRA: FeeTier = { fee: 100, tickSpacing: 60 };

export interface PoolRow {
  readonly venue: VenueKey;
  readonly pair: readonly [TokenName, TokenName];
  readonly tier: FeeTier;
  /** Of each of its two sides, at the beginning. */
  readonly side_usd: number;
}

export const POOLS: readonly PoolRow[] = [
  { venue: "uniswap-v2", pair: ["WETH", "USDC"], tier: V2, side_usd: 4_000_000 },
  { venue: "uniswap-v2", pair: ["WETH", "USDT"], tier: V2, side_usd: 2_500_000 },
  { venue: "uniswap-v2", pair: ["WBTC", "WETH"], tier: V2, side_usd: 3_000_000 },
  { venue: "uniswap-v2", pair: ["LINK", "WETH"], tier: V2, side_usd: 800_000 },
  { venue: "sushiswap", pair: ["WETH", "USDC"], tier: V2, side_usd: 1_500_000 },
  { venue: "sushiswap", pair: ["DAI", "WETH"], tier: V2, side_usd: 1_200_000 },
  { venue: "sushiswap", pair: ["LINK", "WETH"], tier: V2, side_usd: 500_000 },
  { venue: "uniswap-v3", pair: ["WETH", "USDC"], tier: V3_500, side_usd: 3_000_000 },
  { venue: "uniswap-v3", pair: ["WETH", "USDC"], tier: V3_3000, side_usd: 2_000_000 },
  { venue: "uniswap-v3", pair: ["WBTC", "USDC"], tier: V3_3000, side_usd: 2_000_000 },
  { venue: "uniswap-v3", pair: ["USDC", "USDT"], tier: V3_100, side_usd: 2_000_000 },
  { venue: "quickswap-v3", pair: ["WETH", "USDC"], tier: ALGEBRA, side_usd: 1_500_000 },
  { venue: "quickswap-v3", pair: ["WBTC", "WETH"], tier: ALGEBRA, side_usd: 1_500_000 },
  { venue: "quickswap-v3", pair: ["LINK", "USDC"], tier: ALGEBRA, side_usd: 500_000 },
];

/** Raw units of a token that were worth so many dollars at the beginning. */
export function worth(token: TokenName, usd: number): bigint {
  const { decimals, usd: price } = TOKENS[token];
  return (BigInt(Math.round((usd / price) * 1e6)) * 10n ** BigInt(decimals)) / 1_000_000n;
}
