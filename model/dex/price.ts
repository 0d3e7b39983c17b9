/** Prices: a ratio of exact integers, rounded once, to the nearest double. */

const Q192 = 1n << 192n;

/** Amounts or reserves of a pair in raw units; decimals null where unknown. */
export interface PairAmounts {
  amount0: bigint;
  amount1: bigint;
  decimals0: number | null;
  decimals1: number | null;
  token0Quotes: boolean;
}

/** Quote per base; null where a decimal is unknown, an amount is 0, or the ratio is beyond a double. */
export function priceOfAmounts(pair: PairAmounts): number | null {
  const { amount0, amount1, decimals0, decimals1 } = pair;
  if (decimals0 === null || decimals1 === null) return null;
  const in0 = amount1 * 10n ** BigInt(decimals0);
  const in1 = amount0 * 10n ** BigInt(decimals1);
  return pair.token0Quotes ? divide(in1, in0) : divide(in0, in1);
}

/** The price of a V3 pool: token1 per token0 is (sqrtPriceX96 / 2^96)^2. */
export function priceOfSqrt(sqrtPriceX96: bigint, pair: Omit<PairAmounts, "amount0" | "amount1">) {
  return priceOfAmounts({ ...pair, amount0: Q192, amount1: sqrtPriceX96 * sqrtPriceX96 });
}

/** The double nearest to numerator / denominator, of non-negative integers; null for 0 / x, x / 0 and beyond a double. */
export function divide(numerator: bigint, denominator: bigint): number | null {
  if (numerator === 0n || denominator === 0n) return null;
  // A quotient of 65 bits or more and a sticky bit for the rest: converting it rounds as the exact ratio would.
  const shift = bitLength(denominator) - bitLength(numerator) + 66;
  const scaled = shift > 0 ? numerator << BigInt(shift) : numerator;
  const divisor = shift > 0 ? denominator : denominator << BigInt(-shift);
  const quotient = scaled / divisor;
  const sticky = quotient * divisor === scaled ? 0n : 1n;
  // Outside the normal range scaling would round a second time; no price of anything lies there.
  if (shift > MAX_SHIFT || shift < -MAX_SHIFT) return null;
  const rounded = Number(quotient | sticky);
  return shift > 0 ? rounded / powerOfTwo(shift) : rounded * powerOfTwo(-shift);
}

const MAX_SHIFT = 900;

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - (Math.clz32(Number.parseInt(hex[0] as string, 16)) - 28);
}

/** Exact, by doubling: engines may differ in how they raise to a power. */
function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}
