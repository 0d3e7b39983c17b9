/**
 * The registry: a section a chain. Tokens: the issuers' own publications and each chain's token lists. Protocols: the
 * deployment pages that docs/features.md names beside each address.
 */
import { type ChainSection, checkChainSections } from "../../protocol/chain-section.ts";

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
    // UniswapV2Router02, UniswapV2Router01
    "0x7a250d5630b4cf539739df2c5dacb4c659f2488d": "uniswap-v2",
    "0xf164fc0ec4e93095b804a4795bbe1e041497b92a": "uniswap-v2",
    // SwapRouter02, SwapRouter, NonfungiblePositionManager
    "0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45": "uniswap-v3",
    "0xe592427a0aece92de3edee1f18e0157c05861564": "uniswap-v3",
    "0xc36442b4a4522e871399cd717abdd847ab11fe88": "uniswap-v3",
    // UniversalRouter: the first, 1.1, 1.2 and that of Uniswap V4
    "0xef1c6e67703c7bd7107eed8303fbe6ec2554bf6b": "uniswap-universal",
    "0x4c60051384bd2d3c01bfc845cf5f4b44bcbe9de5": "uniswap-universal",
    "0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad": "uniswap-universal",
    "0x66a9893cc07d91d95644aedd05d03f95e1dba8af": "uniswap-universal",
    // Router02 of forks of Uniswap V2
    "0xd9e1ce17f2641f24ae83637ab66a2cca9c378b9f": "sushiswap",
    "0x03f7724180aa6b939894b5ca4314783b0b36b329": "shibaswap",
    // AggregationRouter V4, V5
    "0x1111111254fb6c44bac0bed2854e76f90643097d": "1inch-v4",
    "0x1111111254eeb25477b68fb85ed929f73a960582": "1inch-v5",
    // Exchange proxy
    "0xdef1c0ded9bec7f1a1670819833240f027b25eff": "0x",
    // MetaAggregationRouterV2
    "0x6131b5fae19ea4f9d964eac0408e4408b66337b5": "kyberswap",
    // MetaSwap
    "0x881d40237659c251811cec9c364ef91dc08d300c": "metamask-swap",
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
    // UniswapV2Router02 of QuickSwap, Uniswap and SushiSwap
    "0xa5e0829caced8ffdd4de3c43696c57f7d7a678ff": "quickswap-v2",
    "0xedf6066a2b290c185783862c7f4776a2c8077ad1": "uniswap-v2",
    "0x1b02da8cb0d097eb8d57a175b88c7d8b47997506": "sushiswap",
    // Algebra's SwapRouter and NonfungiblePositionManager
    "0xf5b509bb0909a69b1c207e495f687a596c168e12": "quickswap-v3",
    "0x8ef88e4c7cfbbac1c163f7eddd4b578792201de6": "quickswap-v3",
    // SwapRouter02, SwapRouter, NonfungiblePositionManager
    "0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45": "uniswap-v3",
    "0xe592427a0aece92de3edee1f18e0157c05861564": "uniswap-v3",
    "0xc36442b4a4522e871399cd717abdd847ab11fe88": "uniswap-v3",
    // UniversalRouter: 1.2 and that of Uniswap V4
    "0xec7be89e9d109e7e3fec59c222cf297125fefda2": "uniswap-universal",
    "0x1095692a6237d83c6a72f3f5efedb9a670c49223": "uniswap-universal",
    // AggregationRouter V4, V5
    "0x1111111254fb6c44bac0bed2854e76f90643097d": "1inch-v4",
    "0x1111111254eeb25477b68fb85ed929f73a960582": "1inch-v5",
    // Exchange proxy
    "0xdef1c0ded9bec7f1a1670819833240f027b25eff": "0x",
    // MetaAggregationRouterV2
    "0x6131b5fae19ea4f9d964eac0408e4408b66337b5": "kyberswap",
  },
};

export const SECTIONS: readonly ChainSection[] = [ETHEREUM, POLYGON];

/**
 * The built-in sections with those given: one given for a chain id takes the place of the built-in one. Throws RangeError
 * that names the field where one given is none.
 */
export function sectionsWith(given: readonly ChainSection[]): readonly ChainSection[] {
  checkChainSections(given);
  const ids = new Set(given.map(({ chain_id }) => chain_id));
  return [...SECTIONS.filter(({ chain_id }) => !ids.has(chain_id)), ...given];
}
