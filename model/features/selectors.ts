/**
 * What a call does, by its selector: the first 4 bytes of keccak256 of the signature beside it, which the tests
 * recompute. Sources: the contracts' published interfaces, named above each group.
 */
import type { Category } from "./rules.ts";

export interface SelectorRule {
  readonly selector: string;
  readonly category: Category;
  readonly signature: string;
  /** Holds only in calls of an address that the registry knows: elsewhere the same name may mean anything. */
  readonly known_only: boolean;
}

type Row = readonly [selector: string, signature: string];

function rules(category: Category, rows: readonly Row[], knownOnly = false): SelectorRule[] {
  return rows.map(([selector, signature]) => ({ selector, category, signature, known_only: knownOnly }));
}

const SWAPS = [
  // UniswapV2Router02, and so of its forks
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
  // Uniswap V3's SwapRouter02
  ["0x04e45aaf", "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"],
  ["0xb858183f", "exactInput((bytes,address,uint256,uint256))"],
  ["0x5023b4df", "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"],
  ["0x09b81346", "exactOutput((bytes,address,uint256,uint256))"],
  ["0x472b43f3", "swapExactTokensForTokens(uint256,uint256,address[],address)"],
  ["0x42712a67", "swapTokensForExactTokens(uint256,uint256,address[],address)"],
  // Uniswap V3's SwapRouter
  ["0x414bf389", "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"],
  ["0xc04b8d59", "exactInput((bytes,address,uint256,uint256,uint256))"],
  ["0xdb3e2198", "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"],
  ["0xf28c0498", "exactOutput((bytes,address,uint256,uint256,uint256))"],
  // Algebra's SwapRouter; the others of its calls are those of Uniswap's
  ["0xbc651188", "exactInputSingle((address,address,address,uint256,uint256,uint256,uint160))"],
  [
    "0xb87d2524",
    "exactInputSingleSupportingFeeOnTransferTokens((address,address,address,uint256,uint256,uint256,uint160))",
  ],
  // 1inch's AggregationRouterV5
  ["0x12aa3caf", "swap(address,(address,address,address,address,uint256,uint256,uint256),bytes,bytes)"],
  ["0x0502b1c5", "unoswap(address,uint256,uint256,uint256[])"],
  ["0xf78dc253", "unoswapTo(address,address,uint256,uint256,uint256[])"],
  ["0x3c15fd91", "unoswapToWithPermit(address,address,uint256,uint256,uint256[],bytes)"],
  ["0x84bd6d29", "clipperSwap(address,address,address,uint256,uint256,uint256,bytes32,bytes32)"],
  ["0x093d4fa5", "clipperSwapTo(address,address,address,address,uint256,uint256,uint256,bytes32,bytes32)"],
  // 1inch's AggregationRouterV4; the calls of its V3 part are the same in V5
  ["0x7c025200", "swap(address,(address,address,address,address,uint256,uint256,uint256,bytes),bytes)"],
  ["0x2e95b6c8", "unoswap(address,uint256,uint256,bytes32[])"],
  ["0xa1251d75", "unoswapWithPermit(address,uint256,uint256,bytes32[],bytes)"],
  ["0xe449022e", "uniswapV3Swap(uint256,uint256,uint256[])"],
  ["0xbc80f1a8", "uniswapV3SwapTo(address,uint256,uint256,uint256[])"],
  ["0x2521b930", "uniswapV3SwapToWithPermit(address,address,uint256,uint256,uint256[],bytes)"],
  ["0xb0431182", "clipperSwap(address,address,uint256,uint256)"],
  ["0x9994dd15", "clipperSwapTo(address,address,address,uint256,uint256)"],
  // 0x's exchange proxy
  ["0x415565b0", "transformERC20(address,address,uint256,uint256,(uint32,bytes)[])"],
  ["0xd9627aa4", "sellToUniswap(address[],uint256,uint256,bool)"],
  ["0xc43c9ef6", "sellToPancakeSwap(address[],uint256,uint256,uint8)"],
  ["0xf7fcd384", "sellToLiquidityProvider(address,address,address,address,uint256,uint256,bytes)"],
  ["0x3598d8ab", "sellEthForTokenToUniswapV3(bytes,uint256,address)"],
  ["0x803ba26d", "sellTokenForEthToUniswapV3(bytes,uint256,uint256,address)"],
  ["0x6af479b2", "sellTokenForTokenToUniswapV3(bytes,uint256,uint256,address)"],
  ["0xf35b4733", "multiplexBatchSellEthForToken(address,(uint8,uint256,bytes)[],uint256)"],
  ["0x77725df6", "multiplexBatchSellTokenForEth(address,(uint8,uint256,bytes)[],uint256,uint256)"],
  ["0x7a1eb1b9", "multiplexBatchSellTokenForToken(address,address,(uint8,uint256,bytes)[],uint256,uint256)"],
  ["0x5161b966", "multiplexMultiHopSellEthForToken(address[],(uint8,bytes)[],uint256)"],
  ["0x9a2967d2", "multiplexMultiHopSellTokenForEth(address[],(uint8,bytes)[],uint256,uint256)"],
  ["0x0f3b31b2", "multiplexMultiHopSellTokenForToken(address[],(uint8,bytes)[],uint256,uint256)"],
  // KyberSwap's MetaAggregationRouterV2
  [
    "0xe21fd0e9",
    "swap((address,address,bytes,(address,address,address[],uint256[],address[],uint256[],address,uint256,uint256,uint256,bytes),bytes))",
  ],
  [
    "0x8af033fb",
    "swapSimpleMode(address,(address,address,address[],uint256[],address[],uint256[],address,uint256,uint256,uint256,bytes),bytes,bytes)",
  ],
  [
    "0x59e50fed",
    "swapGeneric((address,address,bytes,(address,address,address[],uint256[],address[],uint256[],address,uint256,uint256,uint256,bytes),bytes))",
  ],
  // MetaMask's MetaSwap
  ["0x5f575529", "swap(string,address,uint256,bytes)"],
  // A pool itself: Uniswap V2's, V3's and Algebra's
  ["0x022c0d9f", "swap(uint256,uint256,address,bytes)"],
  ["0x128acb08", "swap(address,bool,int256,uint160,bytes)"],
] as const;

