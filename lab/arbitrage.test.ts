/**
 * Opportunities executed for real: a real server collects a real node, an executor reads an opportunity from stream-v2 and
 * sends its two swaps to the published contracts in the next block, and what it has gained then is what was predicted.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { singleTick } from "../model/arbitrage/maths/single-tick.ts";
import type { OpportunityEntity } from "../protocol/stream/entities.ts";
import { decodeMessage } from "../protocol/tlv/decode.ts";
import type { TlvInit } from "../protocol/tlv/encode.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import type { Pool } from "./calls.ts";
import type { Token } from "./deploy.ts";
import { execute, type Realised } from "./executor.ts";
import type { VenueKey } from "./pools.ts";
import { LiveLab } from "./testing/live.ts";
import { poolState } from "./testing/oracle.ts";
import { BLOCK_S } from "./testing/stage.ts";

const SETUP_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 30_000;

/** Pools of WETH and USDC, by venue and fee. */
const V2A = ["uniswap-v2", 3_000] as const;
const V2B = ["sushiswap", 3_000] as const;
const V3A = ["uniswap-v3", 500] as const;
const V3B = ["uniswap-v3", 3_000] as const;
const ALGEBRA = ["quickswap-v3", 100] as const;
type Name = readonly [venue: VenueKey, fee: number];

let lab: LiveLab;

function poolOf([venue, fee]: Name, pair: readonly [string, string] = ["WETH", "USDC"]): Pool {
  const pool = lab.pools.find(
    ({ row }) => row.venue === venue && row.tier.fee === fee && String(row.pair) === String(pair),
  );
  if (pool === undefined) throw new Error(`no pool ${venue} ${fee}`);
  return pool;
}

function tokenOf({ token0, token1 }: Pool, name: string): Token {
  return token0.name === name ? token0 : token1;
}

/** Makes one pool pay more than the other asks, by about `gap` (0.02 = 2 %), and gives the way from the other to it. */
async function opened(buy: Pool, sell: Pool, quote: string, gap: number): Promise<OpportunityEntity> {
  const block = await lab.openGap(buy, sell, tokenOf(sell, quote), gap);
  const [from, to] = [buy.address.toLowerCase(), sell.address.toLowerCase()];
  return lab.opportunity(
    (row) => row.buy_pool === from && row.sell_pool === to && row.block_number === `${block}`,
  );
}

function executed(row: OpportunityEntity): Promise<Realised> {
  const { chain, executor } = lab.stage;
  return execute(chain, lab.pools, executor, row, BLOCK_S);
}

/** The signal that told of the row's opening, which is written before the row is sent. */
function signalOf({ opened_seq }: OpportunityEntity): TlvInit | undefined {
  const view = new MessageView();
  const tlvs = lab.signals.flatMap(
    (bytes) => decodeMessage(view.attach(bytes).seek(0, bytes.length)).tlvs as TlvInit[],
  );
  return tlvs.find((tlv) => tlv.name === "ArbitrageSignal" && tlv.signal_id === BigInt(opened_seq));
}

const isV2 = ({ row }: Pool) => row.tier.tickSpacing === 0;

describe("an opportunity from stream-v2, executed at the contracts", () => {
  beforeAll(async () => {
    lab = await LiveLab.open("constant");
  }, SETUP_TIMEOUT_MS);

  afterAll(async () => {
    await lab?.close();
  });

  it.each<[string, Name, Name, number]>([
    ["V2 to V2", V2A, V2B, 0.04],
    ["V2 to V2, the other way", V2B, V2A, 0.06],
    ["V2 to Uniswap V3", V2A, V3A, 0.02],
    ["Uniswap V3 to V2", V3A, V2B, 0.05],
    ["V2 to Algebra", V2B, ALGEBRA, 0.03],
    ["Algebra to V2", ALGEBRA, V2A, 0.06],
    ["Uniswap V3 to Uniswap V3", V3A, V3B, 0.03],
    ["Uniswap V3 to Uniswap V3, the other way", V3B, V3A, 0.05],
    ["Uniswap V3 to Algebra", V3B, ALGEBRA, 0.04],
    ["Algebra to Uniswap V3", ALGEBRA, V3B, 0.05],
  ])(
    "%s: gains to the unit what was predicted",
    async (_, from, to, gap) => {
      const [buy, sell] = [poolOf(from), poolOf(to)];
      const row = await opened(buy, sell, "USDC", gap);
      expect(row).toMatchObject({
        status: "open",
        strategy: isV2(buy) && isV2(sell) ? "v2-v2" : isV2(buy) || isV2(sell) ? "v2-v3" : "v3-v3",
        method: isV2(buy) && isV2(sell) ? "closed-form" : "single-tick",
        symbol_in: "USDC",
        symbol_out: "WETH",
      });
      expect(signalOf(row)).toMatchObject({ source_pool: row.buy_pool, target_pool: row.sell_pool });
      const realised = await executed(row);
      expect(realised).toEqual({
        profit: BigInt(row.gross_profit?.raw ?? 0),
        left: 0n,
        block: BigInt(row.block_number ?? 0) + 1n,
      });
      const ended = await lab.opportunity(({ id, status }) => id === row.id && status !== "open");
      expect(ended.status).toBe("taken");
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "also where the coarser token is bought, and the other one comes back",
    async () => {
      const pair = ["LINK", "WETH"] as const;
      const row = await opened(poolOf(V2A, pair), poolOf(V2B, pair), "WETH", 0.05);
      expect(row.symbol_in).toBe("WETH");
      const { profit } = await executed(row);
      expect(profit).toBe(BigInt(row.gross_profit?.raw ?? 0));
    },
    TEST_TIMEOUT_MS,
  );
});

describe("where Algebra settles its fee anew with the block's first swap", () => {
  beforeAll(async () => {
    lab = await LiveLab.open("adaptive");
  }, SETUP_TIMEOUT_MS);

  afterAll(async () => {
    await lab?.close();
  });

  it(
    "the gain is to the unit that of the fee which was charged, and loses no more than the fee rose by",
    async () => {
      const [buy, sell] = [poolOf(V2B), poolOf(ALGEBRA)];
      const row = await opened(buy, sell, "USDC", 0.03);
      const before = await poolState(lab.stage.chain.client, sell);
      if (before.tick === null) throw new Error("an Algebra pool has a tick");
      const { sqrt_price_x96: sqrtPrice, liquidity, tick } = before;
      const { profit } = await executed(row);
      const { fee } = await poolState(lab.stage.chain.client, sell);
      // Else this shows nothing.
      expect(fee).toBeGreaterThan(before.fee);

      const zeroForOne = sell.token0.name === "WETH";
      const charged = singleTick({ sqrtPrice, liquidity, tick, spacing: 60, fee }, zeroForOne);
      const [amountIn, between, predicted] = [row.optimal_in, row.expected_out, row.gross_profit].map(
        (amount) => BigInt(amount?.raw ?? 0),
      ) as [bigint, bigint, bigint];
      expect(profit).toBe((charged?.out(between) ?? 0n) - amountIn);
      const [proceeds, kept, keptBefore] = [
        predicted + amountIn,
        1_000_000n - BigInt(fee),
        1_000_000n - BigInt(before.fee),
      ];
      expect(profit >= (proceeds * kept) / keptBefore - 2n - amountIn).toBe(true);
    },
    TEST_TIMEOUT_MS,
  );
});
