/**
 * The events of Uniswap V2 pairs and their forks, Uniswap V3 pools and Algebra pools (QuickSwap V3), from one table.
 *
 * The decoder is ours, not a library's: each of these events is a fixed row of 32-byte words, so a table of types is
 * all that it takes, it is many times faster than a general ABI decoder, and it refuses what does not fit a type.
 * The tests hold it to viem's `decodeEventLog` on every recorded log and on generated ones.
 *
 * V3 and Algebra share every topic. Which of them a pool is, and whether it is a pool at all, is not said by its logs:
 * `pools.ts` answers that from the pool's factory.
 */
import type { PoolKindName } from "../../../protocol/tlv/registry.ts";
import { type AbiType, type AbiValue, readWord, WORD_DIGITS, wordAt } from "./abi.ts";

type Row = readonly [name: string, type: AbiType];
interface EventRow {
  /** Of the event's ABI; the topic is its Keccak-256. */
  readonly signature: string;
  readonly topic: string;
  /** In the topics after the first. */
  readonly indexed: readonly Row[];
  readonly data: readonly Row[];
  /** Kinds of pool whose event this is. */
  readonly kinds: readonly PoolKindName[];
}

export const POOL_EVENTS = {
  V2Swap: {
    signature: "Swap(address,uint256,uint256,uint256,uint256,address)",
    topic: "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822",
    indexed: [
      ["sender", "address"],
      ["to", "address"],
    ],
    data: [
      ["amount0In", "uint256"],
      ["amount1In", "uint256"],
      ["amount0Out", "uint256"],
      ["amount1Out", "uint256"],
    ],
    kinds: ["v2"],
  },
  V2Sync: {
    signature: "Sync(uint112,uint112)",
    topic: "0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1",
    indexed: [],
    data: [
      ["reserve0", "uint112"],
      ["reserve1", "uint112"],
    ],
    kinds: ["v2"],
  },
  V2Mint: {
    signature: "Mint(address,uint256,uint256)",
    topic: "0x4c209b5fc8ad50758f13e2e1088ba56a560dff690a1c6fef26394f4c03821c4f",
    indexed: [["sender", "address"]],
    data: [
      ["amount0", "uint256"],
      ["amount1", "uint256"],
    ],
    kinds: ["v2"],
  },
  V2Burn: {
    signature: "Burn(address,uint256,uint256,address)",
    topic: "0xdccd412f0b1252819cb1fd330b93224ca42612892bb3f4f789976e6d81936496",
    indexed: [
      ["sender", "address"],
      ["to", "address"],
    ],
    data: [
      ["amount0", "uint256"],
      ["amount1", "uint256"],
    ],
    kinds: ["v2"],
  },
  V3Swap: {
    signature: "Swap(address,address,int256,int256,uint160,uint128,int24)",
    topic: "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67",
    indexed: [
      ["sender", "address"],
      ["recipient", "address"],
    ],
    data: [
      ["amount0", "int256"],
      ["amount1", "int256"],
      ["sqrtPriceX96", "uint160"],
      ["liquidity", "uint128"],
      ["tick", "int24"],
    ],
    kinds: ["v3", "algebra"],
  },
  V3Mint: {
    signature: "Mint(address,address,int24,int24,uint128,uint256,uint256)",
    topic: "0x7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde",
    indexed: [
      ["owner", "address"],
      ["tickLower", "int24"],
      ["tickUpper", "int24"],
    ],
    data: [
      ["sender", "address"],
      ["amount", "uint128"],
      ["amount0", "uint256"],
      ["amount1", "uint256"],
    ],
    kinds: ["v3", "algebra"],
  },
  V3Burn: {
    signature: "Burn(address,int24,int24,uint128,uint256,uint256)",
    topic: "0x0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c",
    indexed: [
      ["owner", "address"],
      ["tickLower", "int24"],
      ["tickUpper", "int24"],
    ],
    data: [
      ["amount", "uint128"],
      ["amount0", "uint256"],
      ["amount1", "uint256"],
    ],
    kinds: ["v3", "algebra"],
  },
  V3Initialize: {
    signature: "Initialize(uint160,int24)",
    topic: "0x98636036cb66a9c19a37435efc1e90142190214e8abeb821bdba3f2990dd4c95",
    indexed: [],
    data: [
      ["sqrtPriceX96", "uint160"],
      ["tick", "int24"],
    ],
    kinds: ["v3", "algebra"],
  },
  AlgebraFee: {
    signature: "Fee(uint16)",
    topic: "0x598b9f043c813aa6be3426ca60d1c65d17256312890be5118dab55b0775ebe2a",
    indexed: [],
    data: [["fee", "uint16"]],
    kinds: ["algebra"],
  },
} as const satisfies Record<string, EventRow>;

export type PoolEventName = keyof typeof POOL_EVENTS;

type Table = typeof POOL_EVENTS;
type Fields<N extends PoolEventName> = Table[N]["indexed"][number] | Table[N]["data"][number];
type Values<R extends Row> = { [F in R as F[0]]: AbiValue<F[1]> };

/** One decoded event: its name and the fields of its row. */
export type PoolEvent = { [N in PoolEventName]: { event: N } & Values<Fields<N>> }[PoolEventName];

const BY_TOPIC = new Map<string, PoolEventName>(
  (Object.keys(POOL_EVENTS) as PoolEventName[]).map((name) => [POOL_EVENTS[name].topic, name]),
);

/** Every topic that a pool may open a log with: a log filter's first entry. */
export const POOL_TOPICS: readonly string[] = [...BY_TOPIC.keys()];

/** Which event the log's topics and size belong to; null for a log of no pool. Says nothing about who emitted it. */
export function poolEventName(topics: readonly string[], data: string): PoolEventName | null {
  const name = BY_TOPIC.get(topics[0] ?? "");
  if (name === undefined) return null;
  const row: EventRow = POOL_EVENTS[name];
  const hasShape =
    topics.length === row.indexed.length + 1 && data.length === 2 + WORD_DIGITS * row.data.length;
  return hasShape ? name : null;
}

/** May a pool of this kind emit this event? */
export function isEventOf(name: PoolEventName, kind: PoolKindName): boolean {
  return (POOL_EVENTS[name].kinds as readonly PoolKindName[]).includes(kind);
}

/**
 * Decodes a log whose shape `poolEventName` found to be `name`'s; topics and data are 0x lower-case hex. Null when a
 * word does not fit its type.
 */
export function decodePoolEvent(
  name: PoolEventName,
  topics: readonly string[],
  data: string,
): PoolEvent | null {
  const row: EventRow = POOL_EVENTS[name];
  const event: Record<string, string | number | bigint> = { event: name };
  for (const [index, [field, type]] of row.indexed.entries()) {
    const word = wordAt(topics[index + 1] as string, 0);
    const value = word === null ? null : readWord(type, word);
    if (value === null) return null;
    event[field] = value;
  }
  for (const [index, [field, type]] of row.data.entries()) {
    const word = wordAt(data, index);
    const value = word === null ? null : readWord(type, word);
    if (value === null) return null;
    event[field] = value;
  }
  return event as unknown as PoolEvent;
}
