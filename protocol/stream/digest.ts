/**
 * The channel digest: XOR over the window's entities of a 64-bit mix of (id, seq), in 32-bit arithmetic so that a
 * browser and Node agree and nothing is allocated. XOR makes it incremental: an entity goes out as it came in.
 */

const SEED_1 = 0xdeadbeef;
const SEED_2 = 0x41c6ce57;

/** Running XOR of mixes. `add` both adds and takes away. */
export class Digest {
  h1 = 0;
  h2 = 0;

  /** XORs the mix of (text, seq) in. `text` is the entity's id, or its canonical JSON for the content digest. */
  add(text: string, seq: number): void {
    let a = SEED_1;
    let b = SEED_2;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x9e3779b1);
      b = Math.imul(b ^ unit, 0x5f356495);
    }
    this.#mix(a, b, seq);
  }

  /** The same for text that is `length` bytes of ASCII. */
  addAscii(bytes: Uint8Array, length: number, seq: number): void {
    let a = SEED_1;
    let b = SEED_2;
    for (let i = 0; i < length; i++) {
      const unit = bytes[i] as number;
      a = Math.imul(a ^ unit, 0x9e3779b1);
      b = Math.imul(b ^ unit, 0x5f356495);
    }
    this.#mix(a, b, seq);
  }

  /** XORs in what the text gave, mixed with the seq. */
  #mix(textA: number, textB: number, seq: number): void {
    let a = textA;
    let b = textB;
    const low = seq % 0x1_0000_0000;
    const high = Math.floor(seq / 0x1_0000_0000);
    a = Math.imul(Math.imul(a ^ low, 0x85ebca6b) ^ high, 0x85ebca6b);
    b = Math.imul(Math.imul(b ^ low, 0xc2b2ae35) ^ high, 0xc2b2ae35);
    a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
    b = Math.imul(b ^ (b >>> 16), 0x846ca68b);
    this.h1 ^= a ^ (a >>> 15);
    this.h2 ^= b ^ (b >>> 15);
  }

  clear(): void {
    this.h1 = 0;
    this.h2 = 0;
  }

  /** 16 hex digits. */
  toString(): string {
    return hex32(this.h1) + hex32(this.h2);
  }
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
