import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeText } from "./text.ts";

const bytesOf = (text: readonly (string | Uint8Array)[]) =>
  Buffer.concat(text.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));

it("is the UTF-8 of the pieces, whatever is in them", () => {
  const text = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array()));
  fc.assert(
    fc.property(text, (pieces) => {
      expect(Buffer.concat(encodeText(pieces)).equals(bytesOf(pieces))).toBe(true);
    }),
  );
});

it("holds over chunk boundaries, and no chunk is longer than 128 KiB", () => {
  for (const length of [131_071, 131_072, 131_073, 500_000]) {
    const pieces = ['{"rows":[', new Uint8Array(length).map((_, n) => n % 251), "]}"];
    const chunks = encodeText(pieces);
    expect(Buffer.concat(chunks).equals(bytesOf(pieces))).toBe(true);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(131_072);
  }
});
