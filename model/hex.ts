/** Hex text as keys, which are held as words. */

/**
 * The bytes of `text` as little-endian words, into `key` from word `to` on; false where `text` is not 0x and so many bytes
 * of lower-case hex.
 */
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
