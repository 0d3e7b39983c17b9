/** The live source against a node that misbehaves on demand. What a good node gives is tested on a real one. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Message } from "../../../protocol/tlv/decode.ts";
import { COLLECTOR_STATE, TX_STATUS } from "../../../protocol/tlv/registry.ts";
import { EvmSource } from "./source.ts";
import { FakeNode, NO_ANSWER, refuse } from "./testing/fake-node.ts";
import { addressOf, hashOf, madeLog } from "./testing/made-logs.ts";
import { decodeAll, eventsOf, provenanceOf } from "./testing/messages.ts";

const hex = (n: number): string => `0x${n.toString(16)}`;
/** Block n has the hash nn..; its parent is n - 1. */
const blockOf = (n: number, transactions: unknown[] = []) => ({
  number: hex(n),
  hash: hashOf(n),
  parentHash: hashOf(n - 1),
  timestamp: hex(1_700_000_000 + n),
  gasUsed: "0x1",
  gasLimit: "0x2",
  baseFeePerGas: "0x7",
  transactions,
});
const txOf = (byte: number, block: number | null) => ({
  hash: hashOf(byte),
  from: addressOf(1),
  to: addressOf(2),
  nonce: hex(byte),
  value: "0x1",
  gas: "0x5208",
  gasPrice: "0x9",
  input: "0x",
  type: "0x0",
  blockNumber: block === null ? null : hex(block),
  transactionIndex: block === null ? null : "0x0",
});
const receiptOf = (byte: number, block: number, status: string, logs: unknown[] = []) => ({
  transactionHash: hashOf(byte),
  blockHash: hashOf(block),
  status,
  logs,
});

let node: FakeNode;
let source: EvmSource;
let parts: Uint8Array[];
let ended: Promise<void>;
const blocks = new Map<string, ReturnType<typeof blockOf>>();
const messages = (): Message[] => decodeAll(Buffer.concat(parts));

beforeEach(async () => {
  blocks.clear();
  parts = [];
  node = await FakeNode.start();
  source = new EvmSource({ endpoints: [node.url] });
  blocks.set(hashOf(1), blockOf(1));
  Object.assign(node.handlers, {
    eth_getBlockByNumber: () => blockOf(1),
    eth_getBlockByHash: ([hash]: readonly unknown[]) => blocks.get(String(hash)) ?? null,
    eth_getBlockReceipts: () => [],
  });
});
afterEach(async () => {
  await source.stop();
  await ended.catch(() => {});
  await node.stop();
});

/** Starts the source; resolves when `count` messages of that name have come. */
function start(): (name: string, count?: number) => Promise<void> {
  const waiting = new Set<() => void>();
  ended = source.start((message) => {
    parts.push(message.slice());
    for (const look of waiting) look();
  });
  ended.catch(() => {});
  return (name, count = 1) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (messages().filter(({ tlvs }) => tlvs[0]?.name === name).length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      ended.catch(reject);
    });
}

describe("the head", () => {
  test("at the start is handed over whole, then each that the node names, skipped numbers included", async () => {
    const until = start();
    await until("ChainHead");
    for (const n of [2, 3, 4, 5]) blocks.set(hashOf(n), blockOf(n));
    node.emit("newHeads", blockOf(5));
    await until("ChainHead", 5);
    expect(eventsOf(messages(), "ChainHead").map((head) => head.block_number)).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(source.chainId).toBe(31_337);
    expect(source.faults.lines()).toEqual([]);
  });

  test("that is gone when it is asked for is counted, and comes with the next one", async () => {
    const until = start();
    await until("ChainHead");
    node.emit("newHeads", blockOf(2));
    node.emit("newHeads", blockOf(3));
    blocks.set(hashOf(3), blockOf(3));
    blocks.set(hashOf(4), blockOf(4));
    node.emit("newHeads", blockOf(4));
    await until("ChainHead", 3);
    expect(eventsOf(messages(), "ChainHead").map((head) => head.block_number)).toEqual([1n, 3n, 4n]);
    expect(source.faults.count("missed_block")).toBeGreaterThan(0);
  });

  test("that cannot be read is counted, and the next one is", async () => {
    const until = start();
    await until("ChainHead");
    node.emit("newHeads", { number: "two" });
    node.emit("newHeads", null);
    blocks.set(hashOf(2), blockOf(2));
    node.emit("newHeads", blockOf(2));
    await until("ChainHead", 2);
    expect(source.faults.count("malformed_row")).toBe(2);
    expect(source.faultCounts()).toMatchObject({ malformed_row: 2, missed_block: 0 });
  });
});

