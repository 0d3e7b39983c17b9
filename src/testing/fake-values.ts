/** Values for generated rows, and how they read. */
import type { Cell } from "../../workers/api.ts";

export const VENUES = ["UniswapV2", "UniswapV3", "QuickSwapV3", "SushiSwap"] as const;
export const PAIRS = ["WETH/USDC", "WMATIC/USDC", "WBTC/WETH", "LINK/WETH", "DAI/USDT", "AAVE/WETH"] as const;

/** A linear congruential generator: the same rows each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

export function hex(bytes: number, random: () => number): string {
  return `0x${Array.from({ length: bytes * 2 }, () => Math.floor(random() * 16).toString(16)).join("")}`;
}

export function short(text: string): Cell {
  return { text: `${text.slice(0, 8)}…${text.slice(-4)}`, title: text };
}

export function clock(unixMs: number): Cell {
  const iso = new Date(unixMs).toISOString();
  return { text: iso.slice(11, 23), title: iso };
}

export function money(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
