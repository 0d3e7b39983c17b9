/** For tests: a V2 pair and a V3 pool of one pair of tokens, of the published contracts, and trades in both. */
import type { Hex } from "viem";
import { type Anvil, type Contract, contract, FACTORY, PAIR, TOKEN } from "./anvil.ts";

const V3_FACTORY = contract(
  "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
);
const V3_POOL = contract("@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json");
const PERIPHERY = "@uniswap/v3-periphery/artifacts/contracts";
const POSITIONS = contract(`${PERIPHERY}/NonfungiblePositionManager.sol/NonfungiblePositionManager.json`);
const ROUTER = contract(`${PERIPHERY}/SwapRouter.sol/SwapRouter.json`);

const V3_FEE = 3_000;
const UNIT = 10n ** 18n;
const MUCH = 10n ** 30n;
const DEADLINE = 10n ** 12n;
/** sqrt(1) * 2^96 */
const PRICE_ONE = 2n ** 96n;
const WIDE_TICK = 6_000;
const NARROW_TICK = 120;

/** What the contracts say of both pools, as pool.state has it. */
export interface PoolsNow {
  readonly reserve0: string;
  readonly reserve1: string;
  readonly sqrt_price_x96: string;
  readonly tick: number;
  readonly liquidity: string;
}

export class Dex {
  readonly pair: Hex;
  readonly pool: Hex;
  /** Another after the node's restart. */
  node: Anvil;
  readonly #tokens: readonly [Hex, Hex];
  readonly #router: Hex;
  readonly #positions: Hex;

  private constructor(node: Anvil, pools: [Hex, Hex], tokens: readonly [Hex, Hex], periphery: [Hex, Hex]) {
    this.node = node;
    [this.pair, this.pool] = pools;
    this.#tokens = tokens;
    [this.#router, this.#positions] = periphery;
  }

  static async deploy(node: Anvil): Promise<Dex> {
    const owner = node.account;
    const v2 = await node.deploy(FACTORY, owner);
    const v3 = await node.deploy(V3_FACTORY);
    const some = [await node.deploy(TOKEN, MUCH), await node.deploy(TOKEN, MUCH)];
    const tokens = some.toSorted() as [Hex, Hex];
    const [token0, token1] = tokens;
    const router = await node.deploy(ROUTER, v3, token0);
    const positions = await node.deploy(POSITIONS, v3, token0, owner);
    for (const token of tokens) {
      for (const spender of [router, positions]) await node.call(token, TOKEN, "approve", spender, MUCH);
    }
    await node.call(v2, FACTORY, "createPair", token0, token1);
    const pair = addressIn(await node.read(v2, FACTORY, "getPair", token0, token1));
    for (const token of tokens) await node.call(token, TOKEN, "transfer", pair, 1_000n * UNIT);
    await node.call(pair, PAIR, "mint", owner);
    const initialise = "createAndInitializePoolIfNecessary";
    await node.call(positions, POSITIONS, initialise, token0, token1, V3_FEE, PRICE_ONE);
    const pool = addressIn(await node.read(v3, V3_FACTORY, "getPool", token0, token1, V3_FEE));
    const dex = new Dex(node, [pair, pool], tokens, [router, positions]);
    await dex.addLiquidity(WIDE_TICK);
    return dex;
  }

  /** A swap in each pool, of token0 for token1 or back by turns. */
  async trade(turn: number): Promise<void> {
    const { node } = this;
    const is0In = turn % 2 === 0;
    const [tokenIn, tokenOut] = is0In ? this.#tokens : this.#tokens.toReversed();
    const amountIn = UNIT + BigInt(turn);
    // A reorg may have left what was sent before its swap.
    await node.call(this.pair, PAIR, "skim", node.account);
    await node.call(tokenIn, TOKEN, "transfer", this.pair, amountIn);
    const out = (amountIn * 9n) / 10n;
    await node.call(this.pair, PAIR, "swap", is0In ? 0n : out, is0In ? out : 0n, node.account, "0x");
    await node.call(this.#router, ROUTER, "exactInputSingle", {
      tokenIn,
      tokenOut,
      fee: V3_FEE,
      recipient: node.account,
      deadline: DEADLINE,
      amountIn,
      amountOutMinimum: 0n,
      sqrtPriceLimitX96: 0n,
    });
  }

  /** Liquidity in the V3 pool, so many ticks around the price of one. */
  async addLiquidity(ticks = NARROW_TICK): Promise<void> {
    await this.node.call(this.#positions, POSITIONS, "mint", {
      token0: this.#tokens[0],
      token1: this.#tokens[1],
      fee: V3_FEE,
      tickLower: -ticks,
      tickUpper: ticks,
      amount0Desired: 100n * UNIT,
      amount1Desired: 100n * UNIT,
      amount0Min: 0n,
      amount1Min: 0n,
      recipient: this.node.account,
      deadline: DEADLINE,
    });
  }

  async now(): Promise<PoolsNow> {
    const [reserve0, reserve1] = await this.#words(this.pair, PAIR, "getReserves");
    const [sqrtPrice = 0n, tick = 0n] = await this.#words(this.pool, V3_POOL, "slot0");
    const [liquidity] = await this.#words(this.pool, V3_POOL, "liquidity");
    return {
      reserve0: String(reserve0),
      reserve1: String(reserve1),
      sqrt_price_x96: String(sqrtPrice),
      tick: Number(BigInt.asIntN(24, tick)),
      liquidity: String(liquidity),
    };
  }

  async #words(address: Hex, of: Contract, name: string): Promise<bigint[]> {
    const data = await this.node.read(address, of, name);
    return [...data.slice(2).matchAll(/.{64}/g)].map(([word]) => BigInt(`0x${word}`));
  }
}

function addressIn(word: Hex): Hex {
  return `0x${word.slice(26)}`;
}