describe("a block's transactions", () => {
  const mined = [txOf(0x71, 2), txOf(0x72, 2)];
  const receipts = [receiptOf(0x71, 2, "0x1"), receiptOf(0x72, 2, "0x0")];
  const statuses = () => eventsOf(messages(), "Transaction").map(({ status }) => status);

  test("are included or reverted by its receipts", async () => {
    node.handlers.eth_getBlockReceipts = ([hash]) => (hash === hashOf(2) ? receipts : []);
    blocks.set(hashOf(2), blockOf(2, mined));
    const until = start();
    await until("ChainHead");
    node.emit("newHeads", blockOf(2));
    await until("ChainHead", 2);
    expect(statuses()).toEqual([TX_STATUS.included, TX_STATUS.reverted]);
  });

  test("are asked for one by one where the node knows no eth_getBlockReceipts", async () => {
    delete node.handlers.eth_getBlockReceipts;
    node.handlers.eth_getTransactionReceipt = ([hash]) =>
      receipts.find(({ transactionHash }) => transactionHash === hash);
    blocks.set(hashOf(2), blockOf(2, mined));
    const until = start();
    await until("ChainHead");
    node.emit("newHeads", blockOf(2));
    await until("ChainHead", 2);
    expect(statuses()).toEqual([TX_STATUS.included, TX_STATUS.reverted]);
    expect(node.asked.filter((name) => name === "eth_getBlockReceipts")).toHaveLength(1);
  });

  test("whose receipts are of another block make the block a missed one, never half a one", async () => {
    node.handlers.eth_getBlockReceipts = ([hash]) => (hash === hashOf(2) ? [receiptOf(0x71, 9, "0x1")] : []);
    blocks.set(hashOf(2), blockOf(2, [txOf(0x71, 2)]));
    blocks.set(hashOf(3), blockOf(3));
    const until = start();
    await until("ChainHead");
    node.emit("newHeads", blockOf(3));
    await until("ChainHead", 2);
    expect(statuses()).toEqual([]);
    expect(source.faults.count("missed_block")).toBe(1);
  });
});

describe("pending transactions", () => {
  test("come whole where the node sends them whole", async () => {
    const until = start();
    await until("ChainHead");
    node.emit("newPendingTransactions", txOf(0x71, null));
    node.emit("newPendingTransactions", { hash: "0x" });
    node.emit("newPendingTransactions", txOf(0x72, 1));
    node.emit("newPendingTransactions", txOf(0x73, null));
    await until("Transaction", 2);
    const told = eventsOf(messages(), "Transaction");
    expect(told.map(({ hash, status }) => [hash, status])).toEqual([
      [hashOf(0x71), TX_STATUS.pending],
      [hashOf(0x73), TX_STATUS.pending],
    ]);
    expect(source.faults.count("malformed_row")).toBe(1);
  });

  test("are fetched where the node names hashes; those beyond the limit are counted", async () => {
    node.handlers["eth_subscribe newPendingTransactions"] = (params) =>
      params.length > 1 ? refuse(-32602, "too many parameters") : "hashes";
    node.handlers.eth_getTransactionByHash = ([hash]) =>
      hash === hashOf(0x72) ? txOf(0x72, null) : NO_ANSWER;
    const until = start();
    await until("ChainHead");
    node.emit("hashes", hashOf(0x72));
    await until("Transaction");
    for (let n = 0; n < 70; n++) node.emit("hashes", hashOf(0x71));
    node.emit("newHeads", blockOf(2));
    blocks.set(hashOf(2), blockOf(2));
    await until("ChainHead", 2);
    expect(source.faults.count("missed_pending")).toBe(6);
  });
});

test("a log that the node takes back is told as reorged; the others come with their block", async () => {
  const pool = addressOf(0xaa);
  const { topics, data } = madeLog("V2Sync", { reserve0: 5n, reserve1: 6n });
  const log = {
    address: pool,
    topics,
    data,
    blockNumber: "0x1",
    blockHash: hashOf(1),
    transactionHash: hashOf(0x71),
    transactionIndex: "0x0",
    logIndex: "0x3",
  };
  const word = (address: string) => `0x${address.slice(2).padStart(64, "0")}`;
  node.handlers.eth_call = ([call]) => {
    const { data: question } = call as { data: string };
    if (question === "0x0dfe1681") return word(addressOf(1));
    if (question === "0xd21220a7") return word(addressOf(2));
    if (question === "0xc45a0155") return word(addressOf(3));
    return question.startsWith("0xe6a43905") ? word(pool) : refuse(3, "execution reverted");
  };
  const until = start();
  await until("ChainHead");
  node.emit("logs", { ...log, removed: false });
  node.emit("logs", { ...log, removed: true });
  await until("PoolSync");
  const sync = messages().find(({ tlvs }) => tlvs[0]?.name === "PoolSync");
  expect(sync?.tlvs[0]).toMatchObject({ reserve0: 5n, timestamp_ns: 1_700_000_001_000_000_000n });
  expect(provenanceOf(sync as Message)).toMatchObject({ reorged: 1, block_hash: hashOf(1), log_index: 3 });
});

describe("the end", () => {
  test("stop resolves start, and the last word is that the collector stopped", async () => {
    const until = start();
    await until("ChainHead");
    await source.stop();
    await ended;
    expect(messages().at(-1)?.tlvs[0]).toMatchObject({
      name: "CollectorStatus",
      state: COLLECTOR_STATE.stopped,
      last_block: 1n,
      collector_id: "evm-31337",
    });
    await source.stop();
  });

  test("a connection that ends rejects start with one line, and says stopped too", async () => {
    const until = start();
    await until("ChainHead");
    node.drop();
    await expect(ended).rejects.toThrow(`${node.url}: the connection closed (1006)`);
    expect(messages().at(-1)?.tlvs[0]).toMatchObject({
      name: "CollectorStatus",
      state: COLLECTOR_STATE.stopped,
    });
  });

  test("a node that refuses to subscribe rejects start by name", async () => {
    node.handlers["eth_subscribe newHeads"] = () => refuse(-32000, "notifications not supported");
    start();
    await expect(ended).rejects.toThrow(`eth_subscribe newHeads at ${node.url}: notifications not supported`);
  });

  test("stopped before it started, it ends at once", async () => {
    await source.stop();
    start();
    await ended;
    expect(parts).toEqual([]);
  });
});
