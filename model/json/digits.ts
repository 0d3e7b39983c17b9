/** Decimal digits of wide integers straight from their bytes: what a row shows of an amount, without a BigInt. */

const CAPACITY = 80;
const WORD = 2 ** 32;
/** A limb; a word above a remainder below it is exact in a double, and so is its quotient's whole part. */
const LIMB = 1_000_000;
const LIMB_DIGITS = 6;
const ZERO = 48;
const POINT = 46;

/** The three digits of each number below 1000. */
const GROUPS = Uint8Array.from({ length: 3_000 }, (_, i) => {
  const group = Math.floor(i / 3);
  return ZERO + (Math.floor(group / 10 ** (2 - (i % 3))) % 10);
});

/** One integer at a time. Its digits are [from, CAPACITY) of `bytes`, ASCII, without leading zeros. */
export class Digits {
  readonly bytes = new Uint8Array(CAPACITY);
  from = CAPACITY;
  readonly #words = new Float64Array(8);

  get count(): number {
    return CAPACITY - this.from;
  }

  get isZero(): boolean {
    return this.count === 1 && this.bytes[this.from] === ZERO;
  }

  /** Takes an unsigned little-endian integer of so many 32-bit words, 8 at the most. */
  take(data: DataView, at: number, words: number): this {
    let top = words;
    while (top > 0 && data.getUint32(at + 4 * (top - 1), true) === 0) top--;
    for (let word = 0; word < top; word++) this.#words[word] = data.getUint32(at + 4 * word, true);
    this.from = CAPACITY;
    while (top > 0) {
      let rest = 0;
      for (let word = top - 1; word >= 0; word--) {
        const value = rest * WORD + (this.#words[word] as number);
        const quotient = Math.floor(value / LIMB);
        this.#words[word] = quotient;
        rest = value - quotient * LIMB;
      }
      this.#push(rest);
      while (top > 0 && this.#words[top - 1] === 0) top--;
    }
    return this.#trim();
  }

  /** Takes a safe integer that is not negative. */
  takeNumber(value: number): this {
    this.from = CAPACITY;
    for (let rest = value; rest > 0; ) {
      const quotient = Math.floor(rest / LIMB);
      this.#push(rest - quotient * LIMB);
      rest = quotient;
    }
    return this.#trim();
  }

  /** Writes the digits at `at`; returns where they end. */
  writeTo(target: Uint8Array, at: number): number {
    let to = at;
    for (let i = this.from; i < CAPACITY; i++) target[to++] = this.bytes[i] as number;
    return to;
  }

  /** The same over 10^decimals, without trailing zeros, as `formatDecimal` has it. `decimals` is 255 at the most. */
  writeScaledTo(target: Uint8Array, at: number, decimals: number): number {
    const { bytes, count } = this;
    let to = at;
    let digit = this.from;
    let last = CAPACITY;
    while (last > digit && last > CAPACITY - decimals && bytes[last - 1] === ZERO) last--;
    for (let whole = count - decimals; whole > 0; whole--) target[to++] = bytes[digit++] as number;
    if (count <= decimals) target[to++] = ZERO;
    if (digit >= last) return to;
    target[to++] = POINT;
    for (let zeros = decimals - count; zeros > 0; zeros--) target[to++] = ZERO;
    while (digit < last) target[to++] = bytes[digit++] as number;
    return to;
  }

  #push(limb: number): void {
    const high = Math.floor(limb / 1000);
    const low = 3 * (limb - 1000 * high);
    const from = this.from - LIMB_DIGITS;
    const { bytes } = this;
    bytes[from] = GROUPS[3 * high] as number;
    bytes[from + 1] = GROUPS[3 * high + 1] as number;
    bytes[from + 2] = GROUPS[3 * high + 2] as number;
    bytes[from + 3] = GROUPS[low] as number;
    bytes[from + 4] = GROUPS[low + 1] as number;
    bytes[from + 5] = GROUPS[low + 2] as number;
    this.from = from;
  }

  #trim(): this {
    while (this.from < CAPACITY && this.bytes[this.from] === ZERO) this.from++;
    if (this.from === CAPACITY) this.bytes[--this.from] = ZERO;
    return this;
  }
}
