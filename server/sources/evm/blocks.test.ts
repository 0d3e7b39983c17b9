/** Whole recorded blocks through the import: counts, order, and amounts against the token transfers beside them. */
import { describe, expect, test } from "vitest";
import type { Message } from "../../../protocol/tlv/decode.ts";
import { corpus } from "../../../testing/corpus.ts";
import { poolEventName } from "./events.ts";
import { FilePools } from "./file-pools.ts";
import { corpusPools, corpusRows, fileRows, logsOf } from "./testing/corpus-logs.ts";
import { imported } from "./testing/imported.ts";
import { eventsOf, provenanceOf } from "./testing/messages.ts";

const TWO = "block-logs/eth-17173049-17173050";
const isHere = corpus("data/block-logs") !== null && corpus("data/polygon-rpc") !== null;
const path = (entry: string): string => corpus(`data/${entry}`) as string;
/** Of Aave: its Mint has V2's topic and shape. */
const A_TOKEN = "0x28424507fefb6f7f8e9d3860f56504e4e5f5f390";
const isPoolEvent = (message: Message): boolean => message.tlvs[1]?.name === "Provenance";

describe.skipIf(!isHere)("two blocks of Ethereum with all that ethereum-etl has of them", () => {
  const run = async () => {
    const files = ["logs", "transactions", "blocks"].map((kind) => path(`${TWO}.${kind}.jsonl`));
    return imported({ files, chain_id: 1, pools: corpusPools(1) as FilePools });
  };

  test("69 V2 swaps, 10 V3 swaps, 69 syncs, and nothing that could not be told", async () => {
    const { messages, faults, result } = await run();
    expect(faults.lines()).toEqual([]);
    expect(result).toMatchObject({
      rows_left_out: 0,
      logs: 681,
      first_block: 17_173_049,
      last_block: 17_173_050,
    });
    const swaps = eventsOf(messages, "PoolSwap");
    expect(swaps.filter((swap) => swap.sqrt_price_x96_after === 0n)).toHaveLength(69);
    expect(swaps.filter((swap) => swap.sqrt_price_x96_after > 0n)).toHaveLength(10);
    expect(eventsOf(messages, "PoolSync")).toHaveLength(69);
    expect(eventsOf(messages, "Transaction")).toHaveLength(298);
    expect(eventsOf(messages, "Tick").map((tick) => tick.unix_ms)).toEqual(
      Array.from({ length: 13 }, (_, second) => 1_683_029_999_000n + 1_000n * BigInt(second)),
    );
  });

  test("wei beyond 2^53, which these files write as bare numbers, are exact", async () => {
    const { messages } = await run();
    const tx = eventsOf(messages, "Transaction").find(({ hash }) => hash.startsWith("0xec7cc4df"));
    expect(tx?.value).toBe(7_400_000_000_000_000_000n);
    const values = eventsOf(messages, "Transaction").map(({ value }) => value);
    expect(values.some((value) => value > 2n ** 53n && value % 2n === 1n)).toBe(true);
  });

  test("each block: its transactions, its pool events by log index, its head; pools and tokens before first use", async () => {
    const { messages } = await run();
    const known = new Set<string>();
    let block: bigint | null = null;
    let lastLog = -1;
    for (const message of messages) {
      const [event] = message.tlvs;
      if (event?.name === "TokenInfo") known.add(event.address);
      if (event?.name === "PoolInfo") {
        expect([known.has(event.token0), known.has(event.token1)]).toEqual([true, true]);
        known.add(event.pool);
      }
      if (event?.name === "Transaction") {
        expect(lastLog).toBe(-1);
        block ??= event.block_number;
        expect(event.block_number).toBe(block);
      }
      if (event?.name === "PoolSwap" || event?.name === "PoolSync") {
        const { log_index } = provenanceOf(message);
        expect(log_index).toBeGreaterThan(lastLog);
        expect(event.block_number).toBe(block);
        expect(known.has(event.pool_address)).toBe(true);
        lastLog = log_index;
      }
      if (event?.name === "ChainHead") {
        expect(event.block_number).toBe(block);
        block = null;
        lastLog = -1;
      }
    }
    expect(block).toBeNull();
  });

  test("what a swap says went in and out is what the tokens' transfers say", async () => {
    const { messages } = await run();
    const transfers = (corpusRows(`${TWO}.token_transfers.jsonl`) ?? []) as Record<string, string>[];
    expect(transfers).toHaveLength(291);
    const swaps = messages.filter(({ tlvs }) => tlvs[0]?.name === "PoolSwap");
    let exact = 0;
    const taxed: [bigint, bigint][] = [];
    for (const message of swaps) {
      const [swap] = message.tlvs;
      if (swap?.name !== "PoolSwap") continue;
      const place = provenanceOf(message);
      // What moved between the pair's swap before this one in the transaction and this one belongs to this one.
      const before = swaps
        .filter(({ tlvs }) => tlvs[0]?.name === "PoolSwap" && tlvs[0].pool_address === swap.pool_address)
        .map(provenanceOf)
        .filter((other) => other.tx_hash === place.tx_hash && other.log_index < place.log_index)
        .map((other) => other.log_index);
      const moved = (token: string, end: "from_address" | "to_address"): bigint =>
        transfers
          .filter(
            (transfer) =>
              transfer.transaction_hash === place.tx_hash &&
              transfer.token_address === token &&
              transfer[end] === swap.pool_address &&
              Number(transfer.log_index) > Math.max(-1, ...before) &&
              Number(transfer.log_index) < place.log_index,
          )
          .reduce((sum, transfer) => sum + BigInt(transfer.value ?? ""), 0n);
      const net = (token: string): bigint => moved(token, "to_address") - moved(token, "from_address");
      expect(net(swap.token_in_addr)).toBe(swap.amount_in);
      const arrived = -net(swap.token_out_addr);
      if (arrived === swap.amount_out) exact += 1;
      else taxed.push([swap.amount_out, arrived]);
    }
    // Five sold tokens that keep a share of each transfer: the pair tells what it sent, the token what arrived.
    expect(exact).toBe(74);
    expect(taxed).toHaveLength(5);
    for (const [sent, arrived] of taxed) {
      const kept = sent - arrived;
      expect([(sent * 5n) / 100n, (sent * 2n) / 100n]).toContain(kept);
    }
  });

  test("without the pools' book nothing is a pool, whatever the topics", async () => {
    const { messages } = await imported({
      files: [path(`${TWO}.logs.jsonl`)],
      chain_id: 1,
      pools: new FilePools([], 1),
    });
    expect(messages.filter(isPoolEvent)).toEqual([]);
  });
});

