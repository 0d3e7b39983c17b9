/** Recorded transactions: what is read of them must hash to their hash, and what is told in TLV must be what was read. */
import { type Hex, keccak256, serializeTransaction, toFunctionSelector } from "viem";
import { describe, expect, test } from "vitest";
import { encodeMessage } from "../../../protocol/tlv/encode.ts";
import { TX_FLAG, TX_STATUS } from "../../../protocol/tlv/registry.ts";
import { corpus } from "../../../testing/corpus.ts";
import type { ChainTransaction } from "./chain.ts";
import { type Row, readHeader, readTransaction, rowKind } from "./rows.ts";
import { corpusPools, corpusRows } from "./testing/corpus-logs.ts";
import { imported } from "./testing/imported.ts";
import { decodeAll, eventsOf } from "./testing/messages.ts";
import { transactionTlv } from "./transaction-tlv.ts";

const TX_BLOCKS = ["tx-blocks/eth-11743952", "tx-blocks/eth-18000001"].map(
  (name) => `${name}.eth_getBlockByNumber.json`,
);
const MEMPOOL = "mempool/blocknative-universal-router-4.json";
const isHere = corpus("data/tx-blocks") !== null;

/** The signed hash of the fields that were read, with the signature of the row. */
function hashOf(tx: ChainTransaction, row: Row): Hex {
  const [r, s] = [row.r, row.s].map((part) => `0x${String(part).slice(2).padStart(64, "0")}` satisfies Hex);
  const v = BigInt(String(row.v));
  const common = {
    to: tx.to as Hex | null,
    nonce: Number(tx.nonce),
    value: tx.value,
    gas: tx.gas_limit,
    data: tx.input as Hex,
  };
  const signature = { r: r as Hex, s: s as Hex };
  // Since EIP-155 the chain is in `v`; before, nowhere.
  if (tx.tx_type === 0) {
    const chain = v >= 35n ? { chainId: Number((v - 35n) / 2n) } : {};
    return keccak256(
      serializeTransaction(
        { type: "legacy", ...common, ...chain, gasPrice: tx.gas_price ?? 0n },
        { ...signature, v },
      ),
    );
  }
  const accessList = (row.accessList ?? []) as { address: Hex; storageKeys: Hex[] }[];
  const yParity = Number(v);
  if (tx.tx_type === 1) {
    return keccak256(
      serializeTransaction(
        { type: "eip2930", chainId: 1, ...common, accessList, gasPrice: tx.gas_price ?? 0n },
        { ...signature, yParity },
      ),
    );
  }
  return keccak256(
    serializeTransaction(
      {
        type: "eip1559",
        chainId: 1,
        ...common,
        accessList,
        maxFeePerGas: tx.max_fee_per_gas ?? 0n,
        maxPriorityFeePerGas: tx.max_priority_fee_per_gas ?? 0n,
      },
      { ...signature, yParity },
    ),
  );
}

const transactionsOf = (entry: string): Row[] =>
  (corpusRows(entry) ?? []).filter((row) => rowKind(row) === "transaction");

