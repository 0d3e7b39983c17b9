/**
 * A Uniswap V3 or Algebra pool inside its current tick range: one step of a swap, where liquidity does not change.
 * Source: v3-core `SwapMath.computeSwapStep` and `SqrtPriceMath`; Algebra's `PriceMovementMath` and `TokenDeltaMath` are
 * the same arithmetic. The pool rounds each step in its own favour: the input's price up, the output down.
 */
import { type Curve, WHOLE } from "./curve.ts";
import { divideUp, least } from "./integers.ts";
import { rangeOf, sqrtPriceAt } from "./ticks.ts";

const Q96 = 96n;
const MAX_U256 = 2n ** 256n - 1n;
/** More than any balance is worth looking at, and what a record holds. */
const MAX_AMOUNT = 2n ** 128n - 1n;

export interface ConcentratedPool {
  /** Q64.96. */
  readonly sqrtPrice: bigint;
  /** In range. */
  readonly liquidity: bigint;
  /** As the pool says it, which at a boundary the price does not tell. */
  readonly tick: number;
  readonly spacing: number;
  /** Hundredths of a bip. */
  readonly fee: number;
}

/**
 * One direction of the pool, up to the boundary of its tick range: the last input counts that leaves the price inside.
 * At the boundary `maxIn` is 0. Null where nothing is known to be there: no liquidity, no spacing, a price outside of the
 * tick's range.
 */
export function singleTick(pool: ConcentratedPool, zeroForOne: boolean): Curve | null {
  const { sqrtPrice, liquidity, tick, spacing } = pool;
  const fee = BigInt(pool.fee);
  if (liquidity === 0n || spacing <= 0 || fee >= WHOLE) return null;
  const range = rangeOf(tick, spacing);
  if (range === null) return null;
  const [low, high] = [sqrtPriceAt(range.lower), sqrtPriceAt(range.upper)];
  if (sqrtPrice < low || sqrtPrice > high) return null;
  const step = zeroForOne ? down(sqrtPrice, low, liquidity) : up(sqrtPrice, high, liquidity);
  const kept = WHOLE - fee;
  // Short of the boundary by one unit, the price stays inside: what the pool does at the boundary is not known here.
  const most = step.toBoundary === 0n ? 0n : (step.toBoundary * WHOLE - 1n) / kept;
  const maxIn = least(most, MAX_AMOUNT);
  const shifted = liquidity << (Q96 + 64n);
  const reserve0X64 = shifted / sqrtPrice;
  const reserve1X64 = (liquidity * sqrtPrice) >> (Q96 - 64n);
  return {
    maxIn,
    fee,
    reserveInX64: zeroForOne ? reserve0X64 : reserve1X64,
    reserveOutX64: zeroForOne ? reserve1X64 : reserve0X64,
    out: (amountIn) => step.out((amountIn * kept) / WHOLE),
    leastIn(amountOut) {
      const paid = step.leastPaid(amountOut);
      if (paid < 0n) return -1n;
      const amountIn = divideUp(paid * WHOLE, kept);
      return amountIn > maxIn ? -1n : amountIn;
    },
  };
}

/** A step on amounts that the fee is taken from already. */
interface Step {
  /** What takes the price to the boundary, rounded up. */
  readonly toBoundary: bigint;
  /** Of less than `toBoundary`. */
  out(paid: bigint): bigint;
  /** Least that brings `amountOut`; -1 where nothing does. */
  leastPaid(amountOut: bigint): bigint;
}

/** token0 in, token1 out: the price falls. */
function down(price: bigint, boundary: bigint, liquidity: bigint): Step {
  const shifted = liquidity << Q96;
  const whole = divideUp(divideUp(shifted * (price - boundary), price), boundary);
  // Past this the contract's product overflows, and it goes on by a coarser formula.
  const overflow = (MAX_U256 - shifted) / price;
  const nextPrice = (paid: bigint) => divideUp(shifted * price, shifted + paid * price);
  return {
    toBoundary: least(whole, overflow),
    out: (paid) => (paid === 0n ? 0n : (liquidity * (price - nextPrice(paid))) >> Q96),
    leastPaid(amountOut) {
      const target = price - divideUp(amountOut << Q96, liquidity);
      return target <= 0n ? -1n : divideUp(shifted * (price - target), target * price);
    },
  };
}

/** token1 in, token0 out: the price rises. */
function up(price: bigint, boundary: bigint, liquidity: bigint): Step {
  const shifted = liquidity << Q96;
  return {
    toBoundary: divideUp(liquidity * (boundary - price), 1n << Q96),
    out(paid) {
      const next = price + (paid << Q96) / liquidity;
      return (shifted * (next - price)) / next / price;
    },
    leastPaid(amountOut) {
      const left = shifted - amountOut * price;
      if (left <= 0n) return -1n;
      const target = divideUp(shifted * price, left);
      return divideUp((target - price) * liquidity, 1n << Q96);
    },
  };
}
