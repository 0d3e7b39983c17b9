import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, bytes, count, milliseconds, percent, rate, scaled, shortHex, span, utc } from "./format.ts";

describe("span", () => {
  it.each([
    [0, "0 ms"],
    [-50, "0 ms"],
    [420, "420 ms"],
    [1_420, "1.4 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [60_000, "1 m"],
    [200_000, "3 m 20 s"],
    [3_600_000, "1 h"],
    [18_120_000, "5 h 2 m"],
    [356_400_000, "4 d 3 h"],
  ])("writes %d ms as %s", (ms, text) => expect(span(ms)).toBe(text));
});

describe("age", () => {
  it.each([
    [0, "0 s"],
    [999, "0 s"],
    [1_000, "1 s"],
    [59_999, "59 s"],
    [61_500, "1 m 1 s"],
  ])("writes %d ms as %s", (ms, text) => expect(age(ms)).toBe(text));
});

describe("scaled", () => {
  it.each([
    ["0", 18, "0"],
    ["1", 18, "0.000000000000000001"],
    ["1500", 3, "1.5"],
    ["-1500", 3, "-1.5"],
    ["340282366920938463463374607431768211455", 0, "340282366920938463463374607431768211455"],
    ["1000000000", 9, "1"],
  ])("scales %s by 10^-%d to %s", (raw, decimals, text) => expect(scaled(raw, decimals)).toBe(text));

  it("agrees with BigInt for any integer and decimals", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 40 }), (value, decimals) => {
        const [whole = "", fraction = ""] = scaled(value.toString(), decimals).split(".");
        const back = BigInt(whole.replace("-", "") + fraction.padEnd(decimals, "0"));
        expect(back).toBe(value < 0n ? -value : value);
      }),
    );
  });
});

describe("other texts", () => {
  it("groups counts", () => expect(count(5000)).toBe("5,000"));
  it("keeps a rate's figures few", () => {
    expect(rate(0.44)).toBe("0.4");
    expect(rate(1240.4)).toBe("1,240");
  });
  it("keeps a measurement's figures few", () => {
    expect(milliseconds(0.423)).toBe("0.42 ms");
    expect(milliseconds(12.14)).toBe("12.1 ms");
    expect(milliseconds(350.4)).toBe("350 ms");
    expect([812, 49_254, 12_394_168].map(bytes)).toEqual(["812 B", "48.1 KiB", "11.82 MiB"]);
    expect(percent(0.0123)).toBe("1.2 %");
  });
  it("writes times in UTC, and a time that is none as what it is", () => {
    expect(utc(1_700_000_000_123)).toBe("2023-11-14 22:13:20.123 UTC");
    expect(utc(1e18)).toBe("1000000000000000000 ms");
  });
  it("shortens long hex only", () => {
    expect(shortHex("0x38ed1739")).toBe("0x38ed1739");
    expect(shortHex("0x89abcdef0123456789abcdef0123456789abcdef")).toBe("0x89abcd…cdef");
  });
});
