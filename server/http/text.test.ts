import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeText } from "./text.ts";

const joined = (text: readonly (string | readonly string[])[]) =>
  text.map((piece) => (typeof piece === "string" ? piece : piece.join(","))).join("");

it("is the UTF-8 of the pieces, lists joined by commas, whatever is in them", () => {
  const text = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.string({ unit: "binary" }))));
  fc.assert(
    fc.property(text, (pieces) => {
      expect(Buffer.concat(encodeText(pieces)).toString()).toBe(joined(pieces));
    }),
  );
});

it("holds over chunk boundaries: rows of every length around them, and one larger than a chunk", () => {
  for (const length of [1, 7, 655, 4_097, 43_689, 43_690, 43_691, 300_000]) {
    const rows = Array.from({ length: Math.ceil(500_000 / length) }, (_, n) => `${n}é`.padEnd(length, "x"));
    const pieces = ['{"rows":[', rows, "]}"];
    expect(Buffer.concat(encodeText(pieces)).equals(Buffer.from(joined(pieces)))).toBe(true);
  }
});
