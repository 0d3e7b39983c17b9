/**
 * Pools by asking a node. An address is a pool when its factory says so: `factory()` of the address names one, and that
 * factory's getPair, getPool or poolByPair names the address. So a contract that only imitates a pool's events, or
 * claims somebody else's factory, is none.
 *
 * On a chain with known factories (see registry.ts, or those given) only these count. On any other, a development chain
 * as a rule, every factory that stands by its pool does; its venue is Generic.
 *
 * An eth_call that fails for whatever reason leaves its field unknown. What is no pool is remembered for a while only,
 * so that a node's bad moment does not shut a pool out.
 */
import { DECIMALS_UNKNOWN, type PoolKindName, VENUE } from "../../../protocol/tlv/registry.ts";
import type { Clock } from "../../clock.ts";
import { type AbiType, encodeWord, readWord, wordAt } from "./abi.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { EvmFaults } from "./faults.ts";
import type { Pool, PoolBook, PoolSnapshot, Token } from "./pools.ts";
import type { Factory } from "./registry.ts";
import { type Rpc, RpcError } from "./rpc/rpc.ts";
import { NAME_BYTES, readText, SYMBOL_BYTES } from "./token-text.ts";

export const POOL_LIMITS = {
  /** Pools remembered, the one asked for longest ago out first. */
  pools_count: 8_192,
  /** Tokens remembered, likewise. */
  tokens_count: 16_384,
  /** Addresses remembered that are no pools, likewise. */
  no_pools_count: 16_384,
  /** What was no pool is asked again after this. */
  no_pool_ttl_ms: 600_000,
  /** Unknown addresses asked about for one block. */
  lookups_per_block_count: 256,
} as const;

/** First four bytes of the Keccak-256 of each signature. */
const SELECTOR = {
  token0: "0x0dfe1681",
  token1: "0xd21220a7",
  factory: "0xc45a0155",
  fee: "0xddca3f43",
  tickSpacing: "0xd0c93a7c",
  globalState: "0xe76c01e4",
  slot0: "0x3850c7bd",
  liquidity: "0x1a686502",
  getReserves: "0x0902f1ac",
  balanceOf: "0x70a08231",
  decimals: "0x313ce567",
  symbol: "0x95d89b41",
  name: "0x06fdde03",
  getPair: "0xe6a43905",
  getPool: "0x1698ee82",
  poolByPair: "0xd9a641e1",
} as const;

const LATEST = "latest";
/** Token decimals are a uint8; 255 is our mark for unknown. */
const MAX_DECIMALS = DECIMALS_UNKNOWN - 1;
const MAX_U32 = 0xffffffffn;
const MAX_U128 = 2n ** 128n - 1n;

export interface ChainPoolsOptions {
  readonly rpc: Rpc;
  readonly clock: Clock;
  readonly faults: EvmFaults;
  /** Of this chain. None: every factory counts. */
  readonly factories: readonly Factory[];
  readonly stable_tokens: ReadonlySet<string>;
}

export class ChainPools implements PoolBook {
  readonly #options: ChainPoolsOptions;
  readonly #factories: ReadonlyMap<string, Factory>;
  readonly #pools = new BoundedMap<string, Pool>(POOL_LIMITS.pools_count);
  readonly #tokens = new BoundedMap<string, Token>(POOL_LIMITS.tokens_count);
  /** Until when each address is taken for none, monotonic ms. */
  readonly #noPools = new BoundedMap<string, number>(POOL_LIMITS.no_pools_count);

  constructor(options: ChainPoolsOptions) {
    this.#options = options;
    this.#factories = new Map(options.factories.map((factory) => [factory.address, factory]));
  }

  async find(addresses: readonly string[]): Promise<ReadonlyMap<string, Pool>> {
    const now = this.#options.clock.now().ms;
    const unknown = addresses.filter(
      (address) => this.#pools.get(address) === undefined && !((this.#noPools.get(address) ?? 0) > now),
    );
    const asked = unknown.slice(0, POOL_LIMITS.lookups_per_block_count);
    if (asked.length < unknown.length) {
      const left = unknown.length - asked.length;
      this.#options.faults.add("unasked_pool", `${left} addresses of one block`, left);
    }
    // Looked up before they enter the cache, so that a large block cannot evict its own pools.
    const found = new Map<string, Pool>();
    for (const address of addresses) {
      const pool = this.#pools.get(address);
      if (pool !== undefined) found.set(address, pool);
    }
    await Promise.all(
      asked.map(async (address) => {
        const pool = await this.#lookUp(address);
        if (pool === null) return this.#noPools.set(address, now + POOL_LIMITS.no_pool_ttl_ms);
        this.#pools.set(address, pool);
        found.set(address, pool);
      }),
    );
    return found;
  }

