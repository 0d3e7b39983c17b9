/** CRC-32 (IEEE, as zlib's). `crc32(bytes, start, end, previous)` continues from a previous result, 0 at first. */

const TABLE = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  TABLE[n] = c;
}

export function crc32(bytes: Uint8Array, start: number, end: number, previous = 0): number {
  let c = ~previous;
  for (let i = start; i < end; i++) c = (TABLE[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

/** The checksum of the message at [start, end): over all of it but the four bytes that hold the checksum. */
export function messageChecksum(bytes: Uint8Array, start: number, end: number): number {
  return crc32(bytes, start + 32, end, crc32(bytes, start, start + 28));
}
