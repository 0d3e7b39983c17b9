/**
 * The input that gains most when it goes through two pools of one pair, one after the other, and comes back as the token
 * that it was.
 *
 * A pool without rounding brings out(x) = R' * k * x / (R + k * x) for reserves R, R' and k = 1 - fee; inside a tick range
 * so does a concentrated one, of virtual reserves. Two in a row are one more of that form, A * x / (B + C * x), whose gain
 * over x is greatest where its slope is 1: x = (sqrt(A * B) - B) / C. Rounding moves that a little, so the integers around it
 * are tried with the pools' own arithmetic: inputs, and amounts in between, for either token may be the coarser one.
 *
 * Bound: the pools only ever round against the swap, so no input gains more than the continuous maximum, and the result
 * gains less than that by no more than what rounding takes from one swap through both (see docs/opportunities.md): 2 units of
 * the input token for two V2 pools.
 */
import { type Curve, WHOLE } from "./curve.ts";
import { least, squareRoot } from "./integers.ts";

/** Integers tried from the closed form's on, rounded down: of the input, and of the amount in between. */
const TRIED = [0n, 1n, 2n, -1n] as const;

export interface Route {
  /** Raw units of the token that goes in and comes back. */
  readonly amountIn: bigint;
  /** Raw units of the other one, between the pools. */
  readonly between: bigint;
  /** What comes back less what went in: more than 0. */
  readonly profit: bigint;
  /** The input ends where a pool's `maxIn` does. */
  readonly isCapped: boolean;
}

/** Null where no input gains. Deterministic, and the same number of steps for any amounts. */
export function bestRoute(buy: Curve, sell: Curve): Route | null {
  const wanted = closedForm(buy, sell);
  if (wanted < 0n) return null;
  const most = mostThrough(buy, sell);
  if (most <= 0n) return null;
  const isCapped = wanted > most;
  const around = least(wanted, most);
  const middle = buy.out(around);
  let best: Omit<Route, "isCapped"> | null = null;
  for (const step of TRIED) {
    const amountIn = around + step;
    best = better(best, buy, sell, amountIn > most ? 0n : amountIn);
    // The least input for an amount in between: what is paid beyond is lost.
    const between = middle + step;
    const needed = between > 0n ? buy.leastIn(between) : 0n;
    if (needed !== amountIn) best = better(best, buy, sell, needed);
  }
  return best === null ? null : { ...best, isCapped };
}

/** The best so far, or what the input gains where that is more, or as much for less. */
function better(
  best: Omit<Route, "isCapped"> | null,
  buy: Curve,
  sell: Curve,
  amountIn: bigint,
): Omit<Route, "isCapped"> | null {
  if (amountIn <= 0n) return best;
  const between = buy.out(amountIn);
  const profit = sell.out(between) - amountIn;
  if (profit <= 0n || between > sell.maxIn) return best;
  const isBetter =
    best === null || profit > best.profit || (profit === best.profit && amountIn < best.amountIn);
  return isBetter ? { amountIn, between, profit } : best;
}

/** The most that both pools take: the second one's cap in terms of the first one's input. */
function mostThrough(buy: Curve, sell: Curve): bigint {
  if (buy.out(buy.maxIn) <= sell.maxIn) return buy.maxIn;
  // The least input that brings one unit too many, less one.
  const tooMuch = buy.leastIn(sell.maxIn + 1n);
  return tooMuch - 1n;
}

/** x of the greatest gain without rounding, rounded down; -1 where none gains. */
function closedForm(buy: Curve, sell: Curve): bigint {
  const [kept1, kept2] = [WHOLE - buy.fee, WHOLE - sell.fee];
  const a = buy.reserveOutX64 * kept1 * sell.reserveOutX64 * kept2;
  const b = buy.reserveInX64 * WHOLE * sell.reserveInX64 * WHOLE;
  if (a <= b) return -1n;
  const c = kept1 * (sell.reserveInX64 * WHOLE + kept2 * buy.reserveOutX64);
  return ((squareRoot(a * b) - b) / c) >> 64n;
}