  async snapshot(pool: Pool, block_number: number): Promise<PoolSnapshot | null> {
    const block = `0x${block_number.toString(16)}`;
    if (pool.kind === "v2") {
      const reserves = await this.#call(pool.address, SELECTOR.getReserves, block);
      const [reserve0, reserve1] = [unsigned(reserves, 0, "uint112"), unsigned(reserves, 1, "uint112")];
      if (reserve0 === null || reserve1 === null) return null;
      return { reserve0, reserve1, sqrt_price_x96: 0n, liquidity: 0n, tick: 0 };
    }
    const [state, liquidityData, balance0, balance1] = await Promise.all([
      this.#call(pool.address, pool.kind === "v3" ? SELECTOR.slot0 : SELECTOR.globalState, block),
      this.#call(pool.address, SELECTOR.liquidity, block),
      this.#balance(pool.token0, pool, block),
      this.#balance(pool.token1, pool, block),
    ]);
    const sqrt_price_x96 = unsigned(state, 0, "uint160");
    const tick = read(state, 1, "int24");
    const liquidity = unsigned(liquidityData, 0, "uint128");
    if (sqrt_price_x96 === null || typeof tick !== "number" || liquidity === null) return null;
    // One side alone is of no use, and on the wire no balance is told by two zeros.
    const [reserve0, reserve1] = balance0 === null || balance1 === null ? [0n, 0n] : [balance0, balance1];
    return { reserve0, reserve1, sqrt_price_x96, liquidity, tick };
  }

  /** What the pool holds of the token; null where the token does not say, or says what no pool can hold. */
  async #balance(token: Token, pool: Pool, block: string): Promise<bigint | null> {
    const data = await this.#call(token.address, SELECTOR.balanceOf + encodeWord(pool.address), block);
    const balance = unsigned(data, 0, "uint256");
    return balance !== null && balance <= MAX_U128 ? balance : null;
  }

  async #lookUp(address: string): Promise<Pool | null> {
    const factoryAddress = this.#address(await this.#call(address, SELECTOR.factory));
    if (factoryAddress === null) return null;
    const factory = this.#factories.get(factoryAddress);
    if (factory === undefined && this.#factories.size > 0) return null;

    const [data0, data1, feeData, spacingData, globalState] = await Promise.all(
      [SELECTOR.token0, SELECTOR.token1, SELECTOR.fee, SELECTOR.tickSpacing, SELECTOR.globalState].map(
        (selector) => this.#call(address, selector),
      ),
    );
    const token0 = this.#address(data0);
    const token1 = this.#address(data1);
    if (token0 === null || token1 === null) return null;
    const ownFee = unsigned(feeData, 0, "uint256");

    const kind = await this.#verify(address, factoryAddress, factory, token0, token1, ownFee);
    if (kind === null) return null;
    const algebraFee = read(globalState, 2, "uint16");
    const fee =
      kind === "algebra" ? Number(algebraFee ?? 0) : kind === "v3" ? Number(ownFee) : (factory?.fee ?? 0);
    const spacing = kind === "v2" ? 0 : read(spacingData, 0, "int24");
    return {
      address,
      kind,
      venue: factory?.venue ?? VENUE.Generic,
      token0: await this.#token(token0),
      token1: await this.#token(token1),
      fee,
      tick_spacing: typeof spacing === "number" ? spacing : 0,
    };
  }

  /** Which kind of pool of its factory the address is; null where the factory does not stand by it. */
  async #verify(
    address: string,
    factoryAddress: string,
    factory: Factory | undefined,
    token0: string,
    token1: string,
    fee: bigint | null,
  ): Promise<PoolKindName | null> {
    const pair = encodeWord(token0) + encodeWord(token1);
    const question: Record<PoolKindName, string | null> = {
      v2: SELECTOR.getPair + pair,
      v3: fee === null || fee > MAX_U32 ? null : SELECTOR.getPool + pair + encodeWord(Number(fee)),
      algebra: SELECTOR.poolByPair + pair,
    };
    const kinds = factory === undefined ? (Object.keys(question) as PoolKindName[]) : [factory.kind];
    for (const kind of kinds) {
      const data = question[kind];
      if (data !== null && this.#address(await this.#call(factoryAddress, data)) === address) return kind;
    }
    return null;
  }

  async #token(address: string): Promise<Token> {
    const known = this.#tokens.get(address);
    if (known !== undefined) return known;
    const [decimalsData, symbol, name] = await Promise.all(
      [SELECTOR.decimals, SELECTOR.symbol, SELECTOR.name].map((selector) => this.#call(address, selector)),
    );
    const decimals = unsigned(decimalsData, 0, "uint256");
    const token = {
      address,
      decimals: decimals !== null && decimals <= MAX_DECIMALS ? Number(decimals) : DECIMALS_UNKNOWN,
      symbol: readText(symbol ?? "0x", SYMBOL_BYTES),
      name: readText(name ?? "0x", NAME_BYTES),
      stable: this.#options.stable_tokens.has(address),
    };
    this.#tokens.set(address, token);
    return token;
  }

  /** What the contract answered, lower-case hex; null where it did not. Rejects when the node is gone or asks for a pause. */
  async #call(to: string, data: string, block: string = LATEST): Promise<string | null> {
    try {
      const answer = await this.#options.rpc.request("eth_call", [{ to, data }, block]);
      return typeof answer === "string" && /^0x[0-9a-fA-F]*$/.test(answer) ? answer.toLowerCase() : null;
    } catch (error) {
      if (error instanceof RpcError && error.code !== null && error.retry_after_ms === null) return null;
      throw error;
    }
  }

  #address(data: string | null | undefined): string | null {
    const address = read(data, 0, "address");
    return typeof address === "string" ? address : null;
  }
}

function read(data: string | null | undefined, index: number, type: AbiType) {
  const word = wordAt(data ?? "0x", index);
  return word === null ? null : readWord(type, word);
}

function unsigned(
  data: string | null | undefined,
  index: number,
  type: "uint112" | "uint128" | "uint160" | "uint256",
): bigint | null {
  return read(data, index, type) as bigint | null;
}
