import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineCrc32, crc32, messageChecksum } from "./crc32.ts";

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe("crc32", () => {
  it("has the standard check value", () => {
    expect(crc32(viewOf(Buffer.from("123456789")), 0, 9)).toBe(0xcbf43926);
  });

  it("equals zlib's for every length and alignment, in one go and in two", () => {
    const bytes = Uint8Array.from({ length: 4200 }, (_, i) => (i * 167 + (i >> 3)) & 255);
    const data = viewOf(bytes);
    for (const length of [...Array.from({ length: 80 }, (_, i) => i), 333, 1023, 1024, 1025, 4096]) {
      for (const start of [0, 1, 3, 16]) {
        const expected = zlibCrc32(bytes.subarray(start, start + length));
        expect(crc32(data, start, start + length)).toBe(expected);
        const middle = start + (length >> 1);
        expect(crc32(data, middle, start + length, crc32(data, start, middle))).toBe(expected);
      }
    }
  });

  it("combines the CRCs of two parts into that of the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (first, second) => {
        const whole = zlibCrc32(second, zlibCrc32(first));
        expect(combineCrc32(zlibCrc32(first), zlibCrc32(second), second.length)).toBe(whole);
      }),
    );
  });

  it("leaves out a message's own checksum", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    const before = messageChecksum(viewOf(bytes), 10, 90);
    bytes.fill(0xff, 10 + 28, 10 + 32);
    expect(messageChecksum(viewOf(bytes), 10, 90)).toBe(before);
    const rest = Buffer.concat([bytes.subarray(10, 38), bytes.subarray(42, 90)]);
    expect(before).toBe(zlibCrc32(rest));
  });
});
