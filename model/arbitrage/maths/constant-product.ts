/**
 * A Uniswap V2 pair and its forks. The pair lets any amounts pass that keep the product of its reserves, the input counted
 * less its fee; so the most that comes out is `UniswapV2Library.getAmountOut`, and the least that must go in is a ceiling.
 * Source: v2-core `UniswapV2Pair.swap`, v2-periphery `UniswapV2Library`; 997/1000 there is a fee of 3,000 here.
 */
import { type Curve, WHOLE } from "./curve.ts";
import { divideUp } from "./integers.ts";

/** Reserves are u112: a swap that passes it reverts. */
const MAX_RESERVE = 2n ** 112n - 1n;

/** Null where nothing can be swapped: an empty reserve, one that no pair can hold, or a fee of everything. */
export function constantProduct(reserveIn: bigint, reserveOut: bigint, feePips: number): Curve | null {
  const fee = BigInt(feePips);
  if (reserveIn === 0n || reserveOut === 0n || fee >= WHOLE) return null;
  if (reserveIn > MAX_RESERVE || reserveOut > MAX_RESERVE) return null;
  const kept = WHOLE - fee;
  const maxIn = MAX_RESERVE - reserveIn;
  return {
    maxIn,
    fee,
    reserveInX64: reserveIn << 64n,
    reserveOutX64: reserveOut << 64n,
    out(amountIn) {
      const paid = amountIn * kept;
      return (paid * reserveOut) / (reserveIn * WHOLE + paid);
    },
    leastIn(amountOut) {
      if (amountOut >= reserveOut) return -1n;
      const amountIn = divideUp(reserveIn * amountOut * WHOLE, (reserveOut - amountOut) * kept);
      return amountIn > maxIn ? -1n : amountIn;
    },
  };
}
