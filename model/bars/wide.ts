/**
 * Exact arithmetic on unsigned integers of 64 and 128 bits without a BigInt: what prices and sums of bars are made with.
 * A number is 32-bit words of a Uint32Array, lowest first. Nothing wraps: what does not fit is refused.
 */
const TWO_32 = 2 ** 32;
const DIGIT = 2 ** 16;
const DIGITS_OF_U128 = 8;

/** Largest power of ten that a ratio is scaled by, either way. */
export const MAX_POWER = 360;

/** to[at..at+4) += from[fromAt..fromAt+4). False, and nothing changed, where the sum is no u128. */
export function addU128(to: Uint32Array, at: number, from: Uint32Array, fromAt: number): boolean {
  let carry = 0;
  for (let word = 0; word < 4; word++) {
    carry = (to[at + word] as number) + (from[fromAt + word] as number) + carry >= TWO_32 ? 1 : 0;
  }
  if (carry !== 0) return false;
  for (let word = 0; word < 4; word++) {
    const sum = (to[at + word] as number) + (from[fromAt + word] as number) + carry;
    to[at + word] = sum;
    carry = sum >= TWO_32 ? 1 : 0;
  }
  return true;
}

/** The product of two u64, into to[at..at+4). */
export function multiplyU64(
  aLow: number,
  aHigh: number,
  bLow: number,
  bHigh: number,
  to: Uint32Array,
  at: number,
): void {
  a[0] = aLow & 0xffff;
  a[1] = aLow >>> 16;
  a[2] = aHigh & 0xffff;
  a[3] = aHigh >>> 16;
  b[0] = bLow & 0xffff;
  b[1] = bLow >>> 16;
  b[2] = bHigh & 0xffff;
  b[3] = bHigh >>> 16;
  multiply(a, 4, b, 4, product);
  for (let word = 0; word < 4; word++) {
    to[at + word] = (product[2 * word] as number) + (product[2 * word + 1] as number) * DIGIT;
  }
}

/** Sign of a - b, of two u64 at words of arrays. */
export function compareU64(x: Uint32Array, xAt: number, low: number, high: number): number {
  const xHigh = x[xAt + 1] as number;
  return xHigh === high ? (x[xAt] as number) - low : xHigh - high;
}

/** A quotient of `divideRounded`. */
export const quotient = { low: 0, high: 0 };

/**
 * numerator * 10^power / denominator of two u128, rounded half to even, into `quotient`. False where that is no u64.
 * `power` is within MAX_POWER either way, the denominator is not 0.
 */
export function divideRounded(
  numerator: Uint32Array,
  numeratorAt: number,
  denominator: Uint32Array,
  denominatorAt: number,
  power: number,
): boolean {
  const n = scaled(numerator, numeratorAt, power, top);
  const d = scaled(denominator, denominatorAt, -power, bottom);
  return divide(n, d);
}

/** Digits of 16 bits, lowest first, in arrays of 32 so that a carry has room; lengths without leading zeros. */
const LONGEST = DIGITS_OF_U128 + Math.ceil((MAX_POWER * 3.33) / 16) + 3;
const a = new Uint32Array(4);
const b = new Uint32Array(4);
const product = new Uint32Array(LONGEST);
const source = new Uint32Array(DIGITS_OF_U128);
const top = new Uint32Array(LONGEST);
const bottom = new Uint32Array(LONGEST);

const POWERS_OF_TEN = Array.from({ length: MAX_POWER + 1 }, (_, power) => digitsOf(10n ** BigInt(power)));

function digitsOf(value: bigint): Uint32Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 16n) digits.push(Number(rest & 0xffffn));
  return Uint32Array.from(digits);
}

/** to = x * y; `to` has room for both lengths together. */
function multiply(x: Uint32Array, xLength: number, y: Uint32Array, yLength: number, to: Uint32Array): void {
  to.fill(0, 0, xLength + yLength);
  for (let i = 0; i < xLength; i++) {
    const digit = x[i] as number;
    let carry = 0;
    for (let j = 0; j < yLength; j++) {
      // 65535 * 65535 + 2 * 65535 is below 2^32.
      const sum = digit * (y[j] as number) + (to[i + j] as number) + carry;
      to[i + j] = sum & 0xffff;
      carry = sum >>> 16;
    }
    to[i + yLength] = carry;
  }
}