describe.skipIf(!isHere)("recorded transactions", () => {
  test.each([
    { entry: TX_BLOCKS[0] as string, count: 206, types: [0] },
    { entry: TX_BLOCKS[1] as string, count: 132, types: [0, 1, 2] },
    {
      entry: "polygon-rpc/stream__block_with_contracts__rpc.eth_getBlockByNumber_0x221552_true.json",
      count: 5,
      types: [0],
    },
    { entry: MEMPOOL, count: 4, types: [2] },
  ])("$entry: the fields read of each hash to its hash", ({ entry, count, types }) => {
    const rows = transactionsOf(entry);
    expect(rows).toHaveLength(count);
    const seen = new Set<number>();
    for (const row of rows) {
      const tx = readTransaction(row);
      seen.add(tx.tx_type);
      // A node may wrap what it lets into a block by itself, unsigned; none is among these.
      expect(hashOf(tx, row)).toBe(tx.hash);
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual(types);
  });

  test("the TLV says what was read, and imports say it in block order with the block's head at the end", async () => {
    const pools = corpusPools(1);
    if (pools === null) return;
    const files = TX_BLOCKS.map((entry) => corpus(`data/${entry}`) as string);
    const { messages, faults } = await imported({ files, chain_id: 1, pools });
    expect(faults.lines()).toEqual([]);
    const told = eventsOf(messages, "Transaction");
    const rows = TX_BLOCKS.flatMap(transactionsOf);
    expect(told.map((tx) => tx.hash)).toEqual(rows.map((row) => row.hash));
    for (const [index, row] of rows.entries()) {
      const tx = readTransaction(row);
      expect(told[index]).toMatchObject({
        value: tx.value,
        nonce: tx.nonce,
        gas_limit: tx.gas_limit,
        gas_price: BigInt(String(row.gasPrice)),
        max_fee_per_gas: tx.max_fee_per_gas ?? 0n,
        max_priority_fee_per_gas: tx.max_priority_fee_per_gas ?? 0n,
        tx_type: tx.tx_type,
        chain_id: 1n,
        sender: row.from,
        to: row.to ?? `0x${"00".repeat(20)}`,
        calldata_length: (String(row.input).length - 2) / 2,
        method_selector: String(row.input).slice(0, 10).padEnd(10, "0"),
        status: TX_STATUS.included,
        block_number: BigInt(String(row.blockNumber)),
      });
      expect(((told[index]?.flags ?? 0) & TX_FLAG.to) !== 0).toBe(row.to !== null);
      expect(((told[index]?.flags ?? 0) & TX_FLAG.max_fee) !== 0).toBe(tx.tx_type === 2);
    }
    const heads = eventsOf(messages, "ChainHead");
    expect(heads.map((head) => [head.block_number, head.tx_count, head.base_fee, head.flags])).toEqual([
      [11_743_952n, 206, 0n, 0],
      [18_000_001n, 132, 0x51c2253b1n, 1],
    ]);
    expect(messages.at(-1)?.tlvs[0]?.name).toBe("ChainHead");
  });

  test("the mempool's: pending ones carry no block and no price that nobody has paid yet", () => {
    const txs = transactionsOf(MEMPOOL).map(readTransaction);
    expect(txs.map((tx) => tx.block_number === null)).toEqual([true, false, false, true]);
    const pending = txs[0] as ChainTransaction;
    expect(pending).toMatchObject({
      sender: "0x5ec5e26d5304ef62310b5bc46a150d15e144e122",
      to: "0xef1c6e67703c7bd7107eed8303fbe6ec2554bf6b",
      value: 7_500_000_000_000_000n,
      max_fee_per_gas: 18_603_818_850n,
      max_priority_fee_per_gas: 1_000_000_000n,
      gas_price: null,
    });
    const bytes = encodeMessage({
      domain: "market_data",
      source: 4,
      sequence: 0n,
      timestamp_ns: 0n,
      tlvs: [transactionTlv(1n, pending)],
    });
    expect(eventsOf(decodeAll(bytes), "Transaction")[0]).toMatchObject({
      status: TX_STATUS.pending,
      flags: TX_FLAG.to | TX_FLAG.max_fee,
      block_number: 0n,
      method_selector: toFunctionSelector("execute(bytes,bytes[],uint256)"),
    });
  });

  test("1,280 consecutive headers of Polygon, each naming the one before", () => {
    const rows = corpusRows("polygon-rpc/matic-proofs-heads-9825948-9827227.jsonl") ?? [];
    const heads = rows.map(readHeader);
    expect(heads).toHaveLength(1_280);
    for (const [index, head] of heads.entries()) {
      if (index > 0) expect(head.parent_hash).toBe(heads[index - 1]?.hash);
      expect(head.number).toBe(9_825_948 + index);
    }
  });
});

describe("a transaction's outcome", () => {
  const row = {
    hash: `0x${"ab".repeat(32)}`,
    from: `0x${"11".repeat(20)}`,
    to: null,
    nonce: "0x0",
    value: "0x0",
    gas: "0x5208",
    gasPrice: "0x1",
    input: "0x",
    blockNumber: "0x10",
  };

  test("reverted where a receipt says so", () => {
    const tx = readTransaction({ ...row, receipt_status: 0 });
    expect(transactionTlv(1n, tx)).toMatchObject({
      status: TX_STATUS.reverted,
      flags: TX_FLAG.gas_price | TX_FLAG.block_number,
    });
    expect(transactionTlv(1n, readTransaction({ ...row, receipt_status: 1 }))).toMatchObject({
      status: TX_STATUS.included,
    });
  });

  test("a contract creation has no `to`, and fewer than four bytes of calldata no selector", () => {
    expect(transactionTlv(1n, readTransaction({ ...row, input: "0x123456" }))).toMatchObject({
      to: `0x${"00".repeat(20)}`,
      calldata_length: 3,
      method_selector: "0x00000000",
    });
  });
});
