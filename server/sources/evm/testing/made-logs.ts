/** For tests: pools, and logs as their contracts would emit them. */

import { WORD_DIGITS } from "../abi.ts";
import type { ChainLog } from "../chain.ts";
import { POOL_EVENTS, type PoolEventName } from "../events.ts";
import type { Pool, PoolBook } from "../pools.ts";

export const addressOf = (byte: number): string => `0x${byte.toString(16).padStart(2, "0").repeat(20)}`;
export const hashOf = (byte: number): string => `0x${byte.toString(16).padStart(2, "0").repeat(32)}`;

export function madePool(kind: Pool["kind"], address = addressOf(0xaa)): Pool {
  const token = (byte: number, decimals: number) => ({
    address: addressOf(byte),
    decimals,
    symbol: `T${byte}`,
    name: "",
    stable: false,
  });
  return {
    address,
    kind,
    venue: 300,
    token0: token(1, 18),
    token1: token(2, 6),
    fee: 3_000,
    tick_spacing: kind === "v2" ? 0 : 60,
  };
}

/** A two's complement word. */
function word(value: bigint | number | string): string {
  const number = typeof value === "string" ? BigInt(value) : BigInt.asUintN(256, BigInt(value));
  return number.toString(16).padStart(WORD_DIGITS, "0");
}

/** A log of the event with these values, by name; a missing one is 0. */
export function madeLog(
  name: PoolEventName,
  values: Readonly<Record<string, bigint | number | string>>,
  place: Partial<ChainLog> = {},
): ChainLog {
  const { topic, indexed, data } = POOL_EVENTS[name];
  return {
    address: addressOf(0xaa),
    topics: [topic, ...indexed.map(([field]) => `0x${word(values[field] ?? 0)}`)],
    data: `0x${data.map(([field]) => word(values[field] ?? 0)).join("")}`,
    block_number: 100,
    block_hash: hashOf(0xb1),
    block_unix_s: null,
    tx_hash: hashOf(0x71),
    tx_index: 3,
    log_index: 7,
    removed: false,
    ...place,
  };
}

export function bookOf(...pools: readonly Pool[]): PoolBook {
  return {
    find: async (addresses) =>
      new Map(pools.filter(({ address }) => addresses.includes(address)).map((pool) => [pool.address, pool])),
  };
}
