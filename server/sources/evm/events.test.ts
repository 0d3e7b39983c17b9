import fc from "fast-check";
import { decodeEventLog, encodeAbiParameters, type Hex, keccak256, parseAbi, toBytes } from "viem";
import { describe, expect, test } from "vitest";
import { encodeWord } from "./abi.ts";
import { decodePoolEvent, isEventOf, POOL_EVENTS, type PoolEventName, poolEventName } from "./events.ts";
import { allCorpusLogs } from "./testing/corpus-logs.ts";

const NAMES = Object.keys(POOL_EVENTS) as PoolEventName[];

/** As the contracts' sources have them. */
const ABI: Record<PoolEventName, readonly [string]> = {
  V2Swap: [
    "event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)",
  ],
  V2Sync: ["event Sync(uint112 reserve0, uint112 reserve1)"],
  V2Mint: ["event Mint(address indexed sender, uint256 amount0, uint256 amount1)"],
  V2Burn: ["event Burn(address indexed sender, uint256 amount0, uint256 amount1, address indexed to)"],
  V3Swap: [
    "event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)",
  ],
  V3Mint: [
    "event Mint(address sender, address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1)",
  ],
  V3Burn: [
    "event Burn(address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1)",
  ],
  V3Initialize: ["event Initialize(uint160 sqrtPriceX96, int24 tick)"],
  AlgebraFee: ["event Fee(uint16 fee)"],
};

function viemDecode(name: PoolEventName, topics: readonly string[], data: string) {
  const { args } = decodeEventLog({
    abi: parseAbi(ABI[name]),
    topics: topics as [Hex, ...Hex[]],
    data: data as Hex,
  });
  const plain = args as unknown as Record<string, unknown>;
  const lower = Object.entries(plain).map(([field, value]) => [
    field,
    typeof value === "string" ? value.toLowerCase() : value,
  ]);
  return { event: name, ...Object.fromEntries(lower) } as unknown;
}

describe("the table", () => {
  test.each(NAMES)("%s: its topic is the hash of its signature", (name) => {
    expect(POOL_EVENTS[name].topic).toBe(keccak256(toBytes(POOL_EVENTS[name].signature)));
  });

  test("V3 and Algebra share topics, so kind decides: a Fee is Algebra's alone, a Sync V2's alone", () => {
    expect(isEventOf("V3Swap", "v3")).toBe(true);
    expect(isEventOf("V3Swap", "algebra")).toBe(true);
    expect(isEventOf("V3Swap", "v2")).toBe(false);
    expect(isEventOf("AlgebraFee", "v3")).toBe(false);
    expect(isEventOf("V2Sync", "algebra")).toBe(false);
  });
});

describe("viem as oracle", () => {
  const logs = allCorpusLogs();

  test.skipIf(logs === null)("every recorded pool log decodes to viem's values", () => {
    const seen = new Map<PoolEventName, number>();
    for (const { topics, data } of logs ?? []) {
      const name = poolEventName(topics, data);
      if (name === null) continue;
      expect(decodePoolEvent(name, topics, data)).toEqual(viemDecode(name, topics, data));
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    // 79 and 29 swaps of two block files, 1,121 of four exports, and the Polygon receipts.
    expect(seen.get("V2Swap")).toBe(69 + 27 + 3);
    expect(seen.get("V3Swap")).toBe(10 + 2 + 41 + 267 + 199 + 614 + 2);
    expect(seen.get("V3Mint")).toBe(1 + 4 + 7 + 22);
    expect(seen.get("V3Burn")).toBe(1 + 17 + 2 + 14);
    expect(seen.get("V2Sync")).toBe(69 + 27 + 3);
  });

  const VALUE = {
    address: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((n) => `0x${n.toString(16).padStart(40, "0")}`),
    uint256: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    uint160: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }),
    uint128: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    uint112: fc.bigInt({ min: 0n, max: 2n ** 112n - 1n }),
    uint16: fc.integer({ min: 0, max: 65_535 }),
    int256: fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }),
    int24: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  } as const;

  test.each(NAMES)("%s: any values come back, equal to viem's", (name) => {
    const { topic, indexed, data } = POOL_EVENTS[name];
    const rows = [...indexed, ...data] as readonly (readonly [string, keyof typeof VALUE])[];
    const values = fc.tuple(...rows.map(([, type]) => VALUE[type] as fc.Arbitrary<string | number | bigint>));
    fc.assert(
      fc.property(values, (drawn) => {
        const words = rows.map(([, type], index) =>
          encodeAbiParameters([{ type }] as const, [drawn[index] as never]),
        );
        const topics = [topic, ...words.slice(0, indexed.length)];
        const bytes = `0x${words
          .slice(indexed.length)
          .map((word) => word.slice(2))
          .join("")}`;
        expect(poolEventName(topics, bytes)).toBe(name);
        const event = decodePoolEvent(name, topics, bytes);
        expect(event).toEqual({
          event: name,
          ...Object.fromEntries(rows.map(([field], i) => [field, drawn[i]])),
        });
        expect(event).toEqual(viemDecode(name, topics, bytes));
      }),
      { numRuns: 100 },
    );
  });
});

