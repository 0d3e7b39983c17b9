import fc from "fast-check";
import { encodeAbiParameters, stringToHex } from "viem";
import { expect, test } from "vitest";
import { cutText, readText } from "./token-text.ts";

const asString = (text: string): string => encodeAbiParameters([{ type: "string" }], [text]);

test("an ABI string, and a bytes32 as older tokens have it", () => {
  expect(readText(asString("USDC"), 32)).toBe("USDC");
  expect(readText(stringToHex("MKR", { size: 32 }), 32)).toBe("MKR");
  expect(readText(asString(""), 32)).toBe("");
});

test("text is cut at a code point, within the field's bytes", () => {
  expect(readText(asString("a".repeat(40)), 32)).toBe("a".repeat(32));
  expect(readText(asString(`${"a".repeat(31)}é`), 32)).toBe("a".repeat(31));
  expect(readText(asString("🦄".repeat(20)), 32)).toBe("🦄".repeat(8));
  expect(cutText(`${"a".repeat(30)}🦄`, 32)).toBe("a".repeat(30));
});

test("zero bytes are taken out: a TLV's text may not end in one", () => {
  expect(readText(asString("A\0B\0"), 32)).toBe("AB");
});

test("what is no text is empty: no answer, a cut one, offsets and lengths that lie", () => {
  const word = (n: bigint) => n.toString(16).padStart(64, "0");
  const answers = [
    "0x",
    "0x12",
    `0x${word(0x20n)}`,
    `0x${word(0x20n)}${word(1n)}`,
    `0x${word(0x20n)}${word(2n ** 255n)}${word(0n)}`,
    `0x${word(0x20n)}${word(0xffffffffn)}${word(0n)}`,
    `0x${word(0x40n)}${word(1n)}${word(0n)}`,
  ];
  for (const answer of answers) expect(readText(answer, 32)).toBe("");
});

test("any string comes back whole or as a beginning of itself, and fits", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const read = readText(asString(text), 32);
      const shown = text.replaceAll("\0", "");
      expect(shown.startsWith(read)).toBe(true);
      expect(Buffer.byteLength(read)).toBeLessThanOrEqual(32);
      if (Buffer.byteLength(text) <= 32) expect(read).toBe(shown);
    }),
  );
});

test("a megabyte of symbol is no work", () => {
  expect(readText(asString("x".repeat(1_000_000)), 32)).toBe("x".repeat(32));
});