/** The lab's own router of Algebra pools (lab/contracts/AlgebraRouter.sol). */
const LAB_SWAPS = [
  ["0x131ba910", "exactInput(address,address,uint256,uint256)"],
  ["0x1ab1fb19", "exactOutput(address,address,uint256,uint256)"],
] as const;

/** Uniswap's UniversalRouter: every route goes through these. */
const UNIVERSAL = [
  ["0x3593564c", "execute(bytes,bytes[],uint256)"],
  ["0x24856bc3", "execute(bytes,bytes[])"],
] as const;

const LIQUIDITY = [
  // UniswapV2Router02
  ["0xe8e33700", "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)"],
  ["0xf305d719", "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)"],
  ["0xbaa2abde", "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)"],
  ["0x02751cec", "removeLiquidityETH(address,uint256,uint256,uint256,address,uint256)"],
  [
    "0x2195995c",
    "removeLiquidityWithPermit(address,address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)",
  ],
  [
    "0xded9382a",
    "removeLiquidityETHWithPermit(address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)",
  ],
  [
    "0xaf2979eb",
    "removeLiquidityETHSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,uint256)",
  ],
  [
    "0x5b0d5984",
    "removeLiquidityETHWithPermitSupportingFeeOnTransferTokens(address,uint256,uint256,uint256,address,uint256,bool,uint8,bytes32,bytes32)",
  ],
  // Uniswap V3's NonfungiblePositionManager, and where another, Algebra's
  [
    "0x88316456",
    "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))",
  ],
  ["0x9cc1a283", "mint((address,address,int24,int24,uint256,uint256,uint256,uint256,address,uint256))"],
  ["0x219f5d17", "increaseLiquidity((uint256,uint256,uint256,uint256,uint256,uint256))"],
  ["0x0c49ccbe", "decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))"],
  ["0xfc6f7865", "collect((uint256,address,uint128,uint128))"],
  ["0x13ead562", "createAndInitializePoolIfNecessary(address,address,uint24,uint160)"],
  ["0x51246d6e", "createAndInitializePoolIfNecessary(address,address,uint160)"],
  // A pool itself: Uniswap V3's and Algebra's
  ["0xa34123a7", "burn(int24,int24,uint128)"],
  ["0x4f1eb3d8", "collect(address,int24,int24,uint128,uint128)"],
] as const;

