/**
 * What the chain itself says happened, to hold a recording against: the node's logs decoded by viem with the contracts'
 * published ABIs. Shares nothing with the collector.
 */
import { createRequire } from "node:module";
import { type Abi, decodeEventLog, getAddress, type Hex, type Log } from "viem";
import type { Pool } from "../calls.ts";
import type { Client } from "../chain.ts";
import { VENUES } from "../pools.ts";

const require = createRequire(import.meta.url);
const abiOf = (path: string) => (require(path) as { abi: Abi }).abi;
const POOL_ABI = {
  v2: abiOf("@uniswap/v2-core/build/UniswapV2Pair.json"),
  v3: abiOf("@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json"),
  algebra: abiOf("@cryptoalgebra/v1-core/artifacts/contracts/AlgebraPool.sol/AlgebraPool.json"),
};
const TOKEN_ABI = abiOf("@uniswap/v2-core/build/ERC20.json");

const TOLD = ["Swap", "Sync", "Mint", "Burn", "Initialize", "Fee"] as const;
type EventName = (typeof TOLD)[number];

/** A pool's event of the kinds that a recording tells, under the names of the contract that emitted it. */
export interface ChainEvent {
  readonly pool: Pool;
  readonly log: Log<bigint, number, false>;
  readonly name: EventName;
  readonly args: Readonly<Record<string, bigint | number | string>>;
}

function isTold(name: string | undefined): name is EventName {
  return (TOLD as readonly (string | undefined)[]).includes(name);
}

function kindOf({ row }: Pool) {
  return VENUES[row.venue].kind;
}

/** All events of the pools, in the chain's order. */
export async function chainEvents(client: Client, pools: readonly Pool[]): Promise<ChainEvent[]> {
  const byAddress = new Map(pools.map((pool) => [getAddress(pool.address), pool]));
  const logs = await client.getLogs({ fromBlock: 0n, toBlock: "latest" });
  return logs.flatMap((log) => {
    const pool = byAddress.get(getAddress(log.address));
    if (pool === undefined) return [];
    const { eventName, args } = decodeEventLog({
      abi: POOL_ABI[kindOf(pool)],
      data: log.data,
      topics: log.topics,
    });
    if (!isTold(eventName)) return [];
    return [{ pool, log, name: eventName, args: args as unknown as ChainEvent["args"] }];
  });
}

/** The pool's state by its own functions, under the names of `pool.state`; null where its kind has none. */
export async function poolState(client: Client, pool: Pool) {
  const kind = kindOf(pool);
  const read = (functionName: string) =>
    client.readContract({ address: pool.address, abi: POOL_ABI[kind], functionName });
  if (kind === "v2") {
    const [reserve0, reserve1] = (await read("getReserves")) as [bigint, bigint];
    return { reserve0, reserve1, sqrt_price_x96: null, liquidity: null, tick: null, fee: 3_000 };
  }
  const liquidity = (await read("liquidity")) as bigint;
  const state = (await read(kind === "v3" ? "slot0" : "globalState")) as [bigint, number, number];
  const fee = kind === "v3" ? Number(await read("fee")) : state[2];
  return { reserve0: null, reserve1: null, sqrt_price_x96: state[0], liquidity, tick: state[1], fee };
}

/** Of a pool as its own functions tell. */
export async function poolTokens(client: Client, { address, row }: Pool): Promise<[Hex, Hex]> {
  const abi = POOL_ABI[VENUES[row.venue].kind];
  const read = (functionName: string) => client.readContract({ address, abi, functionName });
  return [(await read("token0")) as Hex, (await read("token1")) as Hex];
}

export async function tokenFacts(client: Client, address: Hex) {
  const read = (functionName: string) => client.readContract({ address, abi: TOKEN_ABI, functionName });
  return {
    decimals: Number(await read("decimals")),
    symbol: (await read("symbol")) as string,
    name: (await read("name")) as string,
  };
}
