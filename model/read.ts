/** Values from records, for rows. Plain functions: a closure a row costs more than what it reads. */
import { toHex } from "../protocol/tlv/fields.ts";

export const ADDRESS_BYTES = 20;
export const HASH_BYTES = 32;
export const U64_WORDS = 2;
export const U128_WORDS = 4;
export const U256_WORDS = 8;

/** Are so many 32-bit words all 0? */
export function isZero(data: DataView, at: number, words: number): boolean {
  for (let word = 0; word < words; word++) if (data.getUint32(at + 4 * word, true) !== 0) return false;
  return true;
}

export function u64(data: DataView, at: number): bigint {
  return data.getBigUint64(at, true);
}

/** The double nearest to it: exact up to 2^53, and no chain's numbers are above. */
export function u64AsNumber(data: DataView, at: number): number {
  return data.getUint32(at + 4, true) * 2 ** 32 + data.getUint32(at, true);
}

export function u128(data: DataView, at: number): bigint {
  return (data.getBigUint64(at + 8, true) << 64n) | data.getBigUint64(at, true);
}

export function u256(data: DataView, at: number): bigint {
  return (u128(data, at + 16) << 128n) | u128(data, at);
}

/** 0x lower-case hex. */
export function address(bytes: Uint8Array, at: number): string {
  return toHex(bytes, at, at + ADDRESS_BYTES);
}

/** 0x lower-case hex. */
export function hash(bytes: Uint8Array, at: number): string {
  return toHex(bytes, at, at + HASH_BYTES);
}
