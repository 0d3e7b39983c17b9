/** The arithmetic of opportunities, held against the published contracts on a real node: swap by swap, and tick by tick. */
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { constantProduct } from "../model/arbitrage/maths/constant-product.ts";
import type { Curve } from "../model/arbitrage/maths/curve.ts";
import { singleTick } from "../model/arbitrage/maths/single-tick.ts";
import { MAX_TICK, MIN_TICK, rangeOf, sqrtPriceAt, type TickRange } from "../model/arbitrage/maths/ticks.ts";
import * as abi from "./abi.ts";
import { addV3Call, type Pool, swapCall } from "./calls.ts";
import { openPools } from "./open-pools.ts";
import { VENUES, worth } from "./pools.ts";
import { Random } from "./random.ts";
import { poolState } from "./testing/oracle.ts";
import { Stage } from "./testing/stage.ts";

const SETUP_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 60_000;
const ROUNDS = 3;
const AMOUNTS = 4;
/** Nobody here has more than a few times this of a token. */
const MOST_USD = 10_000_000;

let stage: Stage;
let pools: readonly Pool[];
const random = new Random(7, "maths");

beforeAll(async () => {
  stage = await Stage.open("constant");
  pools = await openPools(stage.chain, stage.deployment, stage.provider);
}, SETUP_TIMEOUT_MS);

afterAll(async () => {
  await stage?.close();
});

/** One direction of a pool, from what its own functions say. */
async function curveOf(pool: Pool, zeroForOne: boolean): Promise<Curve> {
  const state = await poolState(stage.chain.client, pool);
  const curve =
    state.reserve0 === null
      ? singleTick(
          {
            sqrtPrice: state.sqrt_price_x96,
            liquidity: state.liquidity,
            tick: state.tick,
            spacing: pool.row.tier.tickSpacing,
            fee: state.fee,
          },
          zeroForOne,
        )
      : zeroForOne
        ? constantProduct(state.reserve0, state.reserve1, state.fee)
        : constantProduct(state.reserve1, state.reserve0, state.fee);
  if (curve === null) throw new Error(`nothing to swap in ${pool.address}`);
  return curve;
}

/** Would the pool's router swap the amount and pay at least so much, in a block on top of the head? */
async function pays(pool: Pool, zeroForOne: boolean, amount: bigint, limit: bigint): Promise<boolean> {
  const { mover, chain } = stage;
  const [tokenIn, tokenOut] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
  const call = swapCall(pool, { exact: "in", tokenIn, tokenOut, amount, limit }, mover.address);
  try {
    await chain.client.call({ account: mover.address, to: call.to, data: call.data, gas: call.gas });
    return true;
  } catch {
    return false;
  }
}

/** The pool pays what the curve says, and not a unit more. */
async function holdToContract(
  pool: Pool,
  zeroForOne: boolean,
  curve: Curve,
  amount: bigint,
): Promise<boolean> {
  const out = curve.out(amount);
  // Routers refuse a swap for nothing.
  if (amount <= 0n || out === 0n) return false;
  const what = `${pool.row.venue} ${pool.row.pair.join("/")} ${zeroForOne ? "down" : "up"} ${amount}`;
  expect(await pays(pool, zeroForOne, amount, out), `${what} pays ${out}`).toBe(true);
  expect(await pays(pool, zeroForOne, amount, out + 1n), `${what} pays over ${out}`).toBe(false);
  return true;
}

function amounts({ maxIn }: Curve, pool: Pool, zeroForOne: boolean): bigint[] {
  const most = worth((zeroForOne ? pool.token0 : pool.token1).name, MOST_USD);
  const cap = maxIn < most ? maxIn : most;
  const some = Array.from({ length: AMOUNTS }, () =>
    BigInt(Math.floor(Number(cap) * random.magnitude(1e-6, 1))),
  );
  return [1n, 1_000_000n, ...some, cap].filter((amount) => amount <= cap);
}

/** Everywhere a swap of some size, so that no state is one that anybody chose. */
async function trade(): Promise<void> {
  for (const pool of pools) {
    const zeroForOne = random.chance(0.5);
    const [tokenIn, tokenOut] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0];
    const amount = worth(tokenIn.name, pool.row.side_usd * random.magnitude(0.001, 0.1));
    const swap = { exact: "in", tokenIn, tokenOut, amount, limit: 0n } as const;
    await stage.send(stage.mover, swapCall(pool, swap, stage.mover.address));
  }
  await stage.mine();
}

