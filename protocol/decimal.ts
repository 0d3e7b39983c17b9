/** Exact decimal text of integers: token amounts are never passed through a float. */

/**
 * `raw / 10^decimals` as decimal text without trailing zeros: ("1500000", 6) -> "1.5". `raw` is a decimal integer with
 * an optional minus sign, `decimals` an integer from 0 to 255.
 */
export function formatDecimal(raw: string, decimals: number): string {
  const isNegative = raw.startsWith("-");
  const digits = (isNegative ? raw.slice(1) : raw).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const text =
    end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return isNegative ? `-${text}` : text;
}
