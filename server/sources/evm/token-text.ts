/**
 * A token's symbol or name out of an eth_call's answer: an ABI string, or a bytes32 as older tokens have it. Anybody
 * writes these: what does not fit is cut at a code point, what is no text is empty.
 */
import { WORD_DIGITS, wordAt } from "./abi.ts";

export const SYMBOL_BYTES = 32;
export const NAME_BYTES = 64;

/** A string starts at byte 32 of the answer: its first word is this offset. */
const STRING_OFFSET = "20".padStart(WORD_DIGITS, "0");
/** A length in these last digits is over any answer's size before they overflow. */
const LENGTH_DIGITS = 8;

/** At most `maxBytes` of UTF-8; "" where the answer holds no text. */
export function readText(answer: string, maxBytes: number): string {
  const first = wordAt(answer, 0);
  if (first === null) return "";
  if (first !== STRING_OFFSET) return answer.length === 2 + WORD_DIGITS ? decode(first, maxBytes) : "";
  const length = wordAt(answer, 1);
  if (length === null || !/^0*$/.test(length.slice(0, -LENGTH_DIGITS))) return "";
  const start = 2 + 2 * WORD_DIGITS;
  const end = start + 2 * Number.parseInt(length.slice(-LENGTH_DIGITS), 16);
  // More than can matter need not be decoded: a code point has 4 bytes at most.
  return end > answer.length
    ? ""
    : decode(answer.slice(start, Math.min(end, start + 2 * (maxBytes + 4))), maxBytes);
}

function decode(digits: string, maxBytes: number): string {
  return cutText(Buffer.from(digits, "hex").toString("utf8").replaceAll("\0", ""), maxBytes);
}

/** The longest beginning of `text` that has at most `maxBytes` of UTF-8 and ends between code points. */
export function cutText(text: string, maxBytes: number): string {
  let cut = "";
  let bytes = 0;
  for (const codePoint of text) {
    bytes += Buffer.byteLength(codePoint);
    if (bytes > maxBytes) break;
    cut += codePoint;
  }
  return cut;
}
