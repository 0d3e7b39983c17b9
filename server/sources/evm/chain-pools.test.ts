import { encodeAbiParameters } from "viem";
import { describe, expect, test } from "vitest";
import { DECIMALS_UNKNOWN, VENUE } from "../../../protocol/tlv/registry.ts";
import type { Clock } from "../../clock.ts";
import { encodeWord } from "./abi.ts";
import { ChainPools, POOL_LIMITS } from "./chain-pools.ts";
import { EvmFaults } from "./faults.ts";
import type { Factory } from "./registry.ts";
import { type Rpc, RpcError } from "./rpc/rpc.ts";
import { addressOf } from "./testing/made-logs.ts";

const POOL = addressOf(0xaa);
const FACTORY = addressOf(0xfa);
const [TOKEN0, TOKEN1] = [addressOf(1), addressOf(2)];
const word = (value: string | number): string => `0x${encodeWord(value)}`;
const words = (...values: (string | number)[]): string => `0x${values.map(encodeWord).join("")}`;
const text = (value: string): string => encodeAbiParameters([{ type: "string" }], [value]);

/** What contracts answer: by address, by the calldata's selector. What is missing reverts. */
type World = Record<string, Record<string, string>>;
const S = { token0: "0x0dfe1681", token1: "0xd21220a7", factory: "0xc45a0155", fee: "0xddca3f43" };
const pair = { [S.token0]: word(TOKEN0), [S.token1]: word(TOKEN1), [S.factory]: word(FACTORY) };
const token = (decimals: string, symbol: string) => ({
  "0x313ce567": decimals,
  "0x95d89b41": symbol,
  "0x06fdde03": symbol,
});
const tokens: World = {
  [TOKEN0]: token(word(18), text("WETH")),
  [TOKEN1]: token(word(6), text("USDC")),
};
const known = (kind: Factory["kind"], fee: number | null = null): Factory => ({
  chain_id: 1,
  name: kind,
  address: FACTORY,
  kind,
  venue: VENUE.UniswapV2,
  fee,
});

function setUp(world: World, factories: readonly Factory[] = []) {
  const calls: string[] = [];
  let now = 0;
  const rpc: Rpc = {
    request: async (_method, [call, block]) => {
      const { to, data } = call as { to: string; data: string };
      calls.push(`${to} ${data.slice(0, 10)} ${String(block)}`);
      const answer = world[to]?.[data] ?? world[to]?.[data.slice(0, 10)];
      if (answer === undefined) throw new RpcError("execution reverted", 3);
      return answer;
    },
    close: () => {},
  };
  const clock: Clock = { now: () => ({ ms: now, unix_ms: now }), after: () => () => {} };
  const faults = new EvmFaults();
  const pools = new ChainPools({ rpc, clock, faults, factories, stable_tokens: new Set([TOKEN1]) });
  return {
    pools,
    faults,
    calls,
    world,
    advance: (ms: number) => {
      now += ms;
    },
    find: async () => (await pools.find([POOL])).get(POOL),
  };
}

const pairData = encodeWord(TOKEN0) + encodeWord(TOKEN1);
const v2World: World = {
  ...tokens,
  [POOL]: pair,
  [FACTORY]: { [`0xe6a43905${pairData}`]: word(POOL) },
};

