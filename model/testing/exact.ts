/** For tests: fractions and their nearest doubles by long division, apart from how the fold does it. */

/** A fraction of two positive integers; not reduced. */
export type Fraction = readonly [bigint, bigint];

export const times = (a: Fraction, b: Fraction): Fraction => [a[0] * b[0], a[1] * b[1]];
export const plus = (a: Fraction, b: Fraction): Fraction => [a[0] * b[1] + b[0] * a[1], a[1] * b[1]];
export const inverse = ([n, d]: Fraction): Fraction => [d, n];
export const compare = (a: Fraction, b: Fraction): number => {
  const difference = a[0] * b[1] - b[0] * a[1];
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
/** Do they differ by less than a part in 10^12, and yet differ? */
export const isClose = (a: Fraction, b: Fraction): boolean => {
  const difference = a[0] * b[1] - b[0] * a[1];
  const distance = difference < 0n ? -difference : difference;
  return distance !== 0n && distance * 10n ** 12n < a[0] * b[1];
};

/** A positive double as a fraction. */
export function fractionOf(value: number): Fraction {
  let scaled = value;
  let denominator = 1n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}

/** The nearest double, ties to even; 0 for 0. */
export function nearest([n, d]: Fraction): number {
  if (n === 0n) return 0;
  let exponent = 0;
  let [top, bottom] = [n, d];
  while (top / bottom >= 2n ** 53n) {
    bottom *= 2n;
    exponent++;
  }
  while (top / bottom < 2n ** 52n) {
    top *= 2n;
    exponent--;
  }
  const quotient = top / bottom;
  const rest = 2n * (top % bottom);
  const isUp = rest > bottom || (rest === bottom && quotient % 2n === 1n);
  return Number(quotient + (isUp ? 1n : 0n)) * 2 ** exponent;
}
