import { describe, expect, it } from "vitest";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { POOL_KIND, VENUE } from "../../protocol/tlv/registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import type { Model } from "../model.ts";
import { address, feed, poolInfo, rowsOf, START_MS, sync, tick, tokenInfo } from "../testing/messages.ts";
import { CHEAP, DEAR, E18, head, INFOS, inBlock, make, OTHER, reserves, USDC, WETH } from "./testing/pair.ts";

const info = (pool: string, token0 = WETH, token1 = USDC) =>
  poolInfo({ pool, token0, token1, kind: POOL_KIND.v2, venue: VENUE.SushiSwap, fee: 3_000, tick_spacing: 0 });
const ways = (model: Model) =>
  (rowsOf(model, "opportunity.main") as unknown as OpportunityEntity[]).map(
    ({ buy_pool, sell_pool }) => [buy_pool, sell_pool] as const,
  );
const MOST = MODEL_LIMITS.pools_per_pair_count;

describe("the pools of a pair", () => {
  it("are so many at the most; the one seen longest ago makes room", () => {
    const model = make({ caps: { "pool.state": 32, "opportunity.main": 1_000 } });
    const pools = Array.from({ length: MOST + 1 }, (_, n) => address(0xb00 + n));
    feed(model, ...INFOS, ...pools.map((pool) => info(pool)));
    // Each second one more, all at one price.
    for (const [n, pool] of pools.slice(0, MOST).entries()) {
      feed(model, tick(START_MS + 1_000 * n), reserves(pool, 100, 3_000));
    }
    feed(model, tick(START_MS + 60_000), reserves(pools[0] as string, 100, 3_000), head(100));
    expect(ways(model)).toEqual([]);
    feed(model, tick(START_MS + 61_000), reserves(pools[MOST] as string, 101, 3_100), head(101));
    const bought = ways(model).map(([buy]) => buy);
    expect(new Set(ways(model).map(([, sell]) => sell))).toEqual(new Set([pools[MOST]]));
    expect(bought).toHaveLength(MOST - 1);
    expect(bought).toContain(pools[0]);
    expect(bought).not.toContain(pools[1]);
    // It comes back with its next event, for the one that is the oldest then.
    feed(model, tick(START_MS + 62_000), reserves(pools[1] as string, 102, 3_000), head(102));
    expect(ways(model).map(([buy]) => buy)).toContain(pools[1]);
  });

  it("are those whose tokens are the pair's now, not once", () => {
    const model = make();
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100));
    const dai = address(0x12);
    feed(model, tokenInfo({ address: dai, symbol: "DAI" }), info(DEAR, WETH, dai), head(100));
    expect(ways(model)).toEqual([]);
    feed(model, info(DEAR), reserves(DEAR, 101, 3_100), head(101));
    expect(ways(model)).toEqual([[CHEAP, DEAR]]);
  });

  it("join once their tokens are known, and go with the pool", () => {
    const model = make();
    // Known by its event alone: no PoolInfo tells its kind, so it cannot be reckoned with.
    const unknown = address(0xcc);
    feed(model, ...INFOS, reserves(CHEAP, 100, 3_000), reserves(unknown, 100, 3_100), head(100));
    expect(ways(model)).toEqual([]);
    feed(model, info(unknown), reserves(unknown, 101, 3_100), head(101));
    expect(ways(model)).toEqual([[CHEAP, unknown]]);
  });

  it("are forgotten with the registry's oldest, and nothing is found that is not there", () => {
    const model = make({ caps: { "pool.state": 1 } });
    feed(model, ...INFOS);
    // Four pools are known for a row of pool.state; these push the pair's own out.
    for (let n = 0; n < 40; n++) {
      const token0 = address(0xd00 + n);
      const event = { pool_address: address(0xe00 + n), token0_addr: token0, token1_addr: USDC };
      feed(model, sync(event, inBlock(100)));
    }
    feed(
      model,
      reserves(CHEAP, 100, 3_000),
      reserves(DEAR, 100, 3_100),
      reserves(OTHER, 100, 3_000),
      head(100),
    );
    // Without their infos, which the registry no longer has.
    expect(ways(model)).toEqual([]);
    feed(model, ...INFOS, reserves(CHEAP, 101, 3_000), reserves(DEAR, 101, 3_100), head(101));
    expect(ways(model)).toEqual([
      [CHEAP, DEAR],
      [OTHER, DEAR],
    ]);
  });

  it("join anew when their pair was forgotten, though they had left it for the one that took its place", () => {
    const model = make({ caps: { "pool.state": 2 } });
    const [dai, third] = [address(0x12), address(0xcc)];
    const known = [info(CHEAP), info(DEAR, WETH, dai)];
    const inDai = (pool_address: string, usd: bigint) =>
      sync(
        {
          pool_address,
          token0_addr: WETH,
          token1_addr: dai,
          reserve0: 1_000n * E18,
          reserve1: usd * 1_000n * E18,
        },
        inBlock(101),
      );
    feed(model, ...INFOS, tokenInfo({ address: dai, symbol: "DAI" }));
    feed(model, reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_000), head(100));
    // As many pairs as there is room for: 4 pools are known for a row of pool.state, and no more pairs.
    for (let n = 1; n < 2 * MODEL_LIMITS.pools_per_row_count; n++) {
      const tokens = { token0_addr: address(0xd00 + n), token1_addr: address(0xf00 + n) };
      feed(model, ...known, sync({ pool_address: address(0xe00 + n), ...tokens }, inBlock(100)));
    }
    feed(model, ...known, info(third, WETH, dai), inDai(third, 3_000n), inDai(DEAR, 3_100n), head(101));
    expect(ways(model).map((way) => way.toSorted())).toEqual([[DEAR, third].toSorted()]);
  });
});