describe("a pool is what its factory says is one", () => {
  test("V2: by getPair, with the factory's venue and fee", async () => {
    expect(await setUp(v2World, [known("v2", 3_000)]).find()).toEqual({
      address: POOL,
      kind: "v2",
      venue: VENUE.UniswapV2,
      fee: 3_000,
      tick_spacing: 0,
      token0: { address: TOKEN0, decimals: 18, symbol: "WETH", name: "WETH", stable: false },
      token1: { address: TOKEN1, decimals: 6, symbol: "USDC", name: "USDC", stable: true },
    });
  });

  test("V3: by getPool with its own fee", async () => {
    const world: World = {
      ...tokens,
      [POOL]: { ...pair, [S.fee]: word(500), "0xd0c93a7c": word(10) },
      [FACTORY]: { [`0x1698ee82${pairData}${encodeWord(500)}`]: word(POOL) },
    };
    expect(await setUp(world, [known("v3")]).find()).toMatchObject({
      kind: "v3",
      fee: 500,
      tick_spacing: 10,
    });
  });

  test("Algebra: by poolByPair, with the fee that it has now", async () => {
    const world: World = {
      ...tokens,
      [POOL]: { ...pair, "0xe76c01e4": words(1, 2, 250, 0, 0, 0, 1), "0xd0c93a7c": word(60) },
      [FACTORY]: { [`0xd9a641e1${pairData}`]: word(POOL) },
    };
    expect(await setUp(world, [known("algebra")]).find()).toMatchObject({
      kind: "algebra",
      fee: 250,
      tick_spacing: 60,
    });
  });

  test("an impostor that claims a factory which does not know it is none", async () => {
    const world = { ...v2World, [FACTORY]: { [`0xe6a43905${pairData}`]: word(addressOf(0xbb)) } };
    expect(await setUp(world, [known("v2")]).find()).toBeUndefined();
  });

  test("on a chain with known factories, one of an unknown factory is none, and is asked one question only", async () => {
    const { find, calls } = setUp(v2World, [{ ...known("v2"), address: addressOf(0xee) }]);
    expect(await find()).toBeUndefined();
    expect(calls).toHaveLength(1);
  });

  test("on a chain without any, every factory that stands by its pool counts, as Generic and with no fee known", async () => {
    expect(await setUp(v2World).find()).toMatchObject({ kind: "v2", venue: VENUE.Generic, fee: 0 });
  });

  test("an aToken, which has no factory, is none", async () => {
    expect(await setUp({ [POOL]: {} }).find()).toBeUndefined();
    expect(await setUp({ [POOL]: { [S.factory]: "0x" } }).find()).toBeUndefined();
  });
});

describe("tokens", () => {
  const withToken = (answers: Record<string, string>) => setUp({ ...v2World, [TOKEN0]: answers }).find();

  test("without decimals or symbol are unknown, and the pool is one all the same", async () => {
    expect((await withToken({}))?.token0).toMatchObject({ decimals: DECIMALS_UNKNOWN, symbol: "", name: "" });
  });

  test("hostile answers: decimals over 254, a symbol of a kilobyte, bytes32, garbage", async () => {
    const long = await withToken(token(words(256), text("x".repeat(1_000))));
    expect(long?.token0).toMatchObject({
      decimals: DECIMALS_UNKNOWN,
      symbol: "x".repeat(32),
      name: "x".repeat(64),
    });
    const bytes32 = await withToken(token(word(254), `0x${"4d4b52".padEnd(64, "0")}`));
    expect(bytes32?.token0).toMatchObject({ decimals: 254, symbol: "MKR" });
    const garbage = await withToken(token("0xzz", "not hex"));
    expect(garbage?.token0).toMatchObject({ decimals: DECIMALS_UNKNOWN, symbol: "" });
  });
});