describe.skipIf(!isHere)("one block's eth_getLogs", () => {
  const file = path("block-logs/eth-18000000.eth_getLogs.json");

  test("27 V2 swaps, 2 V3 swaps, 27 syncs; its time from a file beside it", async () => {
    const timestamps = path("tx-blocks/eth-18000001.eth_getBlockByNumber.json");
    const pools = corpusPools(1) as FilePools;
    await expect(imported({ files: [file], chain_id: 1, pools, timestamps })).rejects.toThrow(
      /result\[0\]: block 18000000 has no timestamp; --timestamps FILE or --rpc URL can tell it/,
    );
    const { messages, faults } = await imported({
      files: [file],
      chain_id: 1,
      pools,
      rpc: {
        request: async (method, params) => {
          expect([method, params]).toEqual(["eth_getBlockByNumber", ["0x112a880", false]]);
          return {
            number: "0x112a880",
            hash: "0x95b198e154acbfc64109dfd22d8224fe927fd8dfdedfae01587674482ba4baf3",
            parentHash: `0x${"11".repeat(32)}`,
            timestamp: "0x64ea268f",
            gasUsed: "0x1",
            gasLimit: "0x2",
            transactions: [],
          };
        },
        close: () => {},
      },
    });
    expect(faults.lines()).toEqual([]);
    expect(eventsOf(messages, "PoolSwap")).toHaveLength(29);
    expect(eventsOf(messages, "PoolSync")).toHaveLength(27);
    expect(eventsOf(messages, "ChainHead")).toHaveLength(1);
    for (const message of messages.filter(isPoolEvent)) {
      expect(provenanceOf(message).block_hash).toMatch(/^0x95b198e1/);
      expect(message.timestamp_ns).toBe(0x64ea268fn * 1_000_000_000n);
    }
  });
});

describe.skipIf(!isHere)("receipts and logs of Polygon", () => {
  test("a Uniswap V3 swap, from a node's receipt as from polygon-etl's row", () => {
    const node = logsOf(
      fileRows(path("polygon-rpc/stream__block_eip_1559__rpc.eth_getTransactionReceipt_0xcc6321f6.json")),
    );
    const etl = logsOf(fileRows(path("polygon-rpc/stream__block_eip_1559__expected_logs.json")));
    const swapOf = (logs: typeof node) =>
      logs.find(({ topics, data }) => poolEventName(topics, data) === "V3Swap");
    const { block_unix_s: _, ...swap } = swapOf(etl) ?? {};
    expect(swapOf(node)).toMatchObject(swap);
    expect(node).toHaveLength(etl.length);
  });

  test("receipts as ethers v5 shapes them: plain numbers, checksummed addresses", () => {
    const logs = logsOf(fileRows(path("polygon-rpc/matic-proofs-9826737.ethers-receipts.json")));
    const names = logs.map(({ topics, data }) => poolEventName(topics, data)).filter((name) => name !== null);
    expect(names.toSorted()).toEqual(["V2Swap", "V2Swap", "V2Sync", "V2Sync"]);
    for (const log of logs) {
      expect(log.address).toMatch(/^0x[0-9a-f]{40}$/);
      expect(log.block_number).toBe(9_826_737);
    }
  });

  test("CSV logs whose topics are a plain comma-separated list; a Mint that is no pair's is only that", async () => {
    const file = path("polygon-rpc/extract_token_transfers_job__logs__logs.csv");
    const logs = logsOf(fileRows(file));
    const mints = logs.filter(({ topics, data }) => poolEventName(topics, data) === "V2Mint");
    expect(mints.map(({ address }) => address)).toEqual([A_TOKEN, A_TOKEN]);
    const swaps = logs.filter(({ topics, data }) => poolEventName(topics, data) === "V2Swap");
    const { messages } = await imported({
      files: [file],
      chain_id: 137,
      pools: corpusPools(137) as FilePools,
      timestamps: path("polygon-rpc/export_blocks_job__block_with_logs__expected_blocks.csv"),
    });
    expect(eventsOf(messages, "PoolMint")).toEqual([]);
    expect(swaps).toHaveLength(1);
    expect(eventsOf(messages, "PoolSwap")).toHaveLength(1);
    expect(eventsOf(messages, "PoolSync")).toHaveLength(1);
  });
});
