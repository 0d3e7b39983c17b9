/** The arithmetic of concentrated liquidity that the lab needs to fill pools. */

const Q96 = 2 ** 96;
const TICK_BASE = 1.0001;

function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** sqrt(amount1 / amount0) as Q64.96, rounded down. */
export function sqrtPriceX96(amount0: bigint, amount1: bigint): bigint {
  return squareRoot((amount1 << 192n) / amount0);
}

export interface Range {
  readonly lower: number;
  readonly upper: number;
}

/** Ticks around a price so that it lies `factor` from either end, on the spacing. A factor of 1.1 is 10 % up and down. */
export function rangeAround(tick: number, factor: number, tickSpacing: number): Range {
  const half = Math.max(Math.round(Math.log(factor) / Math.log(TICK_BASE)), tickSpacing);
  return {
    lower: Math.floor((tick - half) / tickSpacing) * tickSpacing,
    upper: Math.ceil((tick + half) / tickSpacing) * tickSpacing,
  };
}

/** The tick of a price, exact but for the last one: for choosing a range, not for reading a pool. */
export function tickOf(sqrtPrice: bigint): number {
  return Math.floor((2 * Math.log(Number(sqrtPrice) / Q96)) / Math.log(TICK_BASE));
}

/** Liquidity that the two amounts pay for in a range that the price is in, to a float's precision. */
export function liquidityFor(
  sqrtPrice: bigint,
  { lower, upper }: Range,
  amount0: bigint,
  amount1: bigint,
): bigint {
  const price = Number(sqrtPrice) / Q96;
  const [low, high] = [TICK_BASE ** (lower / 2), TICK_BASE ** (upper / 2)];
  const by0 = (Number(amount0) * price * high) / (high - price);
  const by1 = Number(amount1) / (price - low);
  return BigInt(Math.floor(Math.min(by0, by1)));
}