describe("logs that are no pool's", () => {
  const word = "0".repeat(64);
  const swap = POOL_EVENTS.V2Swap.topic;

  test("an ERC-721 Transfer: four topics and no data", () => {
    const transfer = keccak256(toBytes("Transfer(address,address,uint256)"));
    expect(poolEventName([transfer, `0x${word}`, `0x${word}`, `0x${word}`], "0x")).toBeNull();
  });

  test("V2's Mint with one topic, as other contracts emit it", () => {
    expect(poolEventName([POOL_EVENTS.V2Mint.topic], `0x${word.repeat(3)}`)).toBeNull();
    expect(poolEventName([POOL_EVENTS.V2Mint.topic, `0x${word}`], `0x${word.repeat(2)}`)).toBe("V2Mint");
  });

  test("no topics at all, too few, too many, data cut short or too long", () => {
    expect(poolEventName([], "0x")).toBeNull();
    const topics = [swap, `0x${word}`, `0x${word}`];
    expect(poolEventName(topics, `0x${word.repeat(4)}`)).toBe("V2Swap");
    expect(poolEventName(topics.slice(0, 2), `0x${word.repeat(4)}`)).toBeNull();
    expect(poolEventName([...topics, `0x${word}`], `0x${word.repeat(4)}`)).toBeNull();
    expect(poolEventName(topics, `0x${word.repeat(3)}`)).toBeNull();
    expect(poolEventName(topics, `0x${word.repeat(4)}00`)).toBeNull();
  });

  test("words that do not fit their types are refused, never wrapped", () => {
    const address = `0x${encodeWord(`0x${"11".repeat(20)}`)}`;
    const sync = POOL_EVENTS.V2Sync.topic;
    const over112 = `${"0".repeat(35)}1${"0".repeat(28)}`;
    expect(decodePoolEvent("V2Sync", [sync], `0x${over112}${word}`)).toBeNull();
    const dirtyAddress = `0x01${address.slice(4)}`;
    expect(decodePoolEvent("V2Swap", [swap, dirtyAddress, address], `0x${word.repeat(4)}`)).toBeNull();
    const tickOver = `${"0".repeat(58)}800000`;
    const tickUnder = `${"f".repeat(58)}7fffff`;
    const { topic } = POOL_EVENTS.V3Initialize;
    expect(decodePoolEvent("V3Initialize", [topic], `0x${word}${tickOver}`)).toBeNull();
    expect(decodePoolEvent("V3Initialize", [topic], `0x${word}${tickUnder}`)).toBeNull();
    const feeOver = `${"0".repeat(59)}10000`;
    expect(decodePoolEvent("AlgebraFee", [POOL_EVENTS.AlgebraFee.topic], `0x${feeOver}`)).toBeNull();
  });
});
