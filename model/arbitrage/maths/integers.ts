/** Integer arithmetic that BigInt has not. Arguments are not negative. */

export function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** Bits of a double's square root that are certainly right. */
const ROOT_BITS = 48;

/** The largest integer whose square is at most `value`: Newton's method, begun a little above the root. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  // The leading bits give as many of the root's; what is cut off is made up for by going a step above.
  const bits = value.toString(16).length * 4;
  const cut = BigInt(Math.max(0, bits - 2 * ROOT_BITS) >> 1);
  let root = (BigInt(Math.ceil(Math.sqrt(Number(value >> (2n * cut))))) + 2n) << cut;
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
