/** Opens the pools of the table at their first price and fills them. */
import { encodeFunctionData, type Hex } from "viem";
import * as abi from "./abi.ts";
import { addAlgebraCall, addV2Call, addV3Call, type Pool } from "./calls.ts";
import type { Chain, Wallet } from "./chain.ts";
import type { Deployment } from "./deploy.ts";
import { liquidityFor, rangeAround, sqrtPriceX96, tickOf } from "./liquidity.ts";
import { POOLS, type PoolRow, VENUES, worth } from "./pools.ts";
import { Setup } from "./setup.ts";

/** Where a concentrated pool's first liquidity lies: shares of `side_usd` in ranges this far around the price. */
const FIRST_RANGES = [
  { factor: 4, share: 0.5 },
  { factor: 1.25, share: 0.3 },
  { factor: 1.06, share: 0.2 },
] as const;

type Unopened = Omit<Pool, "address">;

function unopened(row: PoolRow, { tokens, venues }: Deployment): Unopened {
  const [a, b] = [tokens[row.pair[0]], tokens[row.pair[1]]];
  const [token0, token1] = a.address.toLowerCase() < b.address.toLowerCase() ? [a, b] : [b, a];
  return { row, router: venues[row.venue].router, token0, token1 };
}

function firstAmounts({ row, token0, token1 }: Unopened, share: number): [bigint, bigint] {
  return [worth(token0.name, row.side_usd * share), worth(token1.name, row.side_usd * share)];
}

/** Where the pool is created, and the call that does it. */
function creation(pool: Unopened, { venues, positions }: Deployment): { to: Hex; data: Hex } {
  const tokens = [pool.token0.address, pool.token1.address] as const;
  const { factory } = venues[pool.row.venue];
  switch (VENUES[pool.row.venue].kind) {
    case "v2":
      return {
        to: factory,
        data: encodeFunctionData({ abi: abi.V2_FACTORY, functionName: "createPair", args: tokens }),
      };
    case "v3": {
      const args = [...tokens, pool.row.tier.fee, sqrtPriceX96(...firstAmounts(pool, 1))] as const;
      const functionName = "createAndInitializePoolIfNecessary";
      return { to: positions, data: encodeFunctionData({ abi: abi.V3_POSITIONS, functionName, args }) };
    }
    case "algebra":
      return {
        to: factory,
        data: encodeFunctionData({ abi: abi.ALGEBRA_FACTORY, functionName: "createPool", args: tokens }),
      };
  }
}

function addressOf(pool: Unopened, { venues }: Deployment, { client }: Chain): Promise<Hex> {
  const tokens = [pool.token0.address, pool.token1.address] as const;
  const address = venues[pool.row.venue].factory;
  switch (VENUES[pool.row.venue].kind) {
    case "v2":
      return client.readContract({ address, abi: abi.V2_FACTORY, functionName: "getPair", args: tokens });
    case "v3": {
      const args = [...tokens, pool.row.tier.fee] as const;
      return client.readContract({ address, abi: abi.V3_FACTORY, functionName: "getPool", args });
    }
    case "algebra":
      return client.readContract({
        address,
        abi: abi.ALGEBRA_FACTORY,
        functionName: "poolByPair",
        args: tokens,
      });
  }
}

/** In two blocks: one creates the pools, the next fills them, so that it holds their first events. */
export async function openPools(chain: Chain, deployment: Deployment, provider: Wallet): Promise<Pool[]> {
  const setup = new Setup(chain);
  const rows = POOLS.map((row) => unopened(row, deployment));
  for (const pool of rows) {
    setup.send(provider, `the ${nameOf(pool)} pool`, creation(pool, deployment));
  }
  await setup.mine();
  const pools: Pool[] = [];
  for (const pool of rows) pools.push({ ...pool, address: await addressOf(pool, deployment, chain) });
  for (const pool of pools) fill(setup, deployment, provider, pool);
  await setup.mine();
  return pools;
}

function fill(setup: Setup, deployment: Deployment, provider: Wallet, pool: Pool): void {
  const { kind } = VENUES[pool.row.venue];
  const what = `liquidity of the ${nameOf(pool)} pool`;
  if (kind === "v2") {
    return setup.send(provider, what, addV2Call(pool, ...firstAmounts(pool, 1), provider.address));
  }
  const price = sqrtPriceX96(...firstAmounts(pool, 1));
  if (kind === "algebra") {
    const data = encodeFunctionData({ abi: abi.ALGEBRA_POOL, functionName: "initialize", args: [price] });
    setup.send(provider, what, { to: pool.address, data });
  }
  for (const { factor, share } of FIRST_RANGES) {
    const range = rangeAround(tickOf(price), factor, pool.row.tier.tickSpacing);
    const amounts = firstAmounts(pool, share);
    const call =
      kind === "v3"
        ? addV3Call(deployment, pool, range, ...amounts, provider.address)
        : addAlgebraCall(pool, range, liquidityFor(price, range, ...amounts));
    setup.send(provider, what, call);
  }
}

export function nameOf({ row }: Pick<Pool, "row">): string {
  return `${row.venue} ${row.pair.join("/")} ${row.tier.fee / 10_000}%`;
}
