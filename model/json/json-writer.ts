/**
 * JSON text as bytes, written value by value: rows are written from their records ten times a second, and neither an
 * object nor a string is made for them. What is written must be what JSON.stringify would give.
 */
import { platform } from "../../protocol/platform.ts";
import { Digits } from "./digits.ts";

const CAPACITY = 65_536;
const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const ZERO = 48;
const X = 120;
const BRACE = 123;
const SPACE = 32;
/** With a high word below it a u64 is a safe integer. */
const SAFE_HIGH = 2 ** 21;
const DELETE = 127;

const utf8Encoder = new platform.TextEncoder();
const utf8Decoder = new platform.TextDecoder("utf-8", { ignoreBOM: true });

/** The two hex digits of each byte, the first one low. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, "0");
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

/** ASCII of a literal. */
export function ascii(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

const NULL = ascii("null");
const TRUE = ascii("true");
const FALSE = ascii("false");
const CLOSE = ascii("}");
const AMOUNT_DECIMALS = ascii('{"decimals":');
const AMOUNT_RAW = ascii(',"raw":"');
const AMOUNT_TEXT = ascii(',"text":');

/** The reverse of what a writer wrote. */
export function utf8Text(bytes: Uint8Array): string {
  return utf8Decoder.decode(bytes);
}

/** `,"name":` of each property of an entity's schema. */
export function fieldNames<P extends object>(schema: {
  readonly properties: P;
}): Record<keyof P, Uint8Array> {
  const names = Object.keys(schema.properties) as (keyof P & string)[];
  return Object.fromEntries(names.map((name) => [name, ascii(`,"${name}":`)])) as Record<keyof P, Uint8Array>;
}

export class JsonWriter {
  /** Text is [0, length) of it. */
  readonly bytes = new Uint8Array(CAPACITY);
  length = 0;
  readonly #digits = new Digits();
  #isFirst = true;

  /** Begins anew. */
  clear(): this {
    this.length = 0;
    this.#isFirst = true;
    return this;
  }

  /** A view of what was written. Throws RangeError where that was more than there is room for. */
  get written(): Uint8Array {
    if (this.length > CAPACITY) throw new RangeError(`JSON of ${this.length} bytes is over ${CAPACITY}`);
    return this.bytes.subarray(0, this.length);
  }

  toString(): string {
    return utf8Text(this.written);
  }

  // Structure

  /** Begins a field of the row, by its name of `fieldNames`. Names ascend, so that the text is canonical. */
  field(name: Uint8Array): this {
    const { bytes, length } = this;
    for (let i = 0; i < name.length; i++) bytes[length + i] = name[i] as number;
    if (this.#isFirst) bytes[length] = BRACE;
    this.#isFirst = false;
    this.length = length + name.length;
    return this;
  }

  /** Ends the row. */
  end(): void {
    this.raw(CLOSE);
  }

  /** Bytes as they are. */
  raw(literal: Uint8Array): void {
    const { bytes, length } = this;
    for (let i = 0; i < literal.length; i++) bytes[length + i] = literal[i] as number;
    this.length = length + literal.length;
  }

  /** Characters of ASCII as they are. */
  ascii(text: string): void {
    const { bytes, length } = this;
    for (let i = 0; i < text.length; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + text.length;
  }

  // Values

  null(): void {
    this.raw(NULL);
  }

  /** Where there is no value: writes null, and nothing is to follow. */
  when(isKnown: boolean): this | null {
    if (isKnown) return this;
    this.raw(NULL);
    return null;
  }

  boolean(value: boolean): void {
    this.raw(value ? TRUE : FALSE);
  }

  /** Not finite: null. */
  number(value: number | null): void {
    if (value === null || !Number.isFinite(value)) return this.null();
    if (!Number.isSafeInteger(value)) return this.ascii(String(value));
    if (value < 0) this.bytes[this.length++] = MINUS;
    this.length = this.#digits.takeNumber(Math.abs(value)).writeTo(this.bytes, this.length);
  }

  /** The unsigned integer of two words. */
  integer(low: number, high: number): void {
    if (high < SAFE_HIGH) this.number(high * 2 ** 32 + low);
    else this.ascii(((BigInt(high) << 32n) | BigInt(low)).toString());
  }

  /** Any text, in quotes, with what must be escaped; null: null. */
  text(value: string | null): void {
    if (value === null) return this.null();
    const { bytes, length } = this;
    let to = length;
    bytes[to++] = QUOTE;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (!isPlain(code)) return this.value(value);
      bytes[to++] = code;
    }
    bytes[to++] = QUOTE;
    this.length = to;
  }

  /** What another writer holds, which needs no escapes, in quotes. */
  quoted({ bytes: from, length: count }: JsonWriter): void {
    const { bytes, length } = this;
    bytes[length] = QUOTE;
    for (let i = 0; i < count; i++) bytes[length + 1 + i] = from[i] as number;
    bytes[length + 1 + count] = QUOTE;
    this.length = length + count + 2;
  }

  /** `count` bytes as 0x lower-case hex, without quotes. */
  bareHex(from: Uint8Array, at: number, count: number): void {
    const { bytes } = this;
    let to = this.length;
    bytes[to++] = ZERO;
    bytes[to++] = X;
    for (let i = at; i < at + count; i++) {
      const digits = HEX[from[i] as number] as number;
      bytes[to++] = digits & 0xff;
      bytes[to++] = digits >>> 8;
    }
    this.length = to;
  }

  /** The same of little-endian words, from word `from` on. */
  bareHexOfWords(words: Uint32Array, from: number, count: number): void {
    const { bytes } = this;
    let to = this.length;
    bytes[to++] = ZERO;
    bytes[to++] = X;
    for (let byte = 0; byte < count; byte++) {
      const digits = HEX[((words[from + (byte >>> 2)] as number) >>> (8 * (byte & 3))) & 0xff] as number;
      bytes[to++] = digits & 0xff;
      bytes[to++] = digits >>> 8;
    }
    this.length = to;
  }

  /** `count` bytes as 0x lower-case hex, in quotes. */
  hex(from: Uint8Array, at: number, count: number): void {
    this.bytes[this.length++] = QUOTE;
    this.bareHex(from, at, count);
    this.bytes[this.length++] = QUOTE;
  }

  /** An unsigned little-endian integer of so many 32-bit words, 8 at the most, in quotes. */
  decimal(data: DataView, at: number, words: number): void {
    this.bytes[this.length] = QUOTE;
    const end = this.#digits.take(data, at, words).writeTo(this.bytes, this.length + 1);
    this.bytes[end] = QUOTE;
    this.length = end + 1;
  }

  /** The same over 10^decimals, without trailing zeros. */
  scaled(data: DataView, at: number, words: number, decimals: number): void {
    this.bytes[this.length] = QUOTE;
    const end = this.#digits.take(data, at, words).writeScaledTo(this.bytes, this.length + 1, decimals);
    this.bytes[end] = QUOTE;
    this.length = end + 1;
  }

  /** A u128 as an `Amount`; `text` is null where decimals are. */
  amount(data: DataView, at: number, decimals: number | null): void {
    this.raw(AMOUNT_DECIMALS);
    this.number(decimals);
    this.raw(AMOUNT_RAW);
    let end = this.#digits.take(data, at, 4).writeTo(this.bytes, this.length);
    this.bytes[end++] = QUOTE;
    this.length = end;
    this.raw(AMOUNT_TEXT);
    if (decimals === null) this.null();
    else {
      this.bytes[this.length] = QUOTE;
      end = this.#digits.writeScaledTo(this.bytes, this.length + 1, decimals);
      this.bytes[end] = QUOTE;
      this.length = end + 1;
    }
    this.raw(CLOSE);
  }

  /** Any value that JSON has, for rows that are few. Keys as they stand. */
  value(value: unknown): void {
    this.raw(utf8Encoder.encode(JSON.stringify(value)));
  }
}

function isPlain(code: number): boolean {
  return code >= SPACE && code < DELETE && code !== QUOTE && code !== BACKSLASH;
}
