/** For tests of prices: pools of a few tokens on Ethereum, as a collector tells them. */
import { POOL_KIND } from "../../../protocol/tlv/registry.ts";
import type { Model } from "../../model.ts";
import {
  address,
  chainHead,
  feed,
  poolInfo,
  poolState,
  rowsOf,
  START_MS,
  smallModel,
  sync,
  tick,
  tokenInfo,
} from "../../testing/messages.ts";

export const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
export const USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7";
export const WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const DECIMALS: Record<string, number> = { [USDC]: 6, [USDT]: 6, [WETH]: 18 };
export const decimalsOf = (token: string) => DECIMALS[token] ?? 18;

export interface MadePool {
  readonly pool: string;
  /** In any order; of V2 the reserves, of V3 the balances, raw. */
  readonly tokens: readonly [string, string];
  readonly amounts: readonly [bigint, bigint];
  /** Of V3. */
  readonly sqrtPrice?: bigint;
}

export function sorted({ pool, tokens, amounts, sqrtPrice }: MadePool) {
  const isTurned = tokens[0] > tokens[1];
  const [token0, token1] = isTurned ? [tokens[1], tokens[0]] : tokens;
  const [amount0, amount1] = isTurned ? [amounts[1], amounts[0]] : amounts;
  return { pool, token0, token1, amount0, amount1, sqrtPrice };
}

/** What a collector tells of a pool, then its state. */
export function toldOf(made: MadePool): Uint8Array[] {
  const { pool, token0, token1, amount0, amount1, sqrtPrice } = sorted(made);
  const kind = sqrtPrice === undefined ? POOL_KIND.v2 : POOL_KIND.v3;
  const addresses = { pool_address: pool, token0_addr: token0, token1_addr: token1 };
  const decimals = { token0_decimals: decimalsOf(token0), token1_decimals: decimalsOf(token1) };
  const info = poolInfo({ pool, token0, token1, kind });
  const reserves = { reserve0: amount0, reserve1: amount1 };
  if (sqrtPrice === undefined) return [info, sync({ ...addresses, ...decimals, ...reserves })];
  const state = { sqrt_price_x96: sqrtPrice, liquidity: 1n, ...reserves };
  return [info, poolState({ ...addresses, ...decimals, ...state })];
}

const infosOf = (tokens: Iterable<string>) =>
  [...tokens].map((token) => tokenInfo({ address: token, decimals: decimalsOf(token) }));

/** A model with these pools, priced. */
export function priced(...pools: MadePool[]): Model {
  const model = smallModel();
  const tokens = new Set(pools.flatMap(({ tokens: both }) => both));
  feed(model, tick(START_MS), ...infosOf(tokens), ...pools.flatMap(toldOf), chainHead(1), tick(START_MS + 1));
  return model;
}

/** What the rows say of tokens, by token: a pool's base. */
export function pricesOf(model: Model): Map<string, number | null> {
  const prices = new Map<string, number | null>();
  for (const row of rowsOf(model, "pool.state")) {
    const [base, other] = isBase0(row) ? [row.token0, row.token1] : [row.token1, row.token0];
    prices.set(base as string, row.price_usd as number | null);
    if (other === USDC || other === USDT) prices.set(other, 1);
  }
  return prices;
}
/** All tokens here have one symbol, so the pair's name does not tell: dollars quote, else WETH, else token1. */
const rankOf = (token: unknown) => (token === USDC || token === USDT ? 2 : token === WETH ? 1 : 0);
export const isBase0 = ({ token0, token1 }: Record<string, unknown>) => rankOf(token0) <= rankOf(token1);

export const e = (whole: number, token: string) => BigInt(whole) * 10n ** BigInt(decimalsOf(token));
export const v2 = (pool: number, a: string, wholeA: number, b: string, wholeB: number): MadePool => ({
  pool: address(pool),
  tokens: [a, b],
  amounts: [e(wholeA, a), e(wholeB, b)],
});
export const [A, B, C, D] = [address(0xa), address(0xb), address(0xc), address(0xd)];
