/** Puts liquidity into pools and takes some of it out again, each kind of pool in its own way. */
import * as abi from "../abi.ts";
import {
  addAlgebraCall,
  addV2Call,
  addV3Call,
  approveCall,
  burnAlgebraCall,
  collectAlgebraCall,
  type Pool,
  removeV2Call,
  removeV3Call,
} from "../calls.ts";
import type { Call, Wallet } from "../chain.ts";
import { liquidityFor, type Range, rangeAround } from "../liquidity.ts";
import type { PoolView } from "../market.ts";
import { VENUES, worth } from "../pools.ts";
import { Random } from "../random.ts";
import { createWallets } from "../wallets.ts";
import { type Trader, type Turn, usualFee } from "./trader.ts";

const CHANCE_PER_BLOCK = 0.6;
const CHANCE_TO_REMOVE = 0.45;
/** With so many, it only removes. */
const MOST_STAKES = 40;
const WIDE = 2;
const NARROW = 1.02;
/** V2 pools take amounts in the ratio of their reserves; the call offers more of the second than that needs. */
const MARGIN = 2n;

interface Actions {
  readonly from: Wallet;
  readonly calls: readonly Call[];
}

/** Liquidity that was put in; on an Algebra pool also which, for the pool gives no list of one's positions. */
interface Stake {
  readonly from: Wallet;
  readonly pool: Pool;
  readonly position?: { readonly range: Range; readonly liquidity: bigint };
}

export function liquidityProvider(seed: number): Trader {
  const random = new Random(seed, "liquidity provider");
  const wallets = createWallets("liquidity provider", 2);
  const stakes: Stake[] = [];

  function randomRange({ pool, tick }: PoolView): Range {
    return rangeAround(tick, random.magnitude(NARROW, WIDE), pool.row.tier.tickSpacing);
  }

  function add({ market, deployment }: Turn): Actions {
    const from = random.pick(wallets);
    const view = random.pick(market);
    const { pool } = view;
    const usd = random.magnitude(2_000, 80_000);
    const amount0 = worth(pool.token0.name, usd);
    const amount1 = worth(pool.token1.name, usd);
    switch (VENUES[pool.row.venue].kind) {
      case "v2":
        stakes.push({ from, pool });
        return { from, calls: [addV2Call(pool, amount0, amount1 * MARGIN, from.address)] };
      case "v3":
        stakes.push({ from, pool });
        return {
          from,
          calls: [addV3Call(deployment, pool, randomRange(view), amount0, amount1, from.address)],
        };
      case "algebra": {
        const range = randomRange(view);
        const liquidity = liquidityFor(view.sqrtPriceX96, range, amount0, amount1);
        stakes.push({ from, pool, position: { range, liquidity } });
        return { from, calls: [addAlgebraCall(pool, range, liquidity)] };
      }
    }
  }

  /** No call where the stake turns out to be worth nothing. */
  async function remove({ client, deployment }: Turn): Promise<Actions> {
    const [stake] = stakes.splice(Math.floor(random.next() * stakes.length), 1) as [Stake];
    const { from, pool, position } = stake;
    const owner = from.address;
    if (position !== undefined) {
      const { range, liquidity } = position;
      return {
        from,
        calls: [burnAlgebraCall(pool, range, liquidity), collectAlgebraCall(pool, range, owner)],
      };
    }
    const percent = BigInt(random.pick([25, 50, 100]));
    if (VENUES[pool.row.venue].kind === "v2") {
      const token = { address: pool.address, abi: abi.TOKEN };
      const held = await client.readContract({ ...token, functionName: "balanceOf", args: [owner] });
      const part = (held * percent) / 100n;
      return {
        from,
        calls: part === 0n ? [] : [approveCall(pool, pool.router, part), removeV2Call(pool, part, owner)],
      };
    }
    const positions = { address: deployment.positions, abi: abi.V3_POSITIONS };
    const count = await client.readContract({ ...positions, functionName: "balanceOf", args: [owner] });
    if (count === 0n) return { from, calls: [] };
    const index = BigInt(Math.floor(random.next() * Number(count)));
    const functionName = "tokenOfOwnerByIndex";
    const id = await client.readContract({ ...positions, functionName, args: [owner, index] });
    const at = await client.readContract({ ...positions, functionName: "positions", args: [id] });
    const part = (at[7] * percent) / 100n;
    return { from, calls: part === 0n ? [] : [removeV3Call(deployment, id, part, owner)] };
  }

  return {
    name: "liquidity provider",
    wallets,
    async act(turn) {
      if (!random.chance(CHANCE_PER_BLOCK)) return [];
      const removes = stakes.length >= MOST_STAKES || (stakes.length > 0 && random.chance(CHANCE_TO_REMOVE));
      const { from, calls } = removes ? await remove(turn) : add(turn);
      const at = random.between(0.1, 0.8);
      const fee = usualFee(random, 0.5, 2);
      return calls.map((call, index) => ({ from, call, fee, at: at + index / 100 }));
    },
  };
}
