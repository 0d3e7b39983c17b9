/** Dollars: exact amounts at prices that are doubles, each taken as the exact number that it is; rounded once. */
import { U128_WORDS, u128 } from "../read.ts";
import { DoubleDouble } from "./double-double.ts";
import { divide, EXACT_POWERS, POWERS_OF_TEN } from "./price.ts";

/** Raw units of a token at its price, US dollars a whole token. null: unknown. */
export interface Holding {
  amount: bigint;
  decimals: number | null;
  price: number | null;
}

/** What the holdings are worth together; null where anything about one is unknown, or the sum is beyond a double. */
export function dollarsOf(holdings: readonly Holding[]): number | null {
  let numerator = 0n;
  let denominator = 1n;
  for (const { amount, decimals, price } of holdings) {
    if (decimals === null || price === null) return null;
    const [n, d] = fractionOf(price);
    const scale = d * (POWERS_OF_TEN[decimals] as bigint);
    numerator = numerator * scale + amount * n * denominator;
    denominator *= scale;
  }
  return numerator === 0n ? 0 : divide(numerator, denominator);
}

/** The same of one u128 at these bytes. */
export function dollarsAt(
  data: DataView,
  at: number,
  decimals: number | null,
  price: number | null,
): number | null {
  if (decimals === null || price === null) return null;
  const dollars = isExact(decimals) ? takeDollars(one, data, at, decimals, price).rounded() : Number.NaN;
  return Number.isNaN(dollars) ? dollarsOf([{ amount: u128(data, at), decimals, price }]) : dollars;
}

/** The same of two u128, one after the other from these bytes on. */
export function dollarsOfBothAt(
  data: DataView,
  at: number,
  decimals0: number | null,
  price0: number | null,
  decimals1: number | null,
  price1: number | null,
): number | null {
  if (decimals0 === null || price0 === null || decimals1 === null || price1 === null) return null;
  const at1 = at + 4 * U128_WORDS;
  if (isExact(decimals0) && isExact(decimals1)) {
    takeDollars(one, data, at, decimals0, price0).plus(takeDollars(other, data, at1, decimals1, price1));
    const dollars = one.rounded();
    if (!Number.isNaN(dollars)) return dollars;
  }
  return dollarsOf([
    { amount: u128(data, at), decimals: decimals0, price: price0 },
    { amount: u128(data, at1), decimals: decimals1, price: price1 },
  ]);
}

const [one, other] = [new DoubleDouble(), new DoubleDouble()];

function isExact(decimals: number): boolean {
  return decimals < EXACT_POWERS.length;
}

function takeDollars(
  to: DoubleDouble,
  data: DataView,
  at: number,
  decimals: number,
  price: number,
): DoubleDouble {
  return to
    .take(data, at, U128_WORDS)
    .times(price)
    .overNumber(EXACT_POWERS[decimals] as number);
}

const FRACTION_BITS = 52;
const EXPONENT_BIAS = 1023;
const double = new DataView(new ArrayBuffer(8));

/** A positive double as an exact fraction. */
function fractionOf(value: number): readonly [bigint, bigint] {
  double.setFloat64(0, value);
  const bits = double.getBigUint64(0);
  const biased = Number(bits >> BigInt(FRACTION_BITS));
  const fraction = BigInt.asUintN(FRACTION_BITS, bits);
  const isNormal = biased > 0;
  const mantissa = isNormal ? fraction | (1n << BigInt(FRACTION_BITS)) : fraction;
  const exponent = (isNormal ? biased : 1) - EXPONENT_BIAS - FRACTION_BITS;
  return exponent >= 0 ? [mantissa << BigInt(exponent), 1n] : [mantissa, 1n << BigInt(-exponent)];
}
