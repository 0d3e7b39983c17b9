import { describe, expect, it } from "vitest";
import { fields as transactionFields } from "../panels/transactions/fields.ts";
import { type FieldKind, writeFields } from "./fields.ts";

const write = (kind: FieldKind, value: unknown) =>
  writeFields({ field: { label: "Field", kind } }, { field: value })[0];

describe("writeFields", () => {
  it("keeps the order of the table and writes null and absent fields as a dash", () => {
    const written = writeFields(transactionFields, { hash: "0xab", to: null });
    expect(written.map(({ key }) => key)).toEqual(Object.keys(transactionFields));
    expect(written.find(({ key }) => key === "to")).toMatchObject({ text: "–", copy: null, mono: false });
    expect(written.find(({ key }) => key === "sender")).toMatchObject({ text: "–" });
  });

  it("writes amounts exactly, with the raw integer beside them", () => {
    const amount = {
      raw: "340282366920938463463374607431768211455",
      decimals: 18,
      text: "340282366920938463463.374607431768211455",
    };
    expect(write("amount", amount)).toMatchObject({ text: amount.text, raw: amount.raw, copy: amount.text });
    expect(write("amount", { raw: "7", decimals: null, text: null })).toMatchObject({ text: "7", raw: "7" });
  });

  it.each([
    ["wei", "30000000000", "30 gwei", "30000000000"],
    ["ether", "1500000000000000000", "1.5", "1500000000000000000"],
    ["fee", 3000, "0.3 %", "3000"],
    ["time", 1_700_000_000_123, "2023-11-14 22:13:20.123 UTC", null],
    ["usd", 12.5, "$12.5", null],
    ["rate", 20.4, "20.4/s", null],
    ["usd_q8", "-150000000", "$-1.5", "-150000000"],
    ["bps", 42, "0.42 %", null],
    ["duration", 2_150, "2.15 s", null],
    ["chain", 137, "Polygon (137)", null],
    ["chain", 5, "5", null],
    ["flag", true, "yes", null],
    ["hash", "0xab", "0xab", null],
  ] as const)("writes a %s", (kind, value, text, raw) => {
    expect(write(kind, value)).toMatchObject({ text, raw });
  });

  it("writes a list one under the other, an empty one as a dash", () => {
    expect(write("list", ["a", "b"])).toMatchObject({ text: "", inner: ["a", "b"] });
    expect(write("list", [])).toMatchObject({ text: "–" });
    expect(write("list", "a")).toMatchObject({ inner: ["a"] });
  });

  it("writes a record's fields inside it, none as a dash", () => {
    const record = { label: "Record", kind: "record", fields: { n: { label: "N", kind: "bps" } } } as const;
    const [written] = writeFields({ record }, { record: { n: 7 } });
    expect(written).toMatchObject({ text: "", inner: [{ key: "n", label: "N", text: "0.07 %" }] });
    expect(writeFields({ record }, { record: null })[0]).toMatchObject({ text: "–", inner: null });
    expect(writeFields({ record }, { record: "x" })[0]).toMatchObject({ text: "x", inner: null });
  });

  it("shows a value of another form as it is: details come from outside", () => {
    expect(write("wei", "not a number")).toMatchObject({ text: "not a number", raw: null });
    expect(write("amount", "7")).toMatchObject({ text: "7" });
    expect(write("time", "yesterday")).toMatchObject({ text: "yesterday" });
    expect(write("text", { a: 1 })).toMatchObject({ text: '{"a":1}' });
  });
});
