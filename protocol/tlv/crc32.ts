/**
 * CRC-32 (IEEE, as zlib's). Sixteen bytes a step by table lookups, which beats a call of Node's native crc32 for a message
 * of a few hundred bytes (docs/benchmarks.md has the figures); from NATIVE_MIN_BYTES the native one wins where it exists.
 */
import { platform } from "../platform.ts";
import { HEADER } from "./header.ts";
import { HEADER_BYTES } from "./registry.ts";

const POLYNOMIAL = 0xedb88320;
const NATIVE_MIN_BYTES = 1024;
/** Node's own; undefined in a page. */
export const nativeCrc32 = platform.process?.getBuiltinModule?.("node:zlib")?.crc32;

/** What each byte does to the CRC when `following` more bytes come after it. */
function byteTable(following: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8 * (following + 1); bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
}

const T0 = byteTable(0);
const T1 = byteTable(1);
const T2 = byteTable(2);
const T3 = byteTable(3);
const T4 = byteTable(4);
const T5 = byteTable(5);
const T6 = byteTable(6);
const T7 = byteTable(7);
const T8 = byteTable(8);
const T9 = byteTable(9);
const T10 = byteTable(10);
const T11 = byteTable(11);
const T12 = byteTable(12);
const T13 = byteTable(13);
const T14 = byteTable(14);
const T15 = byteTable(15);

/** CRC-32 of data[start, end) as a u32; continues from `previous`, the CRC of the bytes before them. */
export function crc32(data: DataView, start: number, end: number, previous = 0): number {
  if (nativeCrc32 !== undefined && end - start >= NATIVE_MIN_BYTES) {
    return nativeCrc32(new Uint8Array(data.buffer, data.byteOffset + start, end - start), previous);
  }
  return ~advance(~previous, data, start, end) >>> 0;
}

/** The checksum of the message at [start, end): over all of it but the four bytes that hold the checksum. */
export function messageChecksum(data: DataView, start: number, end: number): number {
  return crc32(data, start + HEADER_BYTES, end, crc32(data, start, start + HEADER.checksum));
}

/** CRC-32 of `first` followed by `length` bytes whose CRC is `second`, from the two CRCs alone. */
export function combineCrc32(first: number, second: number, length: number): number {
  return (shiftCrc32(first, length) ^ second) >>> 0;
}

/** What `length` zero bytes make of a CRC: its product with x^(8 * length), by squaring; at most 53 steps. */
export function shiftCrc32(crc: number, length: number): number {
  let factor = X_TO_THE_0;
  let power = X_TO_THE_8;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) factor = multiply(factor, power);
    power = multiply(power, power);
  }
  return multiply(factor, crc);
}

// Polynomials over GF(2) are kept as CRCs are: the highest bit is the coefficient of x^0.
const X_TO_THE_0 = 1 << 31;
const X_TO_THE_8 = 1 << 23;

/** a * b modulo the polynomial. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = X_TO_THE_0; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? POLYNOMIAL ^ (b >>> 1) : b >>> 1;
  }
  return product;
}

/** Takes an inverted CRC over data[start, end). */
function advance(crc: number, data: DataView, start: number, end: number): number {
  let at = start;
  for (; at <= end - 16; at += 16) {
    const a = crc ^ data.getInt32(at, true);
    const b = data.getInt32(at + 4, true);
    const c = data.getInt32(at + 8, true);
    const d = data.getInt32(at + 12, true);
    // biome-ignore format: a row a word
    crc =
      T15[a & 255]! ^ T14[(a >>> 8) & 255]! ^ T13[(a >>> 16) & 255]! ^ T12[a >>> 24]! ^
      T11[b & 255]! ^ T10[(b >>> 8) & 255]! ^ T9[(b >>> 16) & 255]! ^ T8[b >>> 24]! ^
      T7[c & 255]! ^ T6[(c >>> 8) & 255]! ^ T5[(c >>> 16) & 255]! ^ T4[c >>> 24]! ^
      T3[d & 255]! ^ T2[(d >>> 8) & 255]! ^ T1[(d >>> 16) & 255]! ^ T0[d >>> 24]!;
  }
  for (; at <= end - 4; at += 4) {
    const a = crc ^ data.getInt32(at, true);
    crc = T3[a & 255]! ^ T2[(a >>> 8) & 255]! ^ T1[(a >>> 16) & 255]! ^ T0[a >>> 24]!;
  }
  for (; at < end; at++) crc = T0[(crc ^ data.getUint8(at)) & 255]! ^ (crc >>> 8);
  return crc;
}
