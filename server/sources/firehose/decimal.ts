/** Exact integers from the decimal text of JSON numbers, which a float may not hold. */

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * `text` times 10^`decimals`: ("427.5288", 8) -> 42752880000n, ("4.522e-05", 8) -> 4522n. Null where the text is no
 * number, or has more decimals than that.
 */
export function scaled(text: string, decimals: number): bigint | null {
  const parts = NUMBER.exec(text);
  if (parts === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const shift = decimals + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideExactly(digits, 10n ** BigInt(-shift));
  return value === null || sign === "" ? value : -value;
}

function divideExactly(value: bigint, by: bigint): bigint | null {
  return value % by === 0n ? value / by : null;
}
