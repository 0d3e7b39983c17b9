import fc from "fast-check";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../protocol/decimal.ts";
import { ascii, fieldNames, JsonWriter, utf8Text } from "./json-writer.ts";

const row = new JsonWriter();
const written = (write: (row: JsonWriter) => void): string => {
  write(row.clear());
  return row.toString();
};

const word = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const wide = fc.array(word, { minLength: 8, maxLength: 8 }).chain((words) =>
  fc.integer({ min: 1, max: 8 }).map((count) => {
    const data = new DataView(new ArrayBuffer(35));
    for (const [n, each] of words.entries()) data.setUint32(3 + 4 * n, each, true);
    const value = words.slice(0, count).reduceRight((sum, each) => (sum << 32n) | BigInt(each), 0n);
    return { data, count, value };
  }),
);

describe("a row", () => {
  it("is what JSON.stringify gives of its fields", () => {
    const schema = Type.Object({ a: Type.Integer(), b: Type.String(), c: Type.Null(), d: Type.Boolean() });
    const name = fieldNames(schema);
    fc.assert(
      fc.property(fc.double(), fc.string({ unit: "binary" }), fc.boolean(), (a, b, d) => {
        const text = written((to) => {
          to.field(name.a).number(a);
          to.field(name.b).text(b);
          to.field(name.c).text(null);
          to.field(name.d).boolean(d);
          to.end();
        });
        expect(text).toBe(JSON.stringify({ a, b, c: null, d }));
      }),
    );
  });

  it("is refused where it is longer than there is room for", () => {
    row.clear().raw(ascii("x".repeat(65_536)));
    expect(row.written).toHaveLength(65_536);
    row.end();
    expect(() => row.written).toThrow(new RangeError("JSON of 65537 bytes is over 65536"));
  });

  it("has null and nothing more where there is no value", () => {
    expect(written((to) => to.when(false)?.number(1))).toBe("null");
    expect(written((to) => to.when(true)?.number(1))).toBe("1");
  });
});

describe("a value", () => {
  it("is the text of a number as JSON has it", () => {
    const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer(), fc.constant(-0));
    fc.assert(
      fc.property(number, (value) => {
        expect(written((to) => to.number(value))).toBe(JSON.stringify(value));
      }),
    );
    expect(written((to) => to.number(null))).toBe("null");
  });

  it("is any text, whatever must be escaped", () => {
    const hostile = fc.constantFrom('"', "\\", "\n", "\u007f", "\ud800", "é", "💧", "\u2028", "plain");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(hostile).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(written((to) => to.text(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it("is a wide integer, whole or over a power of ten, and an amount of both", () => {
    fc.assert(
      fc.property(wide, fc.nat(255), ({ data, count, value }, decimals) => {
        const raw = value.toString();
        expect(written((to) => to.decimal(data, 3, count))).toBe(`"${raw}"`);
        expect(written((to) => to.scaled(data, 3, count, decimals))).toBe(
          `"${formatDecimal(raw, decimals)}"`,
        );
        const amount = (value & (2n ** 128n - 1n)).toString();
        if (count < 4) return;
        expect(written((to) => to.amount(data, 3, decimals))).toBe(
          JSON.stringify({ decimals, raw: amount, text: formatDecimal(amount, decimals) }),
        );
        expect(written((to) => to.amount(data, 3, null))).toBe(
          JSON.stringify({ decimals: null, raw: amount, text: null }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("is a u64 of two words, beyond a double's integers too", () => {
    fc.assert(
      fc.property(word, word, (low, high) => {
        const value = (BigInt(high) << 32n) | BigInt(low);
        expect(written((to) => to.integer(low, high))).toBe(value.toString());
      }),
    );
  });

  it("is hex of bytes and of words alike, and what another writer holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const hex = `0x${Buffer.from(bytes).toString("hex")}`;
        const words = new Uint32Array(bytes.slice().buffer);
        expect(written((to) => to.hex(bytes, 0, 8))).toBe(`"${hex}"`);
        expect(written((to) => to.bareHexOfWords(words, 0, 8))).toBe(hex);
        const id = new JsonWriter();
        id.bareHex(bytes, 2, 5);
        expect(written((to) => to.quoted(id))).toBe(`"0x${hex.slice(6, 16)}"`);
      }),
    );
  });

  it("is read again as text", () => {
    expect(utf8Text(ascii('{"a":1}'))).toBe('{"a":1}');
  });
});
