/** Dollars of real pools over a day: the fold of what import makes of their logs, against the published decodings. */
import { beforeAll, describe, expect, test } from "vitest";
import { Model } from "../../../model/model.ts";
import { type Fraction, inverse, nearest, times } from "../../../model/testing/exact.ts";
import { chainHead, feed, poolInfo, poolState, rowsOf } from "../../../model/testing/messages.ts";
import { StreamDecoder } from "../../../protocol/tlv/stream-decoder.ts";
import { corpus } from "../../../testing/corpus.ts";
import { corpusPools, corpusRows, POLYGON_POOL } from "./testing/corpus-logs.ts";
import { imported } from "./testing/imported.ts";

const ETHEREUM = {
  name: "ethereum-0x8ad599c3-2024-01-05",
  chain_id: 1,
  pool: "0x8ad599c3a0ff1de082011efddc58f1908eb6e6d8",
};
const POLYGON = { name: "polygon-0x45dda9cb-2022-01-05", chain_id: 137, pool: POLYGON_POOL };
const SQUEETH = {
  name: "ethereum-0x82c427ad-2024-01-05",
  chain_id: 1,
  pool: "0x82c427adfdf2d245ec51d8046b41c4ee87f0d29c",
};
type Export = typeof ETHEREUM;
type Cells = Record<string, string>;

/** Raw units of a dollar that has 6 decimals. */
const USDC = 10n ** 6n;
const isHere = corpus("data/v3-raw-logs") !== null && corpus("data/tokens/pools-derived.json") !== null;

/** Their decoding of the same logs, in order. */
const published = ({ name }: Export) => (corpusRows(`v3-raw-logs/${name}.tick.csv`) ?? []) as Cells[];
const swapsOf = (rows: readonly Cells[]) => rows.filter(({ tx_type }) => tx_type === "SWAP");

async function messagesOf({ name, chain_id, pool }: Export): Promise<Uint8Array[]> {
  const pools = corpusPools(chain_id);
  if (pools === null) throw new Error("no pools of the corpus");
  const path = corpus(`data/v3-raw-logs/${name}.raw.csv`) as string;
  const { bytes } = await imported({ files: [path], chain_id, pools, pool });
  const messages: Uint8Array[] = [];
  const decoder = new StreamDecoder({
    onMessage: (view) => messages.push(view.bytes.slice(view.start, view.end)),
    onFault: (fault) => {
      throw new Error(fault.detail);
    },
  });
  decoder.push(bytes);
  decoder.end();
  return messages;
}

/** Dollars a whole WETH by the pool's last swap: USDC is its token0. */
function wethPrice(rows: readonly Cells[]): Fraction {
  const sqrtPrice = BigInt(swapsOf(rows).at(-1)?.sqrtPriceX96 ?? "");
  return inverse(times([sqrtPrice ** 2n, 2n ** 192n], [USDC, 10n ** 18n]));
}

describe.skipIf(!isHere).each([ETHEREUM, POLYGON])("a pool with a dollar: $name", (pool) => {
  const rows = isHere ? published(pool) : [];
  const model = new Model({ log_id: "test" });
  const start = 10n ** 24n;
  beforeAll(async () => {
    const messages = await messagesOf(pool);
    const state = { pool_address: pool.pool, liquidity: 1n, reserve0: start, reserve1: start };
    // What a live collector reads at its start; the day's logs alone do not tell what the pool held.
    feed(model, ...messages.slice(0, 3), poolState(state), ...messages.slice(3));
    feed(model, chainHead(1e9, { chain_id: BigInt(pool.chain_id) }));
  });

  test("every swap is worth the dollars in it", () => {
    const values = rowsOf(model, "pool.main").flatMap((row) => (row.kind === "swap" ? [row.value_usd] : []));
    const theirs = swapsOf(rows).map(({ amount0 }) => BigInt(amount0 ?? ""));
    expect(values).toEqual(theirs.map((raw) => nearest([raw < 0n ? -raw : raw, USDC])));
  });

  test("the volume is their sum, to the millionth", () => {
    const sum = swapsOf(rows).reduce((total, { amount0 }) => {
      const raw = BigInt(amount0 ?? "");
      return total + (raw < 0n ? -raw : raw);
    }, 0n);
    expect(rowsOf(model, "pool.state")).toMatchObject([{ volume_usd: nearest([sum, USDC]) }]);
  });

  test("what it holds is what it held, and what went in and out since", () => {
    const moved = (name: "amount0" | "amount1") =>
      rows.reduce((total, row) => {
        const raw = BigInt(row[name] ?? "");
        if (row.tx_type === "COLLECT") return total;
        return row.tx_type === "BURN" ? total - raw : total + raw;
      }, start);
    expect(rowsOf(model, "pool.state")).toMatchObject([
      { reserve0: { raw: moved("amount0").toString() }, reserve1: { raw: moved("amount1").toString() } },
    ]);
  });

  test("the other token's price is the pool's last one", () => {
    const price = nearest(wethPrice(rows));
    const other = poolInfo({ pool: `0x${"12".repeat(20)}`, chain_id: BigInt(pool.chain_id) });
    expect(price).toBeGreaterThan(1_000);
    expect(price).toBeLessThan(10_000);
    feed(model, other, poolState({ pool_address: pool.pool, sqrt_price_x96: 0n, reserve0: 1n }));
    expect(rowsOf(model, "pool.state")[0]).toMatchObject({ price_usd: price, price });
  });
});

test.skipIf(!isHere)(
  "a token two pools away from a dollar is priced through both, rounded once",
  async () => {
    const model = new Model({ log_id: "test" });
    const [one, two] = [await messagesOf(ETHEREUM), await messagesOf(SQUEETH)];
    const held = { liquidity: 1n, reserve0: 10n ** 24n, reserve1: 10n ** 24n };
    feed(model, ...one.slice(0, 3), poolState({ ...held, pool_address: ETHEREUM.pool }), ...one.slice(3));
    feed(model, ...two.slice(0, 3), poolState({ ...held, pool_address: SQUEETH.pool }), ...two.slice(3));
    feed(model, chainHead(1e9), poolState({ pool_address: SQUEETH.pool, sqrt_price_x96: 0n, ...held }));

    const weth = wethPrice(published(ETHEREUM));
    const sqrtPrice = BigInt(swapsOf(published(SQUEETH)).at(-1)?.sqrtPriceX96 ?? "");
    // WETH is token0 there, and quotes.
    const squeeth = times(weth, [2n ** 192n, sqrtPrice ** 2n]);
    const row = rowsOf(model, "pool.state").find(({ id }) => id === SQUEETH.pool);
    expect(row).toMatchObject({ pair: "oSQTH/WETH", price_usd: nearest(squeeth) });
  },
);