describe("the caches", () => {
  test("a pool is asked about once", async () => {
    const { find, calls } = setUp(v2World);
    await find();
    const before = calls.length;
    await find();
    expect(calls).toHaveLength(before);
  });

  test("what was no pool is asked again after a while: a node's bad moment passes", async () => {
    const { find, calls, world, advance } = setUp({ ...tokens });
    expect(await find()).toBeUndefined();
    Object.assign(world, v2World);
    expect(await find()).toBeUndefined();
    expect(calls).toHaveLength(1);
    advance(POOL_LIMITS.no_pool_ttl_ms + 1);
    expect(await find()).toMatchObject({ address: POOL });
  });

  test("a flood of addresses in one block is cut, and counted", async () => {
    const { pools, faults, calls } = setUp({});
    const addresses = Array.from({ length: 1_000 }, (_, n) => `0x${n.toString(16).padStart(40, "0")}`);
    await pools.find(addresses);
    expect(calls).toHaveLength(POOL_LIMITS.lookups_per_block_count);
    expect(faults.count("unasked_pool")).toBe(1_000 - POOL_LIMITS.lookups_per_block_count);
    await pools.find(addresses);
    expect(calls).toHaveLength(2 * POOL_LIMITS.lookups_per_block_count);
  });

  test("a node that does not answer is an error, not a missing pool", async () => {
    const { pools } = setUp({});
    const silent = new ChainPools({
      rpc: { request: async () => Promise.reject(new RpcError("no answer")), close: () => {} },
      clock: { now: () => ({ ms: 0, unix_ms: 0 }), after: () => () => {} },
      faults: new EvmFaults(),
      factories: [],
      stable_tokens: new Set(),
    });
    await expect(silent.find([POOL])).rejects.toThrow("no answer");
    await expect(pools.find([POOL])).resolves.toEqual(new Map());
  });
});

describe("a pool's state at a block", () => {
  const book = (state: Record<string, string>) => setUp({ [POOL]: state });
  const at = (kind: Factory["kind"]) => ({
    address: POOL,
    kind,
    venue: 0,
    fee: 0,
    tick_spacing: 0,
    token0: { address: TOKEN0, decimals: 1, symbol: "", name: "", stable: false },
    token1: { address: TOKEN1, decimals: 1, symbol: "", name: "", stable: false },
  });

  test("V2 reserves; V3 slot0 and Algebra globalState with liquidity; asked at that block", async () => {
    const minusOne = "f".repeat(64);
    const v2 = book({ "0x0902f1ac": words(5, 6, 7) });
    expect(await v2.pools.snapshot(at("v2"), 255)).toMatchObject({ reserve0: 5n, reserve1: 6n });
    expect(v2.calls).toEqual([`${POOL} 0x0902f1ac 0xff`]);
    for (const [kind, selector] of [
      ["v3", "0x3850c7bd"],
      ["algebra", "0xe76c01e4"],
    ] as const) {
      const state = { [selector]: `${words(9)}${minusOne}${encodeWord(1)}`, "0x1a686502": words(8) };
      expect(await book(state).pools.snapshot(at(kind), 255)).toEqual({
        reserve0: 0n,
        reserve1: 0n,
        sqrt_price_x96: 9n,
        liquidity: 8n,
        tick: -1,
      });
    }
  });

  test.each([
    ["balances of a V3 pool, both of the same block", words(70), words(80), [70n, 80n]],
    ["none where a token does not answer", words(70), undefined, [0n, 0n]],
    ["none where a token tells what fits no pool", `0x1${"0".repeat(63)}`, words(80), [0n, 0n]],
  ])("%s", async (_, balance0, balance1, reserves) => {
    const balanceOf = `0x70a08231${encodeWord(POOL)}`;
    const world: World = {
      [POOL]: { "0x3850c7bd": words(9, 0), "0x1a686502": words(8) },
      [addressOf(1)]: { [balanceOf]: balance0 },
      [addressOf(2)]: balance1 === undefined ? {} : { [balanceOf]: balance1 },
    };
    const { pools, calls } = setUp(world);
    const { reserve0, reserve1 } = (await pools.snapshot(at("v3"), 255)) ?? {};
    expect([reserve0, reserve1]).toEqual(reserves);
    expect(calls).toContain(`${addressOf(1)} 0x70a08231 0xff`);
  });

  test("is null where the node no longer has that block", async () => {
    expect(await book({}).pools.snapshot(at("v2"), 1)).toBeNull();
    expect(await book({}).pools.snapshot(at("v3"), 1)).toBeNull();
  });
});
