/** All that blocks do, taken back together: a fold that went astray is that of the canonical chain. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CHEAP, DEAR, E6, E18, GWEI, INFOS, make, OTHER, USDC, WETH } from "../arbitrage/testing/pair.ts";
import type { Model } from "../model.ts";
import { chainHead, feed, hash, rowsOf, START_MS, swap, sync, tick } from "../testing/messages.ts";
import { rowsIn } from "../testing/trades.ts";

const SECOND_NS = 1_000_000_000n;
const START_S = START_MS / 1000;

interface Event {
  readonly pool: string;
  readonly usd: number;
  readonly isSwap: boolean;
}
interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parent: string;
  readonly events: readonly Event[];
}
type Step = readonly Event[] | { readonly depth: number; readonly isNewestFirst: boolean };

const event: fc.Arbitrary<Event> = fc.record({
  pool: fc.constantFrom(CHEAP, DEAR, OTHER),
  usd: fc.integer({ min: 2_900, max: 3_100 }),
  isSwap: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.array(event, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.record({ depth: fc.integer({ min: 1, max: 4 }), isNewestFirst: fc.boolean() }) },
);

function eventsOf(block: Block, reorged: 0 | 1): Uint8Array[] {
  return block.events.map(({ pool, usd, isSwap }, log_index) => {
    const at = { block_number: BigInt(block.number), block_hash: block.hash, log_index, reorged };
    if (isSwap) {
      const timestamp_ns = BigInt(START_S + block.number) * SECOND_NS;
      const tokens = { token_in_addr: WETH, token_out_addr: USDC };
      const amounts = { amount_in: E18, amount_out: BigInt(usd) * E6 };
      const decimals = { amount_in_decimals: 18, amount_out_decimals: 6 };
      return swap({ pool_address: pool, timestamp_ns, ...tokens, ...amounts, ...decimals }, at);
    }
    const tokens = { token0_addr: WETH, token1_addr: USDC, token0_decimals: 18, token1_decimals: 6 };
    const reserves = { reserve0: 1_000n * E18, reserve1: BigInt(usd) * 1_000n * E6 };
    return sync({ pool_address: pool, ...tokens, ...reserves }, at);
  });
}

function told(block: Block): Uint8Array[] {
  const { number, hash: block_hash, parent: parent_hash } = block;
  const block_timestamp = BigInt(START_S + number);
  const head = { block_hash, parent_hash, block_timestamp, base_fee: 20n * GWEI };
  return [...eventsOf(block, 0), chainHead(number, head)];
}

/** What a collector tells on its way, and the blocks that stand in the end. */
function walk(steps: readonly Step[]): { log: Uint8Array[]; chain: Block[] } {
  const log: Uint8Array[] = [];
  const chain: Block[] = [];
  for (const [i, one] of steps.entries()) {
    if ("depth" in one) {
      const undone = chain.splice(-one.depth).flatMap((block) => eventsOf(block, 1));
      log.push(...(one.isNewestFirst ? undone.toReversed() : undone));
      continue;
    }
    const top = chain.at(-1);
    const block = {
      number: (top?.number ?? 0) + 1,
      hash: hash(i + 1),
      parent: top?.hash ?? hash(0),
      events: one,
    };
    chain.push(block);
    log.push(...told(block));
  }
  return { log, chain };
}

const FOLD_TIME = ["seq", "last_seen_unix_ms", "opened_seq", "detected_unix_ms", "valid_until_unix_ms"];
/** In dollars by what was known when a row changed; of a time that the other branch's head had passed. */
const OF_THE_WAY = ["price_usd", "tvl_usd", "volume_usd", "final", "late_trades"];

function stateOf(model: Model) {
  const plain = (rows: Record<string, unknown>[]) =>
    rows
      .map((row) => ({
        ...row,
        ...Object.fromEntries([...FOLD_TIME, ...OF_THE_WAY].map((name) => [name, 0])),
      }))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    pools: plain(rowsOf(model, "pool.state")),
    opportunities: plain(rowsOf(model, "opportunity.main").filter(({ status }) => status === "open")),
    markets: plain(rowsOf(model, "market.main")),
    bars: ["500ms", "1s", "5s", "1m"].map((interval) =>
      plain(rowsIn(model, `market.bars:${WETH}/${USDC}@1:${interval}`)),
    ),
  };
}

test("pools, opportunities, bars and markets are those of the canonical chain, however the fold came there", () => {
  const seen = { undone: 0, open: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25, size: "max" }), (steps) => {
      const { log, chain } = walk(steps);
      const [turned, straight] = [make(), make()];
      feed(turned, ...INFOS, tick(START_MS + 25_000), ...log);
      feed(straight, ...INFOS, tick(START_MS + 25_000), ...chain.flatMap(told));
      expect(stateOf(turned)).toEqual(stateOf(straight));
      expect(turned.counters.faults).toMatchObject({ undo_lost: 0, bar_not_remade: 0 });
      if (log.length > chain.flatMap(told).length) seen.undone++;
      seen.open += stateOf(straight).opportunities.length;
    }),
    { numRuns: 60 },
  );
  expect(Math.min(seen.undone, seen.open)).toBeGreaterThan(10);
});