const KNOWN_LIQUIDITY = [
  // The lab's router of Algebra pools
  ["0x7b4f5327", "mint(address,address,int24,int24,uint128)"],
  // NonfungiblePositionManager: an empty position
  ["0x42966c68", "burn(uint256)"],
  // SwapRouter02
  ["0x11ed56c9", "mint((address,address,uint24,int24,int24,uint256,uint256,address))"],
  ["0xf100b205", "increaseLiquidity((address,address,uint256,uint256,uint256))"],
] as const;

const TRANSFERS = [
  // ERC-20
  ["0xa9059cbb", "transfer(address,uint256)"],
  ["0x23b872dd", "transferFrom(address,address,uint256)"],
  // ERC-721, ERC-1155
  ["0x42842e0e", "safeTransferFrom(address,address,uint256)"],
  ["0xb88d4fde", "safeTransferFrom(address,address,uint256,bytes)"],
  ["0xf242432a", "safeTransferFrom(address,address,uint256,uint256,bytes)"],
  ["0x2eb2c2d6", "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"],
] as const;

/** What routers pay out, take in and wrap, mostly inside a multicall. */
const PAYMENTS = [
  ["0x49404b7c", "unwrapWETH9(uint256,address)"],
  ["0x49616997", "unwrapWETH9(uint256)"],
  ["0x69bc35b2", "unwrapWNativeToken(uint256,address)"],
  ["0xdf2ab5bb", "sweepToken(address,uint256,address)"],
  ["0xe90a182f", "sweepToken(address,uint256)"],
  ["0x12210e8a", "refundETH()"],
  ["0x41865270", "refundNativeToken()"],
  ["0x9b2c0a37", "unwrapWETH9WithFee(uint256,address,uint256,address)"],
  ["0xd4ef38de", "unwrapWETH9WithFee(uint256,uint256,address)"],
  ["0xe0e189a0", "sweepTokenWithFee(address,uint256,address,uint256,address)"],
  ["0x3068c554", "sweepTokenWithFee(address,uint256,uint256,address)"],
  ["0x1c58db4f", "wrapETH(uint256)"],
  ["0xf2d5d56b", "pull(address,uint256)"],
] as const;

const APPROVALS = [
  // ERC-20, ERC-2612
  ["0x095ea7b3", "approve(address,uint256)"],
  ["0x39509351", "increaseAllowance(address,uint256)"],
  ["0xa457c2d7", "decreaseAllowance(address,uint256)"],
  ["0xd505accf", "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"],
  // ERC-721, ERC-1155
  ["0xa22cb465", "setApprovalForAll(address,bool)"],
  // Permit2
  ["0x87517c45", "approve(address,address,uint160,uint48)"],
] as const;

/** Of Uniswap V3's routers. */
const ROUTER_APPROVALS = [
  ["0xf3995c67", "selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)"],
  ["0xc2e3140a", "selfPermitIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)"],
  ["0x4659a494", "selfPermitAllowed(address,uint256,uint256,uint8,bytes32,bytes32)"],
  ["0xa4a78f0c", "selfPermitAllowedIfNecessary(address,uint256,uint256,uint8,bytes32,bytes32)"],
  ["0x571ac8b0", "approveMax(address)"],
  ["0xcab372ce", "approveMaxMinusOne(address)"],
  ["0x639d71a9", "approveZeroThenMax(address)"],
  ["0xab3fdd50", "approveZeroThenMaxMinusOne(address)"],
] as const;

export const SELECTOR_RULES: readonly SelectorRule[] = [
  ...rules("swap", SWAPS),
  ...rules("swap", LAB_SWAPS, true),
  ...rules("swap", UNIVERSAL, true),
  ...rules("liquidity", LIQUIDITY),
  ...rules("liquidity", KNOWN_LIQUIDITY, true),
  ...rules("transfer", TRANSFERS),
  ...rules("transfer", PAYMENTS, true),
  ...rules("approval", APPROVALS),
  ...rules("approval", ROUTER_APPROVALS, true),
];
