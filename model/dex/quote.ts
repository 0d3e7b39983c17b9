/**
 * Which side of a pair is its quote: a stable token quotes, else the wrapped native token, else token1.
 *
 * A token's own word for being stable (TokenInfo.stable) orients a pair where the registry does not know the token, and
 * does no more than that: nothing is valued in USD by it. The registry goes first, so a token that calls itself stable
 * cannot turn a pair with USDC around.
 */

import type { ChainSection } from "../../protocol/chain-section.ts";

/** A token's claim to be the quote; the higher one is. */
function rank(chain: ChainSection | undefined, address: string, saysStable: boolean): number {
  if (chain?.stables.includes(address)) return 3;
  if (saysStable) return 2;
  return chain?.wrapped_native === address ? 1 : 0;
}

export interface PairSide {
  /** 0x lower-case hex. */
  address: string;
  saysStable: boolean;
}

/** Is token0 the quote of the pair? Equal claims leave it to token1. */
export function isToken0Quote(chain: ChainSection | undefined, token0: PairSide, token1: PairSide): boolean {
  return rank(chain, token0.address, token0.saysStable) > rank(chain, token1.address, token1.saysStable);
}
