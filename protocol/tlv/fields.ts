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

/** Bytes of `0x` and an even number of hex digits; null for any other text. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^0x[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i + 2, 2 * i + 4), 16);
  return bytes;
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

/** Lowest and highest value of the number kinds. */
const RANGE: { [K in FieldKind]?: readonly [bigint, bigint] } = {
  u8: [0n, 2n ** 8n - 1n],
  u16: [0n, 2n ** 16n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u128: [0n, 2n ** 128n - 1n],
  u256: [0n, 2n ** 256n - 1n],
};

/** Is a value of this kind a bigint (and a decimal string in JSON)? */
export function isWide(kind: FieldKind): boolean {
  return KIND_BYTES[kind] >= 8 && RANGE[kind] !== undefined;
}

/** Writes `value` over zeroed bytes. Throws RangeError with the reason, without the field's name, if it does not fit. */
export function writeField(
  field: Field,
  bytes: Uint8Array,
  data: DataView,
  position: number,
  value: unknown,
): void {
  const range = RANGE[field.kind];
  if (range !== undefined) return writeNumber(field.kind, range, data, position, value);
  if (typeof value !== "string") throw new RangeError(`expected a string, got ${describe(value)}`);
  if (field.kind.startsWith("text")) return writeText(bytes, position, field.size, value);
  const decoded = fromHex(value);
  const size = usedBytes(field.kind);
  if (decoded?.length !== size)
    throw new RangeError(`expected 0x and ${2 * size} hex digits, got ${describe(value)}`);
  bytes.set(decoded, position);
}

function writeNumber(
  kind: FieldKind,
  [lowest, highest]: readonly [bigint, bigint],
  data: DataView,
  position: number,
  value: unknown,
): void {
  const wide = isWide(kind);
  const fits = wide ? typeof value === "bigint" : typeof value === "number" && Number.isInteger(value);
  if (!fits) throw new RangeError(`expected ${wide ? "a bigint" : "an integer"}, got ${describe(value)}`);
  if ((value as number) < lowest || (value as number) > highest) {
    throw new RangeError(`${describe(value)} is not in ${lowest}..${highest}`);
  }
  if (wide) {
    let rest = BigInt.asUintN(256, value as bigint);
    for (let at = position; at < position + KIND_BYTES[kind]; at += 8) {
      data.setBigUint64(at, BigInt.asUintN(64, rest), true);
      rest >>= 64n;
    }
  } else {
    for (let byte = 0; byte < KIND_BYTES[kind]; byte++)
      data.setUint8(position + byte, (value as number) >> (8 * byte));
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
