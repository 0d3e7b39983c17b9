/** Calldata of what traders do, one function an intention, whatever the kind of pool. */
import { encodeFunctionData, type Hex, maxUint128, maxUint256 } from "viem";
import * as abi from "./abi.ts";
import type { Call } from "./chain.ts";
import type { Deployment, Token } from "./deploy.ts";
import type { Range } from "./liquidity.ts";
import { type PoolRow, VENUES } from "./pools.ts";

/** A pool on the chain. */
export interface Pool {
  readonly row: PoolRow;
  readonly address: Hex;
  readonly router: Hex;
  /** In the contracts' order. */
  readonly token0: Token;
  readonly token1: Token;
}

/** Never too late: a time in the calldata would make a run's hashes differ from the next one's. */
const DEADLINE = maxUint256;
const GAS = { transfer: 90_000n, swap: 320_000n, swapTwice: 420_000n, liquidity: 650_000n } as const;

export interface Swap {
  readonly exact: "in" | "out";
  readonly tokenIn: Token;
  readonly tokenOut: Token;
  /** Of the exact side, raw units. */
  readonly amount: bigint;
  /** Of the other side: the least to receive, or the most to pay. Else the swap reverts. */
  readonly limit: bigint;
}

export function swapCall(pool: Pool, swap: Swap, recipient: Hex): Call {
  return { to: pool.router, data: swapData(pool, swap, recipient), gas: GAS.swap };
}

function swapData(pool: Pool, swap: Swap, recipient: Hex): Hex {
  const { exact, amount, limit } = swap;
  const [tokenIn, tokenOut] = [swap.tokenIn.address, swap.tokenOut.address];
  const { kind } = VENUES[pool.row.venue];
  if (kind === "v2") return v2SwapData(exact, amount, limit, [tokenIn, tokenOut], recipient);
  if (kind === "algebra") {
    return encodeFunctionData({
      abi: abi.ALGEBRA_ROUTER,
      functionName: exact === "in" ? "exactInput" : "exactOutput",
      args: [tokenIn, tokenOut, amount, limit],
    });
  }
  const common = { tokenIn, tokenOut, fee: pool.row.tier.fee, recipient, deadline: DEADLINE };
  if (exact === "in") {
    const params = { ...common, amountIn: amount, amountOutMinimum: limit, sqrtPriceLimitX96: 0n };
    return encodeFunctionData({ abi: abi.V3_ROUTER, functionName: "exactInputSingle", args: [params] });
  }
  const params = { ...common, amountOut: amount, amountInMaximum: limit, sqrtPriceLimitX96: 0n };
  return encodeFunctionData({ abi: abi.V3_ROUTER, functionName: "exactOutputSingle", args: [params] });
}

function v2SwapData(exact: "in" | "out", amount: bigint, limit: bigint, path: Hex[], to: Hex): Hex {
  return encodeFunctionData({
    abi: abi.V2_ROUTER,
    functionName: exact === "in" ? "swapExactTokensForTokens" : "swapTokensForExactTokens",
    args: [amount, limit, path, to, DEADLINE],
  });
}

/** Through several V2 pools of one venue, exact input. */
export function v2PathSwapCall(
  router: Hex,
  path: readonly Token[],
  amount: bigint,
  limit: bigint,
  to: Hex,
): Call {
  const addresses = path.map(({ address }) => address);
  return { to: router, data: v2SwapData("in", amount, limit, addresses, to), gas: GAS.swapTwice };
}

/** Ether itself in or out of a V2 pool whose other token is WETH, exact input. */
export function v2EtherSwapCall(pool: Pool, swap: Swap, to: Hex): Call {
  const path = [swap.tokenIn.address, swap.tokenOut.address];
  if (swap.tokenIn.name === "WETH") {
    const args = [swap.limit, path, to, DEADLINE] as const;
    const data = encodeFunctionData({ abi: abi.V2_ROUTER, functionName: "swapExactETHForTokens", args });
    return { to: pool.router, value: swap.amount, data, gas: GAS.swap };
  }
  const args = [swap.amount, swap.limit, path, to, DEADLINE] as const;
  const data = encodeFunctionData({ abi: abi.V2_ROUTER, functionName: "swapExactTokensForETH", args });
  return { to: pool.router, data, gas: GAS.swap };
}

