/** Exports of four days of V3 pools, each row of which somebody else's tool decoded beside it. */
import { describe, expect, test } from "vitest";
import { corpus } from "../../../testing/corpus.ts";
import { unknownBlockHash } from "./chain.ts";
import { decodePoolEvent, poolEventName } from "./events.ts";
import { readLog } from "./rows.ts";
import { corpusPools, corpusRows, POLYGON_POOL } from "./testing/corpus-logs.ts";
import { imported } from "./testing/imported.ts";
import { provenanceOf } from "./testing/messages.ts";

const EXPORTS = [
  { name: "polygon-0x45dda9cb-2021-12-22", chain_id: 137, pool: POLYGON_POOL, logs: 210 },
  { name: "polygon-0x45dda9cb-2022-01-05", chain_id: 137, pool: POLYGON_POOL, logs: 664 },
  {
    name: "ethereum-0x8ad599c3-2024-01-05",
    chain_id: 1,
    pool: "0x8ad599c3a0ff1de082011efddc58f1908eb6e6d8",
    logs: 304,
  },
  {
    name: "ethereum-0x82c427ad-2024-01-05",
    chain_id: 1,
    pool: "0x82c427adfdf2d245ec51d8046b41c4ee87f0d29c",
    logs: 44,
  },
];
const isHere = corpus("data/v3-raw-logs") !== null;

type Cells = Record<string, string>;
const cell = (row: Cells, ...names: string[]): string =>
  row[names.find((name) => row[name] !== undefined) ?? ""] ?? "";
const placeOf = (row: Cells): string =>
  `${cell(row, "block_number")}:${cell(row, "log_index", "pool_log_index")}`;
/** Ticks are floats in these tables. */
const tickOf = (text: string): number => Number(text);

describe.skipIf(!isHere).each(EXPORTS)("$name", ({ name, chain_id, pool, logs }) => {
  const raw = (corpusRows(`v3-raw-logs/${name}.raw.csv`) ?? []) as Cells[];
  const theirs = new Map(
    ((corpusRows(`v3-raw-logs/${name}.tick.csv`) ?? []) as Cells[]).map((row) => [placeOf(row), row]),
  );

  test("every field of every event is as published", () => {
    expect(raw).toHaveLength(logs);
    let compared = 0;
    for (const row of raw) {
      const log = readLog(row, pool);
      const event = poolEventName(log.topics, log.data);
      const their = theirs.get(placeOf(row)) as Cells;
      if (event === null) {
        expect(["COLLECT", "FLASH"]).toContain(their.tx_type);
        continue;
      }
      compared += 1;
      const ours = decodePoolEvent(event, log.topics, log.data);
      expect(log.tx_hash).toBe(their.transaction_hash);
      expect(log.tx_index).toBe(Number(cell(their, "tx_index", "pool_tx_index")));
      const amounts = { amount0: BigInt(their.amount0 ?? ""), amount1: BigInt(their.amount1 ?? "") };
      if (their.tx_type === "SWAP") {
        expect(ours).toEqual({
          event: "V3Swap",
          ...amounts,
          sender: their.sender,
          recipient: their.receipt,
          sqrtPriceX96: BigInt(their.sqrtPriceX96 ?? ""),
          liquidity: BigInt(their.total_liquidity ?? ""),
          tick: tickOf(their.current_tick ?? ""),
        });
      } else {
        const isMint = their.tx_type === "MINT";
        expect(ours).toMatchObject({
          event: isMint ? "V3Mint" : "V3Burn",
          ...amounts,
          [isMint ? "sender" : "owner"]: their.sender,
          tickLower: tickOf(their.tick_lower ?? ""),
          tickUpper: tickOf(their.tick_upper ?? ""),
          amount: BigInt(their.liquidity ?? ""),
        });
      }
    }
    expect(compared).toBe([...theirs.values()].filter(({ tx_type }) => tx_type !== "COLLECT").length);
  });

  test("and so is every message of the recording that import makes of them", async () => {
    const path = corpus(`data/v3-raw-logs/${name}.raw.csv`) as string;
    const pools = corpusPools(chain_id);
    if (pools === null) return;
    const { messages, faults } = await imported({ files: [path], chain_id, pools, pool });
    expect(faults.lines()).toEqual([]);

    const events = messages.filter(({ tlvs }) => tlvs[1]?.name === "Provenance");
    expect(events).toHaveLength([...theirs.values()].filter(({ tx_type }) => tx_type !== "COLLECT").length);
    for (const message of events) {
      const place = provenanceOf(message);
      const [event] = message.tlvs;
      const block = Number.parseInt(place.block_hash.slice(34, 50), 16);
      const their = theirs.get(`${block}:${place.log_index}`) as Cells;
      expect(place).toMatchObject({
        chain_id: BigInt(chain_id),
        tx_hash: their.transaction_hash,
        block_hash: unknownBlockHash(block),
        sender: their.sender,
      });
      const timestamp_ns = BigInt(Date.parse(`${their.block_timestamp?.replace(" ", "T")}Z`)) * 1_000_000n;
      const [amount0, amount1] = [BigInt(their.amount0 ?? ""), BigInt(their.amount1 ?? "")];
      if (event?.name === "PoolSwap") {
        expect(event).toMatchObject({
          amount_in: amount0 > 0n ? amount0 : amount1,
          amount_out: amount0 > 0n ? -amount1 : -amount0,
          liquidity_after: BigInt(their.total_liquidity ?? ""),
          tick_after: tickOf(their.current_tick ?? ""),
          sqrt_price_x96_after: BigInt(their.sqrtPriceX96 ?? ""),
          block_number: BigInt(block),
          timestamp_ns,
          pool_address: pool,
          venue: 301,
        });
        expect(BigInt(event.token_in_addr) < BigInt(event.token_out_addr)).toBe(amount0 > 0n);
      } else {
        expect(event).toMatchObject({
          name: their.tx_type === "MINT" ? "PoolMint" : "PoolBurn",
          amount0,
          amount1,
          liquidity_delta: BigInt(their.liquidity ?? ""),
          tick_lower: tickOf(their.tick_lower ?? ""),
          tick_upper: tickOf(their.tick_upper ?? ""),
          timestamp_ns,
        });
      }
    }
  });
});

test.skipIf(!isHere)(
  "rows of different blocks keep different ids although no export has a block hash",
  () => {
    const ids = EXPORTS.flatMap(({ name }) =>
      ((corpusRows(`v3-raw-logs/${name}.raw.csv`) ?? []) as Cells[]).map((row) => {
        const log = readLog(row, POLYGON_POOL);
        return `${unknownBlockHash(log.block_number)}:${log.log_index}`;
      }),
    );
    expect(new Set(ids).size).toBe(210 + 664 + 304 + 44);
  },
);
