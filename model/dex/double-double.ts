/**
 * Numbers of twice a double's precision, as the sum of two doubles: prices that are exact to the last rounding without a
 * BigInt. Algorithms of Dekker (1971), "A floating-point technique for extending the available precision".
 */

const WORD = 2 ** 32;
/** Parts a double into two of 26 bits. */
const SPLITTER = 2 ** 27 + 1;
/** What a few operations are wrong by at the most, relative, is less than this by far. */
const DOUBT = 2 ** -95;

export class DoubleDouble {
  /** The value is high + low, and high the double nearest to it. */
  high = 0;
  low = 0;

  /** Takes an unsigned little-endian integer of so many 32-bit words, 8 at the most. */
  take(data: DataView, at: number, words: number): this {
    this.high = 0;
    this.low = 0;
    for (let word = words - 1; word >= 0; word--) {
      this.high *= WORD;
      this.low *= WORD;
      this.#add(data.getUint32(at + 4 * word, true), 0);
    }
    return this;
  }

  /** Takes a double. */
  set(value: number): this {
    this.high = value;
    this.low = 0;
    return this;
  }

  /** Adds another one. */
  plus(other: DoubleDouble): this {
    this.#add(other.high, other.low);
    return this;
  }

  /** Multiplies by a double. */
  times(factor: number): this {
    return this.#multiply(factor, 0);
  }

  /** Multiplies by another one, or by itself. */
  timesOther({ high, low }: DoubleDouble): this {
    return this.#multiply(high, low);
  }

  /** Divides by another one, not 0. */
  over({ high, low }: DoubleDouble): this {
    const first = this.high / high;
    const product = first * high;
    const rest = this.high - product - productError(first, high, product) + this.low - first * low;
    return this.#normalise(first, rest / high);
  }

  /** Divides by a double, not 0. */
  overNumber(divisor: number): this {
    const first = this.high / divisor;
    const product = first * divisor;
    const rest = this.high - product - productError(first, divisor, product) + this.low;
    return this.#normalise(first, rest / divisor);
  }

  /** The double nearest to the exact value; NaN where it lies so near the middle of two that this cannot tell. */
  rounded(): number {
    const { high, low } = this;
    const doubt = Math.abs(high) * DOUBT;
    return high + (low + doubt) === high && high + (low - doubt) === high ? high : Number.NaN;
  }

  #add(high: number, low: number): void {
    const sum = this.high + high;
    const part = sum - this.high;
    const error = this.high - (sum - part) + (high - part);
    this.#normalise(sum, error + this.low + low);
  }

  #multiply(high: number, low: number): this {
    const product = this.high * high;
    const error = productError(this.high, high, product);
    return this.#normalise(product, error + this.high * low + this.low * high);
  }

  #normalise(high: number, low: number): this {
    this.high = high + low;
    this.low = low - (this.high - high);
    return this;
  }
}

/** x * y less the double nearest to it, exact. */
function productError(x: number, y: number, product: number): number {
  const xLarge = SPLITTER * x;
  const xHigh = xLarge - (xLarge - x);
  const xLow = x - xHigh;
  const yLarge = SPLITTER * y;
  const yHigh = yLarge - (yLarge - y);
  const yLow = y - yHigh;
  return xHigh * yHigh - product + xHigh * yLow + xLow * yHigh + xLow * yLow;
}