export function transferCall(token: Token, to: Hex, amount: bigint): Call {
  const data = encodeFunctionData({ abi: abi.TOKEN, functionName: "transfer", args: [to, amount] });
  return { to: token.address, data, gas: GAS.transfer };
}

export function approveCall(token: { address: Hex }, spender: Hex, amount: bigint): Call {
  const data = encodeFunctionData({ abi: abi.TOKEN, functionName: "approve", args: [spender, amount] });
  return { to: token.address, data, gas: GAS.transfer };
}

export function etherCall(to: Hex, value: bigint): Call {
  return { to, value, data: "0x", gas: 21_000n };
}

export function addV2Call(pool: Pool, amount0: bigint, amount1: bigint, to: Hex): Call {
  const tokens = [pool.token0.address, pool.token1.address] as const;
  const args = [...tokens, amount0, amount1, 0n, 0n, to, DEADLINE] as const;
  const data = encodeFunctionData({ abi: abi.V2_ROUTER, functionName: "addLiquidity", args });
  return { to: pool.router, data, gas: GAS.liquidity };
}

export function removeV2Call(pool: Pool, liquidity: bigint, to: Hex): Call {
  const args = [pool.token0.address, pool.token1.address, liquidity, 0n, 0n, to, DEADLINE] as const;
  const data = encodeFunctionData({ abi: abi.V2_ROUTER, functionName: "removeLiquidity", args });
  return { to: pool.router, data, gas: GAS.liquidity };
}

export function addV3Call(
  { positions }: Deployment,
  pool: Pool,
  { lower, upper }: Range,
  amount0: bigint,
  amount1: bigint,
  recipient: Hex,
): Call {
  const params = {
    token0: pool.token0.address,
    token1: pool.token1.address,
    fee: pool.row.tier.fee,
    tickLower: lower,
    tickUpper: upper,
    amount0Desired: amount0,
    amount1Desired: amount1,
    amount0Min: 0n,
    amount1Min: 0n,
    recipient,
    deadline: DEADLINE,
  };
  const data = encodeFunctionData({ abi: abi.V3_POSITIONS, functionName: "mint", args: [params] });
  return { to: positions, data, gas: GAS.liquidity };
}

/** Takes `liquidity` out of a position and collects what it is worth, in one multicall, as the usual interface does. */
export function removeV3Call(
  { positions }: Deployment,
  tokenId: bigint,
  liquidity: bigint,
  recipient: Hex,
): Call {
  const decrease = { tokenId, liquidity, amount0Min: 0n, amount1Min: 0n, deadline: DEADLINE };
  const collect = { tokenId, recipient, amount0Max: maxUint128, amount1Max: maxUint128 };
  const calls = [
    encodeFunctionData({ abi: abi.V3_POSITIONS, functionName: "decreaseLiquidity", args: [decrease] }),
    encodeFunctionData({ abi: abi.V3_POSITIONS, functionName: "collect", args: [collect] }),
  ];
  const data = encodeFunctionData({ abi: abi.V3_POSITIONS, functionName: "multicall", args: [calls] });
  return { to: positions, data, gas: GAS.liquidity };
}

export function addAlgebraCall(pool: Pool, { lower, upper }: Range, liquidity: bigint): Call {
  const args = [pool.token0.address, pool.token1.address, lower, upper, liquidity] as const;
  const data = encodeFunctionData({ abi: abi.ALGEBRA_ROUTER, functionName: "mint", args });
  return { to: pool.router, data, gas: GAS.liquidity };
}

/** The owner's liquidity in a range turns into tokens that the pool owes; `collectAlgebraCall` fetches them. */
export function burnAlgebraCall(pool: Pool, { lower, upper }: Range, liquidity: bigint): Call {
  const args = [lower, upper, liquidity] as const;
  const data = encodeFunctionData({ abi: abi.ALGEBRA_POOL, functionName: "burn", args });
  return { to: pool.address, data, gas: GAS.liquidity };
}

export function collectAlgebraCall(pool: Pool, { lower, upper }: Range, to: Hex): Call {
  const args = [to, lower, upper, maxUint128, maxUint128] as const;
  const data = encodeFunctionData({ abi: abi.ALGEBRA_POOL, functionName: "collect", args });
  return { to: pool.address, data, gas: GAS.liquidity };
}
