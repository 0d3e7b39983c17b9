/** The live source against nodes that misbehave on demand. What a real node gives is tested in live.test.ts. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../protocol/tlv/decode.ts";
import { COLLECTOR_STATE, type CollectorStateName, TX_STATUS } from "../../../protocol/tlv/registry.ts";
import { EvmSource, type EvmSourceOptions } from "./source.ts";
import { FAKE_POOL, FakeChain } from "./testing/fake-chain.ts";
import { FakeNode, NO_ANSWER, refuse } from "./testing/fake-node.ts";
import { addressOf, hashOf } from "./testing/made-logs.ts";
import { decodeAll, eventsOf } from "./testing/messages.ts";
import { standing } from "./testing/told-events.ts";

/** So that failures and silences come in milliseconds. */
const SOON = {
  backoff_first_ms: 2,
  backoff_most_ms: 10,
  breaker_open_ms: 20,
  silent_least_ms: 20,
  silent_blocks_count: 1,
};
const txOf = (byte: number, block: string | null = null) => ({
  hash: hashOf(byte),
  from: addressOf(1),
  to: addressOf(2),
  nonce: `0x${byte.toString(16)}`,
  value: "0x1",
  gas: "0x5208",
  gasPrice: "0x9",
  input: "0x",
  type: "0x0",
  blockNumber: block,
  transactionIndex: block === null ? null : "0x0",
});

let chain: FakeChain;
let node: FakeNode;
let source: EvmSource;
let parts: Uint8Array[];
let ended: Promise<void>;
const messages = (): Message[] => decodeAll(Buffer.concat(parts));
const heads = () => eventsOf(messages(), "ChainHead").map(({ block_number }) => Number(block_number));
const until = (look: () => void): Promise<unknown> => vi.waitFor(look, { timeout: 10_000, interval: 2 });
const STATE_NAMES = Object.keys(COLLECTOR_STATE) as CollectorStateName[];
const statuses = () =>
  eventsOf(messages(), "CollectorStatus").map(
    ({ state, detail }) => `${STATE_NAMES.find((name) => COLLECTOR_STATE[name] === state)}: ${detail}`,
  );
const word = (address: string) => `0x${address.slice(2).padStart(64, "0")}`;

beforeEach(async () => {
  parts = [];
  chain = new FakeChain();
  node = await FakeNode.start();
  node.serve(chain);
  // One V2 pair, of a factory that stands by it.
  node.handlers.eth_call = ([call]) => {
    const { data } = call as { data: string };
    if (data === "0x0dfe1681") return word(addressOf(1));
    if (data === "0xd21220a7") return word(addressOf(2));
    if (data === "0xc45a0155") return word(addressOf(3));
    return data.startsWith("0xe6a43905") ? word(FAKE_POOL) : refuse(3, "execution reverted");
  };
});
afterEach(async () => {
  await source.stop();
  await ended.catch(() => {});
  await node.stop();
});

function start(options: Partial<EvmSourceOptions> = {}): void {
  source = new EvmSource({ endpoints: [node.url], limits: SOON, block_ms: 1, ...options });
  ended = source.start((message) => void parts.push(message.slice()));
  ended.catch(() => {});
}

describe("heads", () => {
  test("from the one at the start on, skipped numbers included", async () => {
    start();
    await until(() => expect(heads()).toEqual([0]));
    chain.mine(4, 1);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([0, 1, 2, 3, 4]));
    expect(source.chainId).toBe(31_337);
    expect(source.lastBlock).toBe(4);
    expect(source.faults.lines()).toEqual([]);
  });

  test("that cannot be read are counted, the first is told, and the next one is followed", async () => {
    const lines: string[] = [];
    start({ log: (line) => void lines.push(line) });
    await until(() => expect(heads()).toEqual([0]));
    node.emit("newHeads", { number: "two" });
    node.emit("newHeads", null);
    chain.mine(1, 0);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([0, 1]));
    expect(source.faultCounts()).toMatchObject({ malformed_row: 2, missed_block: 0 });
    expect(lines.filter((line) => line.includes("malformed_row"))).toEqual([
      `${source.name}: the first malformed_row: number: expected an unsigned integer, got "two"`,
    ]);
  });
});

