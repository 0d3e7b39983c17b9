/** Seeded chance: one stream a name, so that what one trader draws does not change what another does. */
import { keccak256, toBytes } from "viem";

export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number, name: string) {
    const hash = toBytes(keccak256(toBytes(`${seed}/${name}`)));
    this.#state = new Uint32Array(hash.buffer, hash.byteOffset, 4).slice();
  }

  /** In [0, 1), by sfc32. */
  next(): number {
    const s = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = s;
    const sum = (a + b + counter) >>> 0;
    s[0] = b ^ (b >>> 9);
    s[1] = c + (c << 3);
    s[2] = ((c << 21) | (c >>> 11)) + sum;
    s[3] = counter + 1;
    return sum / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Even on a logarithmic scale: small values are as likely as large ones are, a magnitude each. */
  magnitude(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Throws on an empty list. */
  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}
