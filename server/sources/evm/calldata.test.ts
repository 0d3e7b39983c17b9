import fc from "fast-check";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { describe, expect, test } from "vitest";
import { corpus } from "../../../testing/corpus.ts";
import { readCalldata } from "./calldata.ts";
import { rowKind } from "./rows.ts";
import { corpusRows } from "./testing/corpus-logs.ts";

const abi = parseAbi([
  "function multicall(bytes[] data)",
  "function multicall(uint256 deadline, bytes[] data)",
  "function multicall(bytes32 previousBlockhash, bytes[] data)",
]);
const none = "00000000";

function encode(form: number, calls: Hex[]): Hex {
  const one = abi[form] as (typeof abi)[number];
  const first = form === 0 ? [] : form === 1 ? [1n] : [`0x${"22".repeat(32)}`];
  return encodeFunctionData({ abi: [one], args: [...first, calls] as never });
}

describe("inner selectors of a multicall", () => {
  test.each([0, 1, 2])("form %i: the first four calls' selectors", (form) => {
    const calls: Hex[] = ["0x04e45aaf00", "0x12210e8a", "0x49404b7c1122", "0xdf2ab5bb", "0xffffffff"];
    expect(readCalldata(encode(form, calls)).inner).toBe("0x04e45aaf12210e8a49404b7cdf2ab5bb");
    expect(readCalldata(encode(form, calls.slice(0, 1))).inner).toBe(`0x04e45aaf${none.repeat(3)}`);
    expect(readCalldata(encode(form, [])).inner).toBe(`0x${none.repeat(4)}`);
  });

  test("a call of fewer than four bytes has none", () => {
    expect(readCalldata(encode(0, ["0x1234", "0xaabbccdd"])).inner).toBe(
      `0x${none}aabbccdd${none.repeat(2)}`,
    );
  });

  test("another selector's calldata is not looked into", () => {
    const transfer = `0xa9059cbb${encode(0, ["0x04e45aaf"]).slice(10)}`;
    expect(readCalldata(transfer)).toMatchObject({ selector: "0xa9059cbb", inner: `0x${none.repeat(4)}` });
  });

  test("offsets and lengths that lie beyond the calldata give nothing, and no error", () => {
    const max = "f".repeat(64);
    const word = (n: number) => n.toString(16).padStart(64, "0");
    for (const args of [
      max,
      word(0x20),
      word(0x20) + max,
      word(0x20) + word(1),
      word(0x20) + word(1) + max,
      "",
    ]) {
      expect(readCalldata(`0xac9650d8${args}`).inner).toBe(`0x${none.repeat(4)}`);
    }
    // A list that says it has 2^32 - 1 calls is read no further than four.
    const huge = word(0x20) + word(0xffffffff) + word(0x20) + word(4);
    expect(readCalldata(`0xac9650d8${huge}`).inner).toBe(`0x${none.repeat(4)}`);
  });

  test("any bytes behind the selector are read without an error", () => {
    const forms = fc.constantFrom("ac9650d8", "5ae401dc", "1f0464d1");
    // Small words make offsets that hit, bytes make those that do not.
    const word = fc.oneof(
      fc.integer({ min: 0, max: 256 }).map((n) => n.toString(16).padStart(64, "0")),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
    );
    fc.assert(
      fc.property(forms, fc.array(word, { maxLength: 12 }), fc.nat(63), (selector, words, cut) => {
        const digits = words.join("");
        const input = `0x${selector}${digits.slice(0, digits.length - 2 * Math.min(cut, digits.length / 2))}`;
        expect(readCalldata(input).inner).toMatch(/^0x[0-9a-f]{32}$/);
      }),
    );
  });
});

test.skipIf(corpus("data/tx-blocks") === null)("the multicalls of real blocks hold known calls", () => {
  const entries = [
    "tx-blocks/eth-18000001.eth_getBlockByNumber.json",
    "polygon-rpc/stream__block_eip_1559__rpc.eth_getBlockByNumber_0x16c7d38_true.json",
  ];
  const inner = entries
    .flatMap((entry) => corpusRows(entry) ?? [])
    .filter((row) => rowKind(row) === "transaction")
    .map((row) => readCalldata(String(row.input)))
    .filter(({ selector }) => ["0x5ae401dc", "0xac9650d8", "0x1f0464d1"].includes(selector))
    .map((calldata) => calldata.inner.slice(2).match(/.{8}/g));
  const known = new Set([none, "04e45aaf", "b858183f", "5023b4df", "09b81346", "472b43f3", "42712a67"]);
  const others = new Set([
    "12210e8a",
    "49404b7c",
    "df2ab5bb",
    "f3995c67",
    "fc6f7865",
    "0c49ccbe",
    "88316456",
    "219f5d17",
  ]);
  expect(inner.length).toBeGreaterThan(0);
  for (const selectors of inner) {
    for (const selector of selectors ?? []) expect(known.has(selector) || others.has(selector)).toBe(true);
  }
});
