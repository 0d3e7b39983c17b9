import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExactJson } from "./json.ts";

test("integers of 16 digits and more become their text, all else is as JSON.parse has it", () => {
  expect(
    parseExactJson('{"value": 7400000000000000001, "n": 9007199254740991, "small": 123456789012345}'),
  ).toEqual({
    value: "7400000000000000001",
    n: "9007199254740991",
    small: 123_456_789_012_345,
  });
  expect(
    parseExactJson("[-12345678901234567890, 1.2345678901234567, 12345678901234567e2, 4.522e-05]"),
  ).toEqual(["-12345678901234567890", 1.2345678901234567, 1_234_567_890_123_456_800, 4.522e-5]);
});

test("digits inside texts are left alone", () => {
  const text = String.raw`{"a": "x\"12345678901234567\\", "12345678901234567": 1, "b": "12345678901234567"}`;
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});

test("any JSON without large integers is unchanged", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      if (/\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ""))) return;
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("megabytes of one text, closed or not, plain or escaped, are no work", () => {
  for (const piece of ["1", '\\"', "\\\\"]) {
    const text = `["${piece.repeat(4_000_000)}`;
    expect(parseExactJson(`${text}", 12345678901234567]`)).toHaveLength(2);
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  }
});