describe("a block's transactions", () => {
  const status = () => eventsOf(messages(), "Transaction").map((tx) => tx.status);
  const mineOneOfEach = () => {
    chain.mine(1, 2);
    Object.assign(chain.head.receipts[1] as object, { status: "0x0" });
    node.emit("newHeads", chain.head);
  };

  test("are included or reverted by its receipts", async () => {
    start();
    await until(() => expect(heads()).toEqual([0]));
    mineOneOfEach();
    await until(() => expect(heads()).toEqual([0, 1]));
    expect(status()).toEqual([TX_STATUS.included, TX_STATUS.reverted]);
  });

  test("are asked for in batches where the node knows no eth_getBlockReceipts", async () => {
    node.handlers.eth_getBlockReceipts = () => refuse(-32_601, "the method is not available");
    node.handlers.eth_getTransactionReceipt = ([hash]) =>
      chain.head.receipts.find(({ transactionHash }) => transactionHash === hash);
    start();
    await until(() => expect(heads()).toEqual([0]));
    mineOneOfEach();
    await until(() => expect(heads()).toEqual([0, 1]));
    expect(status()).toEqual([TX_STATUS.included, TX_STATUS.reverted]);
    expect(node.asked.filter((name) => name === "eth_getBlockReceipts")).toHaveLength(1);
    expect(node.batches).toEqual([2]);
  });

  test("whose receipts are of another block make the block a missed one, never half a one", async () => {
    start({ limits: { ...SOON, block_attempts_count: 2 } });
    await until(() => expect(heads()).toEqual([0]));
    chain.mine(1, 1);
    Object.assign(chain.head.receipts[0] as object, { blockHash: hashOf(9) });
    chain.mine(1, 0);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([0, 2]));
    expect(status()).toEqual([]);
    expect(source.faults.count("missed_block")).toBe(1);
  });
});

describe("pending transactions", () => {
  const pending = () =>
    eventsOf(messages(), "Transaction").map(({ hash, status }) => [hash, status === TX_STATUS.pending]);

  test("come whole where the node sends them whole, each once", async () => {
    start();
    await until(() => expect(heads()).toEqual([0]));
    for (const tx of [txOf(0x71), { hash: "0x" }, txOf(0x72, "0x1"), txOf(0x71), txOf(0x73)]) {
      node.emit("newPendingTransactions", tx);
    }
    await until(() =>
      expect(pending()).toEqual([
        [hashOf(0x71), true],
        [hashOf(0x73), true],
      ]),
    );
    expect(source.faults.count("malformed_row")).toBe(1);
  });

  test.each([false, true])(
    "are asked for in batches where it names hashes; batches refused: %s",
    async (no) => {
      node.refusesBatches = no;
      node.handlers["eth_subscribe newPendingTransactions"] = (params) =>
        params.length > 1 ? refuse(-32_602, "too many parameters") : "hashes";
      node.handlers.eth_getTransactionByHash = ([hash]) =>
        txOf(Number.parseInt(String(hash).slice(2, 4), 16));
      start();
      await until(() => expect(heads()).toEqual([0]));
      for (let byte = 1; byte < 200; byte++) node.emit("hashes", hashOf(byte));
      for (let byte = 1; byte < 200; byte++) node.emit("hashes", hashOf(byte));
      node.emit("hashes", "0x12");
      await until(() => expect(pending()).toHaveLength(199));
      await until(() => expect(source.faults.lines()).toEqual([expect.stringMatching(/^1 malformed_row/)]));
      expect(node.asked.filter((name) => name === "eth_getTransactionByHash")).toHaveLength(199);
      expect(node.batches.length > 0).toBe(!no);
    },
  );

  test("are done without where a node tells none: blocks come all the same", async () => {
    node.handlers["eth_subscribe newPendingTransactions"] = () => refuse(-32_601, "no such subscription");
    start();
    await until(() => expect(heads()).toEqual([0]));
    chain.mine(1, 1);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([0, 1]));
    expect(source.faults.lines()).toEqual([
      `1 no_pending, first: eth_subscribe newPendingTransactions at ${node.url}: no such subscription`,
    ]);
    expect(statuses()).toEqual([`connected: ${node.url}`]);
  });

  test("a rate limit is waited for, and nothing is missed", async () => {
    let refusals = 2;
    node.handlers["eth_subscribe newPendingTransactions"] = (params) =>
      params.length > 1 ? refuse(-32_602, "too many parameters") : "hashes";
    node.handlers.eth_getTransactionByHash = () =>
      refusals-- > 0 ? refuse(-32_005, "daily request count exceeded, request rate limited") : txOf(0x71);
    start();
    await until(() => expect(heads()).toEqual([0]));
    node.emit("hashes", hashOf(0x71));
    await until(() => expect(pending()).toEqual([[hashOf(0x71), true]]));
    expect(source.faults.lines()).toEqual([]);
  });
});

