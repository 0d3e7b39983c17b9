/** Exact values from records, for rows. Plain functions: a closure a row costs more than what it reads. */
import { toHex } from "../protocol/tlv/fields.ts";

const ADDRESS_BYTES = 20;
const HASH_BYTES = 32;

export function u64(data: DataView, at: number): bigint {
  return data.getBigUint64(at, true);
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
