/** Prices: a ratio of exact integers, rounded once, to the nearest double. */
import { U128_WORDS, u128 } from "../read.ts";
import { DoubleDouble } from "./double-double.ts";

const Q192 = 1n << 192n;

export const POWERS_OF_TEN: readonly bigint[] = Array.from(
  { length: 256 },
  (_, power) => 10n ** BigInt(power),
);

/** Amounts or reserves of a pair in raw units; decimals null where unknown. */
export interface PairAmounts {
  amount0: bigint;
  amount1: bigint;
  decimals0: number | null;
  decimals1: number | null;
  token0Quotes: boolean;
}

/** A positive number, exact. */
export interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

/** Whole units of token1 a whole one of token0; null where a decimal is unknown or an amount is 0. */
export function ratioOfAmounts(pair: Omit<PairAmounts, "token0Quotes">): Ratio | null {
  const { amount0, amount1, decimals0, decimals1 } = pair;
  if (decimals0 === null || decimals1 === null || amount0 === 0n || amount1 === 0n) return null;
  return {
    numerator: amount1 * (POWERS_OF_TEN[decimals0] as bigint),
    denominator: amount0 * (POWERS_OF_TEN[decimals1] as bigint),
  };
}

/** The same of a V3 pool: (sqrtPriceX96 / 2^96)^2 in raw units. */
export function ratioOfSqrt(
  sqrtPriceX96: bigint,
  decimals: Pick<PairAmounts, "decimals0" | "decimals1">,
): Ratio | null {
  return ratioOfAmounts({ ...decimals, amount0: Q192, amount1: sqrtPriceX96 * sqrtPriceX96 });
}

/** Quote per base; null where there is no ratio or it is beyond a double. */
export function priceOf(ratio: Ratio | null, token0Quotes: boolean): number | null {
  if (ratio === null) return null;
  const { numerator, denominator } = ratio;
  return token0Quotes ? divide(denominator, numerator) : divide(numerator, denominator);
}

export function priceOfAmounts(pair: PairAmounts): number | null {
  return priceOf(ratioOfAmounts(pair), pair.token0Quotes);
}

/** 10^0 to 10^22: those that a double holds exactly. */
export const EXACT_POWERS = POWERS_OF_TEN.slice(0, 23).map(Number);

/** Multiplies by 10^power; false where that is not exact, and nothing was done. `power` is not negative. */
export function scale(value: DoubleDouble, power: number): boolean {
  const factor = EXACT_POWERS[power];
  if (factor === undefined) return false;
  value.times(factor);
  return true;
}

const [one, other] = [new DoubleDouble(), new DoubleDouble()];

/** The price of two u128 at these bytes, one of each token in raw units; null as of `priceOfAmounts`. */
export function priceOfAmountsAt(
  data: DataView,
  at0: number,
  at1: number,
  pair: Omit<PairAmounts, "amount0" | "amount1">,
): number | null {
  const { decimals0, decimals1, token0Quotes } = pair;
  if (decimals0 === null || decimals1 === null) return null;
  const token0 = one.take(data, at0, U128_WORDS);
  const token1 = other.take(data, at1, U128_WORDS);
  if (token0.high === 0 || token1.high === 0) return null;
  const isScaled = scale(decimals0 > decimals1 ? token1 : token0, Math.abs(decimals0 - decimals1));
  const price = token0Quotes ? token0.over(token1).rounded() : token1.over(token0).rounded();
  if (isScaled && !Number.isNaN(price)) return price;
  return priceOfAmounts({ ...pair, amount0: u128(data, at0), amount1: u128(data, at1) });
}

/** The price of a V3 pool. */
export function priceOfSqrt(sqrtPriceX96: bigint, pair: Omit<PairAmounts, "amount0" | "amount1">) {
  return priceOf(ratioOfSqrt(sqrtPriceX96, pair), pair.token0Quotes);
}

/** The double nearest to numerator / denominator, of non-negative integers; null for 0 / x, x / 0 and beyond a double. */
export function divide(numerator: bigint, denominator: bigint): number | null {
  if (numerator === 0n || denominator === 0n) return null;
  // A quotient of 65 bits or more and a sticky bit for the rest: converting it rounds as the exact ratio would.
  const shift = exponentOf(denominator) - exponentOf(numerator) + 67;
  // Outside the normal range scaling would round a second time; no price of anything lies there.
  if (shift >= MAX_SHIFT || shift <= -MAX_SHIFT) return null;
  const scaled = shift > 0 ? numerator << BigInt(shift) : numerator;
  const divisor = shift > 0 ? denominator : denominator << BigInt(-shift);
  const quotient = scaled / divisor;
  const sticky = quotient * divisor === scaled ? 0n : 1n;
  return Number(quotient | sticky) * powerOfTwo(-shift);
}

const MAX_SHIFT = 900;
const EXPONENT_BIAS = 1023;
const double = new DataView(new ArrayBuffer(8));

/** floor(log2(value)), or one more. */
function exponentOf(value: bigint): number {
  double.setFloat64(0, Number(value));
  const exponent = (double.getUint32(0) >>> 20) - EXPONENT_BIAS;
  // Beyond a double: without its low bits.
  return exponent > EXPONENT_BIAS ? exponentOf(value >> 1000n) + 1000 : exponent;
}

/** Exact, from its bits: engines may differ in how they raise to a power. */
function powerOfTwo(exponent: number): number {
  double.setUint32(0, (exponent + EXPONENT_BIAS) << 20);
  double.setUint32(4, 0);
  return double.getFloat64(0);
}
