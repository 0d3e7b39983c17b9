/** Hex text of keys, which are held as words. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** `bytes` bytes of little-endian words from word `from` on, as 0x lower-case hex. */
export function hexOf(words: Uint32Array, from: number, bytes: number): string {
  let text = "0x";
  for (let byte = 0; byte < bytes; byte += 4) {
    const word = words[from + (byte >>> 2)] as number;
    text +=
      (HEX[word & 255] as string) +
      (HEX[(word >>> 8) & 255] as string) +
      (HEX[(word >>> 16) & 255] as string) +
      (HEX[word >>> 24] as string);
  }
  return text;
}

/** The reverse, into `key` from word `to` on; false where `text` is not 0x and so many bytes of lower-case hex. */
export function parseHex(text: string, bytes: number, key: Uint32Array, to: number): boolean {
  if (text.length !== 2 + 2 * bytes || !/^0x[0-9a-f]*$/.test(text)) return false;
  for (let byte = 0; byte < bytes; byte++) {
    const value = Number.parseInt(text.slice(2 + 2 * byte, 4 + 2 * byte), 16);
    const word = to + (byte >>> 2);
    if (byte % 4 === 0) key[word] = 0;
    key[word] = ((key[word] as number) | (value << (8 * (byte % 4)))) >>> 0;
  }
  return true;
}