describe("what a swap brings", () => {
  it(
    "is what each pool's contract pays, to the unit, both ways and up to the cap",
    async () => {
      const checked = new Map<string, number>();
      for (let round = 0; round < ROUNDS; round++) {
        for (const pool of pools) {
          const { kind } = VENUES[pool.row.venue];
          for (const zeroForOne of [true, false]) {
            const curve = await curveOf(pool, zeroForOne);
            for (const amount of amounts(curve, pool, zeroForOne)) {
              if (!(await holdToContract(pool, zeroForOne, curve, amount))) continue;
              checked.set(kind, (checked.get(kind) ?? 0) + 1);
            }
          }
        }
        await trade();
      }
      for (const kind of ["v2", "v3", "algebra"]) expect(checked.get(kind)).toBeGreaterThan(50);
    },
    TEST_TIMEOUT_MS,
  );
});

describe("at the boundary of a tick range, crossed downwards", () => {
  it(
    "the range is that of the pool's tick, not of its price: no way up, and the way down as the contract has it",
    async () => {
      const { chain, deployment, provider, mover } = stage;
      const pool = pools.find(({ row }) => row.venue === "uniswap-v3" && row.tier.tickSpacing === 60) as Pool;
      const range = rangeOf(await tickOf(pool), 60) as TickRange;
      // A position that ends here initialises the tick.
      const share = [pool.token0, pool.token1].map(({ name }) => worth(name, 100_000)) as [bigint, bigint];
      await stage.send(provider, addV3Call(deployment, pool, range, ...share, provider.address));
      const boundary = sqrtPriceAt(range.lower);
      const params = {
        tokenIn: pool.token0.address,
        tokenOut: pool.token1.address,
        fee: pool.row.tier.fee,
        recipient: mover.address,
        deadline: 2n ** 256n - 1n,
        amountIn: worth(pool.token0.name, MOST_USD),
        amountOutMinimum: 0n,
        sqrtPriceLimitX96: boundary,
      };
      const data = encodeFunctionData({
        abi: abi.V3_ROUTER,
        functionName: "exactInputSingle",
        args: [params],
      });
      await stage.send(mover, { to: pool.router, data, gas: 500_000n });
      await stage.mine();
      const state = await poolState(chain.client, pool);
      expect(state.sqrt_price_x96).toBe(boundary);
      expect(state.tick).toBe(range.lower - 1);
      expect((await curveOf(pool, false)).maxIn).toBe(0n);
      const down = await curveOf(pool, true);
      expect(down.maxIn).toBeGreaterThan(0n);
      for (const amount of amounts(down, pool, true)) await holdToContract(pool, true, down, amount);
    },
    TEST_TIMEOUT_MS,
  );
});

async function tickOf(pool: Pool): Promise<number> {
  const { tick } = await poolState(stage.chain.client, pool);
  if (tick === null) throw new Error("a V2 pool has no tick");
  return tick;
}

describe("the price at a tick", () => {
  const TICKS = [
    MIN_TICK + 1,
    -500_000,
    -276_324,
    -60,
    -1,
    0,
    1,
    199,
    65_536,
    276_324,
    500_000,
    MAX_TICK - 1,
  ];

  /** The tick of a pool that is initialised at the price; the pool is gone after. */
  async function contractTick(price: bigint): Promise<number> {
    const { client } = stage.chain;
    const { tokens, positions, venues } = stage.deployment;
    const [a, b] = [tokens.DAI.address, tokens.LINK.address];
    const pair = a.toLowerCase() < b.toLowerCase() ? ([a, b] as const) : ([b, a] as const);
    const id = await client.snapshot();
    const nonce = stage.provider.nonce;
    const functionName = "createAndInitializePoolIfNecessary";
    const data = encodeFunctionData({ abi: abi.V3_POSITIONS, functionName, args: [...pair, 100, price] });
    await stage.send(stage.provider, { to: positions, data, gas: 8_000_000n });
    await stage.mine();
    const factory = { address: venues["uniswap-v3"].factory, abi: abi.V3_FACTORY };
    const address = await client.readContract({ ...factory, functionName: "getPool", args: [...pair, 100] });
    const slot0 = await client.readContract({ address, abi: abi.V3_POOL, functionName: "slot0" });
    await client.revert({ id });
    stage.provider.nonce = nonce;
    return slot0[1];
  }

  it.each([...TICKS])(
    "%d is the least that the contract takes for that tick",
    async (tick) => {
      expect(await contractTick(sqrtPriceAt(tick))).toBe(tick);
      expect(await contractTick(sqrtPriceAt(tick) - 1n)).toBe(tick - 1);
    },
    TEST_TIMEOUT_MS,
  );
});