describe("logs that the node takes back", () => {
  const removed = (log: object) => ({ ...log, removed: true });

  test("make it look: what its chain has no more is taken back, before any new head", async () => {
    chain.mine(1, 0);
    start();
    await until(() => expect(heads()).toEqual([1]));
    chain.mine(1, 2);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([1, 2]));
    const [receipt] = chain.head.receipts;
    chain.drop(1);
    chain.mine(1, 1);
    node.emit("logs", removed(receipt?.logs[0] as object));
    await until(() => expect(heads()).toEqual([1, 2, 2]));
    expect(standing(messages())).toMatchObject({ events: chain.events(1), wrong: [] });
  });

  test("of a block that its chain still has change nothing", async () => {
    chain.mine(1, 1);
    start();
    await until(() => expect(heads()).toEqual([1]));
    node.emit("logs", removed(chain.head.receipts[0]?.logs[0] as object));
    chain.mine(1, 1);
    node.emit("newHeads", chain.head);
    await until(() => expect(heads()).toEqual([1, 2]));
    expect(standing(messages())).toMatchObject({ events: chain.events(1), wrong: [] });
  });
});

describe("a connection that fails", () => {
  test("is made anew, and what happened meanwhile is caught up with", async () => {
    const lines: string[] = [];
    start({ log: (line) => void lines.push(line), block_ms: 60_000 });
    await until(() => expect(heads()).toEqual([0]));
    node.drop();
    chain.mine(3, 1);
    await until(() => expect(heads()).toEqual([0, 1, 2, 3]));
    await until(() => expect(statuses()).toHaveLength(4));
    expect(statuses()).toEqual([
      `connected: ${node.url}`,
      `reconnecting: ${node.url}: the connection closed (1006); next ${node.url} in 0.0 s`,
      `backfilling: blocks 1 to 3 from ${node.url}`,
      `connected: ${node.url}`,
    ]);
    expect(lines).toEqual([
      `${node.url}: ${node.url}: the connection closed (1006); next ${node.url} in 0.0 s`,
      `${node.url}: connected again, ${node.url}`,
    ]);
    expect(node.asked.filter((name) => name.startsWith("eth_subscribe"))).toHaveLength(6);
  });

  test("because a range of logs is larger than an answer may be: it is asked for in parts", async () => {
    start({ limits: { ...SOON, whole_blocks_count: 1, max_answer_bytes: 50_000 } });
    await until(() => expect(heads()).toEqual([0]));
    node.drop();
    chain.mine(40, 10);
    await until(() => expect(heads()).toHaveLength(41));
    expect(standing(messages()).events).toEqual(chain.events(0));
    expect(source.faultCounts().missed_block).toBe(0);
  });

  test("that is silent and has a newer head is made anew", async () => {
    start();
    await until(() => expect(heads()).toEqual([0]));
    const subscribed = () => node.asked.filter((name) => name === "eth_subscribe newHeads").length;
    await until(() => {
      chain.mine(1, 0);
      expect(subscribed()).toBeGreaterThan(1);
    });
    expect(statuses().join()).toContain("its heads are not told any more");
  });

  test("whose node has no newer head either is silent, and connected again at the next", async () => {
    start();
    await until(() =>
      expect(statuses()).toEqual([`connected: ${node.url}`, expect.stringMatching(/^silent/)]),
    );
    chain.mine(1, 0);
    node.emit("newHeads", chain.head);
    await until(() => expect(statuses().at(2)).toBe(`connected: ${node.url}`));
  });

  test("or that is of no use goes to the next endpoint, and stays there", async () => {
    const other = await FakeNode.start();
    other.serve(chain);
    try {
      start({ endpoints: [`${node.url}/the-access-key`, other.url] });
      await until(() => expect(heads()).toEqual([0]));
      const stays = chain.head;
      node.handlers.eth_getBlockByNumber = () => stays;
      chain.mine(2, 0);
      // The first node tells nothing of it: three silences, and the other is asked.
      await until(() => expect(heads()).toEqual([0, 1, 2]));
      expect(statuses().join("\n")).toContain(`no block after 0 for 60 ms; next ${other.url} in 0.0 s`);
      expect(statuses().join("\n")).not.toContain("access-key");
    } finally {
      await source.stop();
      await ended;
      await other.stop();
    }
  });

  test("of another chain is not used", async () => {
    const other = await FakeNode.start();
    other.handlers.eth_chainId = () => "0x1";
    try {
      start({ endpoints: [other.url, node.url], chain_id: 31_337 });
      await until(() => expect(heads()).toEqual([0]));
      expect(statuses()[0]).toContain(`${other.url} is a node of chain 1, not of 31337; next ${node.url}`);
    } finally {
      await other.stop();
    }
  });

  test("at the start, where the chain is known: it waits for the node", async () => {
    node.handlers["eth_subscribe newHeads"] = () => refuse(-32_000, "not yet");
    start({ chain_id: 31_337 });
    await until(() => expect(node.asked.filter((name) => name === "eth_chainId").length).toBeGreaterThan(2));
    expect(statuses()[0]).toMatch(/^reconnecting: eth_subscribe newHeads at \S+: not yet; next \S+ in/);
    delete node.handlers["eth_subscribe newHeads"];
    await until(() => expect(heads()).toEqual([0]));
  });

  test("at the start, where it is not: start rejects by name, when every endpoint was tried", async () => {
    node.handlers["eth_subscribe newHeads"] = () => refuse(-32_000, "notifications not supported");
    start({ endpoints: ["ws://127.0.0.1:9", node.url] });
    await expect(ended).rejects.toThrow(`eth_subscribe newHeads at ${node.url}: notifications not supported`);
  });
});

