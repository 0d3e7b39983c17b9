/** Dollars: exact amounts at prices that are doubles, each taken as the exact number that it is; rounded once. */
import { divide, POWERS_OF_TEN } from "./price.ts";

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
