/**
 * What a call does, by its selector: the first 4 bytes of keccak256 of the signature beside it, which the tests
 * recompute. Sources: the contracts' published interfaces, named above each group.
 */
import type { Category } from "./rules.ts";

export interface SelectorRule {
  readonly selector: string;
  readonly category: Category;
  readonly signature: string;
  /** Holds only for calls of this protocol: elsewhere the same selector may be anything. */
  readonly only?: string;
}

type Row = readonly [selector: string, signature: string];

function rules(category: Category, rows: readonly Row[], only?: string): SelectorRule[] {
  return rows.map(([selector, signature]) => ({
    selector,
    category,
    signature,
    ...(only === undefined ? {} : { only }),
  }));
}

export const SELECTOR_RULES: readonly SelectorRule[] = [
  // Uniswap V2's router, and so SushiSwap's and QuickSwap's
  ...rules("swap", [
    ["0x38ed1739", "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"],
    ["0x8803dbee", "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)"],
    ["0x7ff36ab5", "swapExactETHForTokens(uint256,address[],address,uint256)"],
    ["0x18cbafe5", "swapExactTokensForETH(uint256,uint256,address[],address,uint256)"],
    ["0x4a25d94a", "swapTokensForExactETH(uint256,uint256,address[],address,uint256)"],
    ["0xfb3bdb41", "swapETHForExactTokens(uint256,address[],address,uint256)"],
    [
      "0x5c11d795",
      "swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256,uint256,address[],address,uint256)",
    ],
    ["0xb6f9de95", "swapExactETHForTokensSupportingFeeOnTransferTokens(uint256,address[],address,uint256)"],
    [
      "0x791ac947",
      "swapExactTokensForETHSupportingFeeOnTransferTokens(uint256,uint256,address[],address,uint256)",
    ],
  ]),
  // Uniswap V3: SwapRouter02 (its V2 calls are the last two), then SwapRouter
  ...rules("swap", [
    ["0x04e45aaf", "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"],
    ["0xb858183f", "exactInput((bytes,address,uint256,uint256))"],
    ["0x5023b4df", "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"],
    ["0x09b81346", "exactOutput((bytes,address,uint256,uint256))"],
    ["0x472b43f3", "swapExactTokensForTokens(uint256,uint256,address[],address)"],
    ["0x42712a67", "swapTokensForExactTokens(uint256,uint256,address[],address)"],
    ["0x414bf389", "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"],
    ["0xc04b8d59", "exactInput((bytes,address,uint256,uint256,uint256))"],
    ["0xdb3e2198", "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"],
    ["0xf28c0498", "exactOutput((bytes,address,uint256,uint256,uint256))"],
  ]),
  // Algebra's router (QuickSwap V3); its exactInput and exactOutput are SwapRouter's
  ...rules("swap", [
    ["0xbc651188", "exactInputSingle((address,address,address,uint256,uint256,uint256,uint160))"],
  ]),
  // Uniswap's Universal Router
  ...rules(
    "swap",
    [
      ["0x3593564c", "execute(bytes,bytes[],uint256)"],
      ["0x24856bc3", "execute(bytes,bytes[])"],
    ],
    "uniswap-universal",
  ),
  // 1inch's router v5
  ...rules("swap", [
    ["0x12aa3caf", "swap(address,(address,address,address,address,uint256,uint256,uint256),bytes,bytes)"],
  ]),
  // Uniswap V2's router
  ...rules("liquidity", [
    ["0xe8e33700", "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)"],
    ["0xf305d719", "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)"],
    ["0xbaa2abde", "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)"],
    ["0x02751cec", "removeLiquidityETH(address,uint256,uint256,uint256,address,uint256)"],
  ]),
  // ERC-20
  ...rules("transfer", [
    ["0xa9059cbb", "transfer(address,uint256)"],
    ["0x23b872dd", "transferFrom(address,address,uint256)"],
  ]),
  ...rules("approval", [["0x095ea7b3", "approve(address,uint256)"]]),
];
