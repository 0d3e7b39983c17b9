/** Puts liquidity into pools and takes some of it out again, each kind of pool in its own way. */
import * as abi from "../abi.ts";
import {
  addAlgebraCall,
  addV2Call,
  addV3Call,
  approveCall,
  burnAlgebraCall,
  collectAlgebraCall,
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
const WIDE = 2;
const NARROW = 1.02;
/** V2 pools take amounts in the ratio of their reserves; the call offers more of the second than that needs. */
const MARGIN = 2n;

interface AlgebraPosition {
  readonly range: Range;
  readonly liquidity: bigint;
}

export function liquidityProvider(seed: number): Trader {
  const random = new Random(seed, "liquidity provider");
  const wallets = createWallets("liquidity provider", 2);
  /** By wallet and pool; what V2 and V3 hold for a wallet is asked of the chain. */
  const algebraPositions = new Map<string, AlgebraPosition[]>();

  function positionsOf(from: Wallet, { pool }: PoolView): AlgebraPosition[] {
    const key = from.address + pool.address;
    const positions = algebraPositions.get(key) ?? [];
    algebraPositions.set(key, positions);
    return positions;
  }

  function randomRange({ pool, tick }: PoolView): Range {
    return rangeAround(tick, random.magnitude(NARROW, WIDE), pool.row.tier.tickSpacing);
  }

  function add(turn: Turn, view: PoolView, from: Wallet): Call[] {
    const { pool } = view;
    const usd = random.magnitude(2_000, 80_000);
    const amount0 = worth(pool.token0.name, usd);
    const amount1 = worth(pool.token1.name, usd);
    switch (VENUES[pool.row.venue].kind) {
      case "v2":
        return [addV2Call(pool, amount0, amount1 * MARGIN, from.address)];
      case "v3":
        return [addV3Call(turn.deployment, pool, randomRange(view), amount0, amount1, from.address)];
      case "algebra": {
        const range = randomRange(view);
        const liquidity = liquidityFor(view.sqrtPriceX96, range, amount0, amount1);
        positionsOf(from, view).push({ range, liquidity });
        return [addAlgebraCall(pool, range, liquidity)];
      }
    }
  }

  /** Nothing where the wallet has nothing in that pool. */
  async function remove({ client, deployment }: Turn, view: PoolView, from: Wallet): Promise<Call[]> {
    const { pool } = view;
    const owner = from.address;
    switch (VENUES[pool.row.venue].kind) {
      case "v2": {
        const token = { address: pool.address, abi: abi.TOKEN };
        const held = await client.readContract({ ...token, functionName: "balanceOf", args: [owner] });
        const part = (held * BigInt(random.pick([25, 50, 100]))) / 100n;
        return part === 0n ? [] : [approveCall(pool, pool.router, part), removeV2Call(pool, part, owner)];
      }
      case "v3": {
        const positions = { address: deployment.positions, abi: abi.V3_POSITIONS };
        const count = await client.readContract({ ...positions, functionName: "balanceOf", args: [owner] });
        if (count === 0n) return [];
        const index = BigInt(Math.floor(random.next() * Number(count)));
        const functionName = "tokenOfOwnerByIndex";
        const id = await client.readContract({ ...positions, functionName, args: [owner, index] });
        const position = await client.readContract({ ...positions, functionName: "positions", args: [id] });
        const part = (position[7] * BigInt(random.pick([50, 100]))) / 100n;
        return part === 0n ? [] : [removeV3Call(deployment, id, part, owner)];
      }
      case "algebra": {
        const position = positionsOf(from, view).shift();
        if (position === undefined) return [];
        const { range, liquidity } = position;
        return [burnAlgebraCall(pool, range, liquidity), collectAlgebraCall(pool, range, owner)];
      }
    }
  }

  return {
    name: "liquidity provider",
    wallets,
    async act(turn) {
      if (!random.chance(CHANCE_PER_BLOCK)) return [];
      const from = random.pick(wallets);
      const view = random.pick(turn.market);
      const removal = random.chance(CHANCE_TO_REMOVE) ? await remove(turn, view, from) : [];
      const calls = removal.length > 0 ? removal : add(turn, view, from);
      const at = random.between(0.1, 0.8);
      const fee = usualFee(random, 0.5, 2);
      return calls.map((call, index) => ({ from, call, fee, at: at + index / 100 }));
    },
  };
}
