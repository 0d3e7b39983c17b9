/** The registry: a section a chain. Source: the issuers' own publications and each chain's token lists. */
import type { ChainSection } from "./section.ts";

const ETHEREUM: ChainSection = {
  chain_id: 1,
  name: "Ethereum",
  native_symbol: "ETH",
  block_ms: 12_000,
  wrapped_native: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
  stables: [
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
    "0xdac17f958d2ee523a2206206994597c13d831ec7",
    "0x6b175474e89094c44da98b954eedeac495271d0f",
  ],
  tokens: {
    "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2": "WETH",
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": "USDC",
    "0xdac17f958d2ee523a2206206994597c13d831ec7": "USDT",
    "0x6b175474e89094c44da98b954eedeac495271d0f": "DAI",
    "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599": "WBTC",
  },
  protocols: {
    "0x7a250d5630b4cf539739df2c5dacb4c659f2488d": "uniswap-v2",
    "0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45": "uniswap-v3",
    "0xef1c6e67703c7bd7107eed8303fbe6ec2554bf6b": "uniswap-universal",
    "0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad": "uniswap-universal",
    "0x1111111254eeb25477b68fb85ed929f73a960582": "1inch-v5",
  },
};

const POLYGON: ChainSection = {
  chain_id: 137,
  name: "Polygon",
  native_symbol: "POL",
  block_ms: 2_000,
  wrapped_native: "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270",
  stables: [
    "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359",
    "0x2791bca1f2de4661ed88a30c99a7a9449aa84174",
    "0xc2132d05d31c914a87c6611c10748aeb04b58e8f",
    "0x8f3cf7ad23cd3cadbd9735aff958023239c6a063",
  ],
  tokens: {
    "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270": "WPOL",
    "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359": "USDC",
    "0x2791bca1f2de4661ed88a30c99a7a9449aa84174": "USDC.e",
    "0xc2132d05d31c914a87c6611c10748aeb04b58e8f": "USDT",
    "0x8f3cf7ad23cd3cadbd9735aff958023239c6a063": "DAI",
    "0x7ceb23fd6bc0add59e62ac25578270cff1b9f619": "WETH",
  },
  protocols: {
    "0xa5e0829caced8ffdd4de3c43696c57f7d7a678ff": "quickswap-v2",
    "0xf5b509bb0909a69b1c207e495f687a596c168e12": "quickswap-v3",
    "0x1b02da8cb0d097eb8d57a175b88c7d8b47997506": "sushiswap",
    "0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45": "uniswap-v3",
    "0x1111111254eeb25477b68fb85ed929f73a960582": "1inch-v5",
  },
};

export const SECTIONS: readonly ChainSection[] = [ETHEREUM, POLYGON];

/** The built-in sections with those given: one given for a chain id takes the place of the built-in one. */
export function sectionsWith(given: readonly ChainSection[]): readonly ChainSection[] {
  const ids = new Set(given.map(({ chain_id }) => chain_id));
  return [...SECTIONS.filter(({ chain_id }) => !ids.has(chain_id)), ...given];
}
