/** What is known beforehand of the chains: pool factories and stable tokens, by chain and address. */
import { SECTIONS } from "../../../model/registry/sections.ts";
import { type PoolKindName, VENUE, type VenueName } from "../../../protocol/tlv/registry.ts";

export interface Factory {
  readonly chain_id: number;
  /** As pool files call it. */
  readonly name: string;
  readonly address: string;
  readonly kind: PoolKindName;
  readonly venue: number;
  /** Hundredths of a bip; null where each pool has its own. */
  readonly fee: number | null;
}

type FactoryRow = readonly [
  chain: number,
  name: string,
  kind: PoolKindName,
  venue: VenueName,
  address: string,
];

/**
 * The factories' own publications. The tests recompute the CREATE2 addresses of known pools of each; of QuickSwap V3
 * none is at hand.
 */
const FACTORY_ROWS: readonly FactoryRow[] = [
  [1, "uniswap-v2", "v2", "UniswapV2", "0x5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f"],
  [1, "uniswap-v3", "v3", "UniswapV3", "0x1f98431c8ad98523631ae4a59f267346ea31f984"],
  [1, "sushiswap", "v2", "SushiSwap", "0xc0aee478e3658e2610c5f7a4a2e1777ce9e4f2ac"],
  [137, "uniswap-v2", "v2", "UniswapV2", "0x9e5a52f57b3038f1b8eee45f28b3c1967e22799c"],
  [137, "uniswap-v3", "v3", "UniswapV3", "0x1f98431c8ad98523631ae4a59f267346ea31f984"],
  [137, "sushiswap", "v2", "SushiSwapPolygon", "0xc35dadb65012ec5796536bd9864ed8773abc74c4"],
  [137, "quickswap-v2", "v2", "QuickSwap", "0x5757371414417b8c6caad45baef941abc7d3ab32"],
  [137, "quickswap-v3", "algebra", "QuickSwap", "0x411b0facc3489691f28ad58c47006af5e3ab3a28"],
];

/** Of Uniswap V2 and of the forks above. */
const V2_FEE = 3_000;

export const FACTORIES: readonly Factory[] = FACTORY_ROWS.map(([chain_id, name, kind, venue, address]) => ({
  chain_id,
  name,
  address,
  kind,
  venue: VENUE[venue],
  fee: kind === "v2" ? V2_FEE : null,
}));

/** Tokens worth one US dollar, by chain: those of the model's registry. */
export const STABLE_TOKENS: ReadonlyMap<number, ReadonlySet<string>> = new Map(
  SECTIONS.map(({ chain_id, stables }) => [chain_id, new Set(stables)]),
);

/** Tick spacing of Uniswap V3's fee tiers. */
export const V3_TICK_SPACING: ReadonlyMap<number, number> = new Map([
  [100, 1],
  [500, 10],
  [3_000, 60],
  [10_000, 200],
]);
