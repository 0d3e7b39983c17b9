/** Decimal texts ("-1234.5", no exponent): sorted, scaled and shortened digit by digit, so that nothing passes through a float. */

interface Parts {
  negative: boolean;
  /** Without leading zeros; "" for 0. */
  whole: string;
  /** Without trailing zeros. */
  fraction: string;
}

function partsOf(text: string): Parts {
  const negative = text.startsWith("-");
  const unsigned = negative ? text.slice(1) : text;
  const dot = unsigned.indexOf(".");
  const whole = (dot < 0 ? unsigned : unsigned.slice(0, dot)).replace(/^0+/, "");
  const fraction = dot < 0 ? "" : unsigned.slice(dot + 1).replace(/0+$/, "");
  return { negative: negative && (whole !== "" || fraction !== ""), whole, fraction };
}

/** A text whose order by code units is the order of the values: made once a row, it is cheap to sort by. */
export function decimalKey(text: string): string {
  const { negative, whole, fraction } = partsOf(text);
  const digits = `${String(whole.length).padStart(3, "0")}${whole}.${fraction}`;
  if (!negative) return `1${digits}`;
  // Nines' complement turns the order round; "~" after all digits puts the shorter of two equal beginnings last.
  return `0${digits.replace(/\d/g, (digit) => String(9 - Number(digit)))}~`;
}

/** An integer's text over 10^decimals, exact, without trailing zeros: ("1500", 3) -> "1.5". */
export function scale(integer: string, decimals: number): string {
  const { negative, whole } = partsOf(integer);
  const digits = whole.padStart(decimals + 1, "0");
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  const point = decimals > 0 && fraction !== "" ? `.${fraction}` : "";
  return `${negative ? "-" : ""}${digits.slice(0, digits.length - decimals)}${point}`;
}

/** A float's shortest exact text, without an exponent. `value` is finite. */
export function plain(value: number): string {
  const text = String(value);
  const [mantissa, exponent] = text.split("e") as [string, string | undefined];
  if (exponent === undefined) return text;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = mantissa.replace("-", "").split(".") as [string, string?];
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(shift, "0")}`;
}

export function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Beyond these a number is written with an exponent. */
const MOST_WHOLE_DIGITS = 12;
const MOST_LEADING_ZEROS = 6;

/**
 * For the eye: thousands grouped, at most `digits` significant digits but never fewer than the whole part has, rounded
 * half away from zero and then marked with "≈". `exact`: no digit was lost.
 */
export function shorten(text: string, digits: number): { text: string; exact: boolean } {
  const { negative, whole, fraction } = partsOf(text);
  const sign = negative ? "-" : "";
  const zeros = whole === "" ? fraction.length - fraction.replace(/^0+/, "").length : 0;
  if (whole.length > MOST_WHOLE_DIGITS || zeros > MOST_LEADING_ZEROS) {
    return withExponent(sign, whole, fraction.slice(zeros), zeros, digits);
  }
  const room = whole === "" ? zeros + digits : Math.max(0, digits - whole.length);
  const exact = fraction.length <= room;
  const rounded = exact ? { whole, fraction } : round(whole, fraction, room);
  const tail = rounded.fraction === "" ? "" : `.${rounded.fraction}`;
  return { text: `${exact ? "" : "≈"}${sign}${group(rounded.whole || "0")}${tail}`, exact };
}

function withExponent(sign: string, whole: string, fraction: string, zeros: number, digits: number) {
  const all = (whole + fraction).replace(/0+$/, "");
  const exact = all.length <= digits;
  let exponent = whole === "" ? -(zeros + 1) : whole.length - 1;
  let kept = all;
  if (!exact) {
    kept = (BigInt(all.slice(0, digits)) + (all[digits]! >= "5" ? 1n : 0n)).toString();
    if (kept.length > digits) exponent++;
    kept = kept.replace(/0+$/, "");
  }
  const tail = kept.length > 1 ? `.${kept.slice(1)}` : "";
  return { text: `${exact ? "" : "≈"}${sign}${kept[0]}${tail}e${exponent}`, exact };
}

/** Keeps `room` digits of the fraction, the last one rounded half up. */
function round(whole: string, fraction: string, room: number): { whole: string; fraction: string } {
  const up = fraction[room]! >= "5" ? 1n : 0n;
  const kept = (BigInt(`${whole || "0"}${fraction.slice(0, room)}`) + up).toString().padStart(room + 1, "0");
  const at = kept.length - room;
  return { whole: kept.slice(0, at).replace(/^0+/, ""), fraction: kept.slice(at).replace(/0+$/, "") };
}
