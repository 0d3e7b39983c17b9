import fc from "fast-check";
import { expect, it } from "vitest";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import type { Model } from "../model.ts";
import { feed, hash, rowsOf, START_MS, sync, tick } from "../testing/messages.ts";
import { constantProduct } from "./maths/constant-product.ts";
import type { Curve } from "./maths/curve.ts";
import { bestRoute } from "./maths/optimal-input.ts";
import {
  CHEAP,
  DEAR,
  E6,
  E18,
  head,
  INFOS,
  make,
  OTHER,
  reserves,
  swapped,
  USDC,
  WETH,
} from "./testing/pair.ts";

/** What happens in one block: prices of pools, with or without a swap. */
type Block = readonly { readonly pool: string; readonly usd: number; readonly isSwap: boolean }[];
const block: fc.Arbitrary<Block> = fc.array(
  fc.record({
    pool: fc.constantFrom(CHEAP, DEAR, OTHER),
    usd: fc.integer({ min: 2_900, max: 3_100 }),
    isSwap: fc.boolean(),
  }),
  { maxLength: 4 },
);

const FIRST = 100;

/** A block's messages on one of two branches, which differ in their hashes. */
function messagesOf(events: Block, n: number, branch = 0): Uint8Array[] {
  const told = events.flatMap(({ pool, usd, isSwap }) => [
    reserves(pool, n, usd, branch),
    ...(isSwap ? [swapped(pool, n, branch)] : []),
  ]);
  const [block_hash, parent_hash] = [hash(n + branch), hash(n - 1)];
  return [...told, head(n, { block_hash, parent_hash })];
}

/** That the block was taken back. */
const undone = (n: number, branch = 0) =>
  sync(
    { pool_address: CHEAP, token0_addr: WETH, token1_addr: USDC },
    { block_number: BigInt(n), block_hash: hash(n + branch), log_index: 1_000_000, reorged: 1 },
  );

const rows = (model: Model) => rowsOf(model, "opportunity.main") as unknown as OpportunityEntity[];
/** Without what a restored row has of its own: the seq of its restoring. */
const content = (model: Model) =>
  rows(model)
    .map((row) => ({ ...row, seq: 0, opened_seq: 0 }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

it("an open row is what the pools' last reserves give, and no way that gains is missing", () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), (blocks) => {
      const model = make({ arbitrage: { gas_base: 0, gas_v2: 0, slippage_bps: 0 } });
      feed(model, ...INFOS);
      const last = new Map<string, number>();
      for (const [i, events] of blocks.entries()) {
        feed(model, ...messagesOf(events, FIRST + i));
        for (const { pool, usd } of events) last.set(pool, usd);
      }
      const open = new Map(
        rows(model)
          .filter(({ status }) => status === "open")
          .map((row) => [row.id, row]),
      );
      for (const [buy, asked] of last) {
        for (const [sell, paid] of last) {
          if (buy === sell) continue;
          const route = bestRoute(
            constantProduct(BigInt(asked) * 1_000n * E6, 1_000n * E18, 3_000) as Curve,
            constantProduct(1_000n * E18, BigInt(paid) * 1_000n * E6, 3_000) as Curve,
          );
          const row = open.get(`1.${WETH}.${USDC}:${buy}:${sell}`);
          expect(row?.optimal_in?.raw).toBe(route?.amountIn.toString());
          expect(row?.gross_profit?.raw).toBe(route?.profit.toString());
          if (row !== undefined) found++;
        }
      }
    }),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(20);
});

it("blocks that were taken back leave no trace, whatever they and the branch after them did", () => {
  let changed = 0;
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 4 }),
      fc.array(block, { minLength: 1, maxLength: 4 }),
      fc.array(block, { maxLength: 3 }),
      (kept, gone, after) => {
        const [turned, straight] = [make(), make()];
        const from = FIRST + kept.length;
        for (const model of [turned, straight]) {
          feed(model, ...INFOS, ...kept.flatMap((events, i) => messagesOf(events, FIRST + i)));
        }
        const before = content(turned);
        feed(turned, ...gone.flatMap((events, i) => messagesOf(events, from + i)));
        if (JSON.stringify(content(turned)) !== JSON.stringify(before)) changed++;
        feed(turned, undone(from));
        expect(content(turned)).toEqual(before);
        for (const model of [turned, straight]) {
          feed(model, ...after.flatMap((events, i) => messagesOf(events, from + i, 1_000)));
        }
        expect(content(turned)).toEqual(content(straight));
        feed(turned, tick(START_MS + 30_000), tick(START_MS + 90_000));
        expect(rows(turned)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
  expect(changed).toBeGreaterThan(10);
});
