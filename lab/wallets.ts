/** The keys of those who act in the lab. */
import { parseEther } from "viem";
import { type Chain, Wallet } from "./chain.ts";

const ETHER_EACH = parseEther("1000000");

export function createWallets(name: string, count: number): Wallet[] {
  return Array.from({ length: count }, (_, index) => new Wallet(`${name} ${index + 1}`));
}

/** Ether for gas and for WETH; without it nobody can send anything. */
export async function giveEther(chain: Chain, wallets: readonly Wallet[]): Promise<void> {
  await Promise.all(wallets.map(({ address }) => chain.client.setBalance({ address, value: ETHER_EACH })));
}
