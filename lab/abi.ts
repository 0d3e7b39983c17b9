/** The functions that the lab calls, written out, so that a reader sees them and TypeScript checks their arguments. */
import { parseAbi } from "viem";

export const TOKEN = parseAbi([
  "constructor(string name, string symbol, uint8 decimals, address[] owners, uint256 share, address[] spenders)",
  "function approve(address spender, uint256 amount)",
  "function transfer(address to, uint256 amount)",
  "function transferFrom(address from, address to, uint256 amount)",
  "function balanceOf(address owner) view returns (uint256)",
]);

export const WETH = parseAbi(["function deposit() payable", "function withdraw(uint256 amount)"]);

export const V2_FACTORY = parseAbi([
  "constructor(address feeToSetter)",
  "function createPair(address tokenA, address tokenB)",
  "function getPair(address tokenA, address tokenB) view returns (address)",
]);

export const V2_PAIR = parseAbi([
  "function getReserves() view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast)",
]);

export const V2_ROUTER = parseAbi([
  "constructor(address factory, address weth)",
  "function addLiquidity(address tokenA, address tokenB, uint256 amountA, uint256 amountB, uint256 minA, uint256 minB, address to, uint256 deadline)",
  "function removeLiquidity(address tokenA, address tokenB, uint256 liquidity, uint256 minA, uint256 minB, address to, uint256 deadline)",
  "function swapExactTokensForTokens(uint256 amountIn, uint256 minOut, address[] path, address to, uint256 deadline)",
  "function swapTokensForExactTokens(uint256 amountOut, uint256 maxIn, address[] path, address to, uint256 deadline)",
  "function swapExactETHForTokens(uint256 minOut, address[] path, address to, uint256 deadline) payable",
  "function swapExactTokensForETH(uint256 amountIn, uint256 minOut, address[] path, address to, uint256 deadline)",
]);

export const V3_FACTORY = parseAbi([
  "function enableFeeAmount(uint24 fee, int24 tickSpacing)",
  "function getPool(address tokenA, address tokenB, uint24 fee) view returns (address)",
]);

export const V3_POOL = parseAbi([
  "function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16 observationIndex, uint16 observationCardinality, uint16 observationCardinalityNext, uint8 feeProtocol, bool unlocked)",
  "function liquidity() view returns (uint128)",
]);

export const V3_ROUTER = parseAbi([
  "constructor(address factory, address weth)",
  "struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }",
  "struct ExactOutputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountOut; uint256 amountInMaximum; uint160 sqrtPriceLimitX96; }",
  "function exactInputSingle(ExactInputSingle params) payable",
  "function exactOutputSingle(ExactOutputSingle params) payable",
]);

export const V3_POSITIONS = parseAbi([
  "constructor(address factory, address weth, address descriptor)",
  "struct Mint { address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper; uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min; address recipient; uint256 deadline; }",
  "struct Decrease { uint256 tokenId; uint128 liquidity; uint256 amount0Min; uint256 amount1Min; uint256 deadline; }",
  "struct Collect { uint256 tokenId; address recipient; uint128 amount0Max; uint128 amount1Max; }",
  "function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96) payable",
  "function mint(Mint params) payable",
  "function decreaseLiquidity(Decrease params) payable",
  "function collect(Collect params) payable",
  "function burn(uint256 tokenId) payable",
  "function multicall(bytes[] data) payable",
  "function balanceOf(address owner) view returns (uint256)",
  "function tokenOfOwnerByIndex(address owner, uint256 index) view returns (uint256)",
  "function positions(uint256 tokenId) view returns (uint96 nonce, address operator, address token0, address token1, uint24 fee, int24 tickLower, int24 tickUpper, uint128 liquidity, uint256 feeGrowthInside0LastX128, uint256 feeGrowthInside1LastX128, uint128 tokensOwed0, uint128 tokensOwed1)",
]);

export const ALGEBRA_DEPLOYER = parseAbi(["function setFactory(address factory)"]);

export const ALGEBRA_FACTORY = parseAbi([
  "constructor(address poolDeployer, address vault)",
  "function createPool(address tokenA, address tokenB)",
  "function poolByPair(address tokenA, address tokenB) view returns (address)",
  "function setBaseFeeConfiguration(uint16 alpha1, uint16 alpha2, uint32 beta1, uint32 beta2, uint16 gamma1, uint16 gamma2, uint32 volumeBeta, uint16 volumeGamma, uint16 baseFee)",
]);

export const ALGEBRA_POOL = parseAbi([
  "function initialize(uint160 sqrtPriceX96)",
  "function burn(int24 bottomTick, int24 topTick, uint128 amount)",
  "function collect(address recipient, int24 bottomTick, int24 topTick, uint128 amount0, uint128 amount1)",
  "function globalState() view returns (uint160 price, int24 tick, uint16 fee, uint16 timepointIndex, uint8 communityFeeToken0, uint8 communityFeeToken1, bool unlocked)",
  "function liquidity() view returns (uint128)",
]);

export const ALGEBRA_ROUTER = parseAbi([
  "constructor(address factory)",
  "function exactInput(address tokenIn, address tokenOut, uint256 amountIn, uint256 amountOutMinimum)",
  "function exactOutput(address tokenIn, address tokenOut, uint256 amountOut, uint256 amountInMaximum)",
  "function mint(address tokenA, address tokenB, int24 bottomTick, int24 topTick, uint128 liquidity)",
]);
