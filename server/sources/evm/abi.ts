/**
 * Reading of ABI-encoded values with a fixed layout: 32-byte words as 64 lower-case hex digits. Every type here has
 * one word; a word that is out of its type's range is `null`, never wrapped.
 */
export type AbiType =
  | "address"
  | "uint256"
  | "uint160"
  | "uint128"
  | "uint112"
  | "uint16"
  | "int256"
  | "int24";

/** As in viem: numbers up to 48 bits, bigints beyond, addresses as 0x lower-case hex. */
export type AbiValue<T extends AbiType> = T extends "address"
  ? string
  : T extends "uint16" | "int24"
    ? number
    : bigint;

export const WORD_DIGITS = 64;
const ZEROS = "0".repeat(WORD_DIGITS);
const ONES = "f".repeat(WORD_DIGITS);
const INT24_SIGN = 0x800000;

/** The first digits of a word, which must be zeros for a value of so many bits to fit. */
function unsigned(word: string, bits: number): bigint | null {
  const padding = WORD_DIGITS - bits / 4;
  return word.startsWith(ZEROS.slice(0, padding)) ? BigInt(`0x${word}`) : null;
}

function int24(word: string): number | null {
  const low = Number.parseInt(word.slice(-6), 16);
  const negative = (low & INT24_SIGN) !== 0;
  if (!word.startsWith((negative ? ONES : ZEROS).slice(6))) return null;
  return negative ? low - 2 * INT24_SIGN : low;
}

/** The value of a word (64 lower-case hex digits), or null where it does not fit its type. */
export function readWord(type: AbiType, word: string): string | number | bigint | null {
  switch (type) {
    case "address":
      return word.startsWith(ZEROS.slice(0, 24)) ? `0x${word.slice(24)}` : null;
    case "int256":
      return BigInt.asIntN(256, BigInt(`0x${word}`));
    case "int24":
      return int24(word);
    case "uint16":
      return word.startsWith(ZEROS.slice(0, 60)) ? Number.parseInt(word.slice(60), 16) : null;
    case "uint112":
      return unsigned(word, 112);
    case "uint128":
      return unsigned(word, 128);
    case "uint160":
      return unsigned(word, 160);
    case "uint256":
      return unsigned(word, 256);
  }
}

/** Word `index` of `0x` data, or null where the data ends before it. */
export function wordAt(data: string, index: number): string | null {
  const start = 2 + WORD_DIGITS * index;
  return start + WORD_DIGITS <= data.length ? data.slice(start, start + WORD_DIGITS) : null;
}

/** A word of calldata for an address or a small number. */
export function encodeWord(value: string | number): string {
  const digits = typeof value === "number" ? value.toString(16) : value.slice(2);
  return digits.padStart(WORD_DIGITS, "0");
}