describe("the end", () => {
  test("stop resolves start, and the last word is that the collector stopped", async () => {
    start();
    await until(() => expect(heads()).toEqual([0]));
    await source.stop();
    await ended;
    expect(messages().at(-1)?.tlvs[0]).toMatchObject({
      name: "CollectorStatus",
      state: COLLECTOR_STATE.stopped,
      last_block: 0n,
      collector_id: "evm-31337",
    });
    await source.stop();
  });

  test("stopped while it waits for its turn, or for an answer, it ends at once", async () => {
    node.handlers.eth_chainId = () => NO_ANSWER;
    start({ chain_id: 31_337, limits: { backoff_first_ms: 600_000, backoff_most_ms: 600_000 } });
    await until(() => expect(node.asked).toEqual(["eth_chainId"]));
    node.drop();
    await until(() => expect(statuses()).toHaveLength(1));
    await source.stop();
    await ended;
    expect(statuses().at(-1)).toMatch(/^stopped/);
  });

  test("stopped before it started, it says no more than that", async () => {
    start();
    await source.stop();
    await ended;
    expect(parts).toEqual([]);
  });
});

test("a limit that is none is named", () => {
  source = new EvmSource({ endpoints: ["ws://h"] });
  expect(() => new EvmSource({ endpoints: ["ws://h"], limits: { healthy_ms: 0 } })).toThrow(
    new RangeError("healthy_ms: 0 is not a positive integer"),
  );
});
