/** How a field of each kind is read as an exact value and written from one. */
import { platform } from "../platform.ts";
import { type Field, type FieldKind, KIND_BYTES } from "./layout.ts";

/** number up to 32 bits, bigint from 64, 0x lower-case hex for bytes and addresses, text for text. */
export type FieldValue = number | bigint | string;

const utf8Encoder = new platform.TextEncoder();
const utf8Decoder = new platform.TextDecoder("utf-8", { ignoreBOM: true });
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const ADDRESS_BYTES = 20;

export function toHex(bytes: Uint8Array, start: number, end: number): string {
  let text = "0x";
  for (let i = start; i < end; i++) text += HEX[bytes[i] as number];
  return text;
}

/** Value of each ASCII hex digit; 16 for other characters. */
const DIGIT = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 16 : digit;
});

function hexDigit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (DIGIT[code] as number) : 16;
}

/** Bytes that `0x` and hex digits stand for; -1 for any other text. */
export function hexLength(text: string): number {
  return text.length % 2 === 0 && text.startsWith("0x") ? text.length / 2 - 1 : -1;
}

/** Writes the bytes of text of a known `hexLength`; false where a character is no hex digit. */
export function writeHex(text: string, bytes: Uint8Array, position: number): boolean {
  let seen = 0;
  for (let i = 2; i < text.length; i += 2) {
    const high = hexDigit(text, i);
    const low = hexDigit(text, i + 1);
    seen |= high | low;
    bytes[position + i / 2 - 1] = (high << 4) | low;
  }
  return seen < 16;
}

/** Bytes of `0x` and an even number of hex digits; null for any other text. */
export function fromHex(text: string): Uint8Array | null {
  const length = hexLength(text);
  if (length < 0) return null;
  const bytes = new Uint8Array(length);
  return writeHex(text, bytes, 0) ? bytes : null;
}

/** Bytes of a field that carry its value: an address' twelve zero bytes do not. */
function usedBytes(kind: FieldKind): number {
  return kind === "addr" ? ADDRESS_BYTES : KIND_BYTES[kind];
}

function readWide(data: DataView, position: number, words: number): bigint {
  let value = 0n;
  for (let word = words - 1; word >= 0; word--) {
    value = (value << 64n) | data.getBigUint64(position + 8 * word, true);
  }
  return value;
}

function readText(bytes: Uint8Array, start: number, size: number): string {
  let end = start + size;
  while (end > start && bytes[end - 1] === 0) end--;
  return utf8Decoder.decode(bytes.subarray(start, end));
}

/** The value of a field of `kind` at `position`. Pads read as 0. */
export function readField(kind: FieldKind, bytes: Uint8Array, data: DataView, position: number): FieldValue {
  switch (kind) {
    case "u8":
      return data.getUint8(position);
    case "u16":
      return data.getUint16(position, true);
    case "u32":
      return data.getUint32(position, true);
    case "i32":
      return data.getInt32(position, true);
    case "u64":
      return data.getBigUint64(position, true);
    case "i64":
      return data.getBigInt64(position, true);
    case "u128":
      return readWide(data, position, 2);
    case "u256":
      return readWide(data, position, 4);
    case "text32":
    case "text64":
    case "text128":
      return readText(bytes, position, KIND_BYTES[kind]);
    default:
      return toHex(bytes, position, position + usedBytes(kind));
  }
}

/** Lowest and highest value of the kinds that are numbers. */
const NUMBER_RANGE: { readonly [K in FieldKind]?: readonly [lowest: number, highest: number] } = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
};

/** Lowest and highest value of the kinds that are bigints. */
const BIGINT_RANGE: { readonly [K in FieldKind]?: readonly [lowest: bigint, highest: bigint] } = {
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u128: [0n, 2n ** 128n - 1n],
  u256: [0n, 2n ** 256n - 1n],
};

/** Is a value of this kind a bigint (and a decimal string in JSON)? */
export function isWide(kind: FieldKind): boolean {
  return BIGINT_RANGE[kind] !== undefined;
}

/** Writes `value` over zeroed bytes. Throws RangeError with the reason, without the field's name, if it does not fit. */
export function writeField(
  field: Field,
  bytes: Uint8Array,
  data: DataView,
  position: number,
  value: unknown,
): void {
  const { kind, size } = field;
  const numbers = NUMBER_RANGE[kind];
  if (numbers !== undefined) return writeNumber(numbers, size, data, position, value);
  const bigints = BIGINT_RANGE[kind];
  if (bigints !== undefined) return writeBigint(bigints, size, data, position, value);
  if (typeof value !== "string") throw new RangeError(`expected a string, got ${describe(value)}`);
  if (kind.startsWith("text")) return writeText(bytes, position, size, value);
  const used = usedBytes(kind);
  if (hexLength(value) !== used || !writeHex(value, bytes, position)) {
    throw new RangeError(`expected 0x and ${2 * used} hex digits, got ${describe(value)}`);
  }
}

function writeNumber(
  [lowest, highest]: readonly [number, number],
  size: number,
  data: DataView,
  position: number,
  value: unknown,
): void {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new RangeError(`expected an integer, got ${describe(value)}`);
  }
  if (value < lowest || value > highest) throw new RangeError(`${value} is not in ${lowest}..${highest}`);
  if (size === 1) data.setUint8(position, value);
  else if (size === 2) data.setUint16(position, value, true);
  else data.setInt32(position, value, true);
}

function writeBigint(
  [lowest, highest]: readonly [bigint, bigint],
  size: number,
  data: DataView,
  position: number,
  value: unknown,
): void {
  if (typeof value !== "bigint") throw new RangeError(`expected a bigint, got ${describe(value)}`);
  if (value < lowest || value > highest) throw new RangeError(`${value} is not in ${lowest}..${highest}`);
  data.setBigUint64(position, value, true);
  for (let word = 1; word < size / 8; word++) {
    data.setBigUint64(position + 8 * word, value >> BigInt(64 * word), true);
  }
}

function writeText(bytes: Uint8Array, position: number, size: number, value: string): void {
  const encoded = utf8Encoder.encode(value);
  if (encoded.length > size) throw new RangeError(`text of ${encoded.length} bytes is over ${size}`);
  if (utf8Decoder.decode(encoded) !== value) throw new RangeError("text has half a surrogate pair");
  if (value.endsWith("\0")) throw new RangeError("text may not end in a zero byte");
  bytes.set(encoded, position);
}

export function describe(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return value === null ? "null" : typeof value;
}