/** The u128 at words of an array, times 10^power where that is over 1, as digits; returns their length. */
function scaled(words: Uint32Array, at: number, power: number, to: Uint32Array): number {
  const digits = power > 0 ? source : to;
  for (let word = 0; word < 4; word++) {
    const value = words[at + word] as number;
    digits[2 * word] = value & 0xffff;
    digits[2 * word + 1] = value >>> 16;
  }
  const length = lengthOf(digits, DIGITS_OF_U128);
  if (power <= 0) return length;
  const ten = POWERS_OF_TEN[power] as Uint32Array;
  multiply(source, length, ten, ten.length, to);
  return lengthOf(to, length + ten.length);
}

function lengthOf(digits: Uint32Array, most: number): number {
  let length = most;
  while (length > 0 && digits[length - 1] === 0) length--;
  return length;
}

/** `top` / `bottom`, Knuth's algorithm D: The Art of Computer Programming, volume 2, 4.3.1. */
function divide(topLength: number, bottomLength: number): boolean {
  let n = topLength;
  let d = bottomLength;
  quotient.low = 0;
  quotient.high = 0;
  if (d === 1) {
    // The estimate of a digit wants two digits of the divisor.
    top.copyWithin(1, 0, n++);
    top[0] = 0;
    bottom.copyWithin(1, 0, d++);
    bottom[0] = 0;
  }
  const shift = Math.clz32(bottom[d - 1] as number) - 16;
  shiftLeft(bottom, d, shift);
  for (let at = n; at <= Math.max(n, d); at++) top[at] = 0;
  shiftLeft(top, n + 1, shift);

  const first = bottom[d - 1] as number;
  const second = bottom[d - 2] as number;
  for (let at = n - d; at >= 0; at--) {
    const digit = subtractMultiple(at, d, first, second);
    if (at >= 4) {
      if (digit !== 0) return false;
    } else if (at >= 2) quotient.high = quotient.high * DIGIT + digit;
    else quotient.low = quotient.low * DIGIT + digit;
  }
  if (!isRoundedUp(d)) return true;
  quotient.low += 1;
  if (quotient.low === TWO_32) {
    quotient.low = 0;
    quotient.high += 1;
  }
  return quotient.high < TWO_32;
}

function shiftLeft(digits: Uint32Array, length: number, shift: number): void {
  let carry = 0;
  for (let at = 0; at < length; at++) {
    const shifted = ((digits[at] as number) << shift) | carry;
    digits[at] = shifted & 0xffff;
    carry = shifted >>> 16;
  }
}

/** Takes the divisor out of `top` at a digit as often as it goes, and says how often. */
function subtractMultiple(at: number, d: number, first: number, second: number): number {
  const lead = (top[at + d] as number) * DIGIT + (top[at + d - 1] as number);
  let digit = Math.floor(lead / first);
  let rest = lead - digit * first;
  while (digit >= DIGIT || digit * second > rest * DIGIT + (top[at + d - 2] as number)) {
    digit--;
    rest += first;
    if (rest >= DIGIT) break;
  }
  let borrow = 0;
  for (let i = 0; i < d; i++) {
    const taken = digit * (bottom[i] as number) + borrow;
    const left = (top[at + i] as number) - (taken % DIGIT);
    borrow = Math.floor(taken / DIGIT) + (left < 0 ? 1 : 0);
    top[at + i] = left & 0xffff;
  }
  const left = (top[at + d] as number) - borrow;
  top[at + d] = left & 0xffff;
  if (left >= 0) return digit;
  // Once too often, which the estimate rules out in all but 2 in 65,536 cases.
  let carry = 0;
  for (let i = 0; i < d; i++) {
    const sum = (top[at + i] as number) + (bottom[i] as number) + carry;
    top[at + i] = sum & 0xffff;
    carry = sum >>> 16;
  }
  top[at + d] = ((top[at + d] as number) + carry) & 0xffff;
  return digit - 1;
}

/** Is the remainder in `top` over half of the divisor, or half of it and the quotient odd? */
function isRoundedUp(d: number): boolean {
  for (let at = d; at >= 0; at--) {
    // Twice the remainder, digit by digit.
    const lower = at === 0 ? 0 : (top[at - 1] as number) >>> 15;
    const twice = (((top[at] as number) << 1) & 0xffff) | lower;
    const whole = at === d ? 0 : (bottom[at] as number);
    if (twice !== whole) return twice > whole;
  }
  return (quotient.low & 1) === 1;
}
