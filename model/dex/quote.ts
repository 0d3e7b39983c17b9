/**
 * Which side of a pair is its quote: a stable token quotes, else the wrapped native token, else token1.
 *
 * A token's own word for being stable (TokenInfo.stable) orients a pair where the registry does not know the token, and
 * does no more than that: nothing is valued in USD by it. The registry goes first, so a token that calls itself stable
 * cannot turn a pair with USDC around.
 */

interface ChainTokens {
  readonly stables: readonly string[];
  readonly wrappedNative: string;
}

/** By chain id; addresses in lower case. Source: the issuers' and each chain's own token lists. */
const REGISTRY: Readonly<Record<number, ChainTokens>> = {
  // Ethereum
  1: {
    stables: [
      "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", // USDC
      "0xdac17f958d2ee523a2206206994597c13d831ec7", // USDT
      "0x6b175474e89094c44da98b954eedeac495271d0f", // DAI
    ],
    wrappedNative: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", // WETH
  },
  // Polygon
  137: {
    stables: [
      "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359", // USDC
      "0x2791bca1f2de4661ed88a30c99a7a9449aa84174", // USDC.e
      "0xc2132d05d31c914a87c6611c10748aeb04b58e8f", // USDT
      "0x8f3cf7ad23cd3cadbd9735aff958023239c6a063", // DAI
    ],
    wrappedNative: "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270", // WPOL
  },
};

/** A token's claim to be the quote; the higher one is. */
function rank(chainId: number | null, address: string, saysStable: boolean): number {
  const known = chainId === null ? undefined : REGISTRY[chainId];
  if (known?.stables.includes(address)) return 3;
  if (saysStable) return 2;
  return known?.wrappedNative === address ? 1 : 0;
}

export interface PairSide {
  /** 0x lower-case hex. */
  address: string;
  saysStable: boolean;
}

/** Is token0 the quote of the pair? Equal claims leave it to token1. */
export function isToken0Quote(chainId: number | null, token0: PairSide, token1: PairSide): boolean {
  return rank(chainId, token0.address, token0.saysStable) > rank(chainId, token1.address, token1.saysStable);
}
