/** What a trader sees: every pool's state at the head, as a constant-product pool that trades alike near the price. */
import * as abi from "./abi.ts";
import type { Pool, Swap } from "./calls.ts";
import type { Client } from "./chain.ts";
import type { Token } from "./deploy.ts";
import { VENUES, worth } from "./pools.ts";

/** Fees are in hundredths of a bip. */
const WHOLE = 1_000_000n;
/** So that rounding to raw units does not show. */
const MUCH_USD = 1_000_000_000;

export interface PoolView {
  readonly pool: Pool;
  /** Of V2 the reserves; of a concentrated pool those that its liquidity stands for at its price. */
  readonly reserve0: bigint;
  readonly reserve1: bigint;
  readonly fee: number;
  /** 0 of a V2 pool. */
  readonly sqrtPriceX96: bigint;
  readonly tick: number;
}

export function readMarket(client: Client, pools: readonly Pool[]): Promise<PoolView[]> {
  return Promise.all(pools.map((pool) => readPool(client, pool)));
}

async function readPool(client: Client, pool: Pool): Promise<PoolView> {
  const { address } = pool;
  const { kind } = VENUES[pool.row.venue];
  if (kind === "v2") {
    const functionName = "getReserves";
    const [reserve0, reserve1] = await client.readContract({ address, abi: abi.V2_PAIR, functionName });
    return { pool, reserve0, reserve1, fee: pool.row.tier.fee, sqrtPriceX96: 0n, tick: 0 };
  }
  if (kind === "v3") {
    const [slot0, liquidity] = await Promise.all([
      client.readContract({ address, abi: abi.V3_POOL, functionName: "slot0" }),
      client.readContract({ address, abi: abi.V3_POOL, functionName: "liquidity" }),
    ]);
    return concentrated(pool, slot0[0], slot0[1], liquidity, pool.row.tier.fee);
  }
  const [state, liquidity] = await Promise.all([
    client.readContract({ address, abi: abi.ALGEBRA_POOL, functionName: "globalState" }),
    client.readContract({ address, abi: abi.ALGEBRA_POOL, functionName: "liquidity" }),
  ]);
  return concentrated(pool, state[0], state[1], liquidity, state[2]);
}

function concentrated(
  pool: Pool,
  sqrtPriceX96: bigint,
  tick: number,
  liquidity: bigint,
  fee: number,
): PoolView {
  const reserve0 = (liquidity << 96n) / sqrtPriceX96;
  const reserve1 = (liquidity * sqrtPriceX96) >> 96n;
  return { pool, reserve0, reserve1, fee, sqrtPriceX96, tick };
}

/** The pool's reserves of `tokenIn` and of the other token. */
export function reserves(view: PoolView, tokenIn: Token): [bigint, bigint] {
  return tokenIn === view.pool.token0 ? [view.reserve0, view.reserve1] : [view.reserve1, view.reserve0];
}

export function otherToken({ pool }: PoolView, token: Token): Token {
  return token === pool.token0 ? pool.token1 : pool.token0;
}

/** The token that the pool pays more for than it was worth at the beginning: who knows what things are worth sells it. */
export function dearToken(view: PoolView): Token {
  const { token0, token1 } = view.pool;
  return view.reserve0 * worth(token1.name, MUCH_USD) < view.reserve1 * worth(token0.name, MUCH_USD)
    ? token0
    : token1;
}

/** What `amountIn` would bring at the state that was seen. */
export function quoteOut(view: PoolView, tokenIn: Token, amountIn: bigint): bigint {
  const [reserveIn, reserveOut] = reserves(view, tokenIn);
  const paid = amountIn * (WHOLE - BigInt(view.fee));
  return (reserveOut * paid) / (reserveIn * WHOLE + paid);
}

/** What `amountOut` would cost. */
export function quoteIn(view: PoolView, tokenIn: Token, amountOut: bigint): bigint {
  const [reserveIn, reserveOut] = reserves(view, tokenIn);
  return (reserveIn * amountOut * WHOLE) / ((reserveOut - amountOut) * (WHOLE - BigInt(view.fee))) + 1n;
}

/** A swap of `amount` on its exact side that bears the other side's being worse than seen by `tolerance` (0.01 = 1 %). */
export function swapAt(
  view: PoolView,
  tokenIn: Token,
  exact: "in" | "out",
  amount: bigint,
  tolerance: number,
): Swap {
  const tokenOut = otherToken(view, tokenIn);
  const slack = BigInt(Math.round(tolerance * 10_000));
  const limit =
    exact === "in"
      ? (quoteOut(view, tokenIn, amount) * (10_000n - slack)) / 10_000n
      : (quoteIn(view, tokenIn, amount) * (10_000n + slack)) / 10_000n;
  return { exact, tokenIn, tokenOut, amount, limit };
}
