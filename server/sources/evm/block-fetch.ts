/** A whole block from a node: header, transactions with their outcome, logs. */
import type { BlockRef, BlockUnit } from "./chain.ts";
import type { EvmFaults } from "./faults.ts";
import {
  asRow,
  type Receipt,
  type Row,
  RowError,
  readBlockRef,
  readHeader,
  readReceipt,
  readTransaction,
} from "./rows.ts";
import { type Rpc, RpcError } from "./rpc/rpc.ts";

export class BlockFetch {
  readonly #rpc: Rpc;
  readonly #faults: EvmFaults;
  /** Whether the node knows eth_getBlockReceipts; else each receipt is asked for. */
  #hasBlockReceipts = true;

  constructor(rpc: Rpc, faults: EvmFaults) {
    this.#rpc = rpc;
    this.#faults = faults;
  }

  /** The block's name; null where the node does not have it. */
  async ref(hash: string): Promise<BlockRef | null> {
    const block = await this.#rpc.request("eth_getBlockByHash", [hash, false]);
    return this.#readable(() => (block === null ? null : readBlockRef(asRow(block))));
  }

  /** The head's name. */
  async latest(): Promise<BlockRef | null> {
    const block = await this.#rpc.request("eth_getBlockByNumber", ["latest", false]);
    return this.#readable(() => readBlockRef(asRow(block)));
  }

  /** The whole block; null where the node no longer has it, or has it in part. */
  async unit(hash: string): Promise<BlockUnit | null> {
    const [block, early] = await Promise.all([
      this.#rpc.request("eth_getBlockByHash", [hash, true]),
      this.#hasBlockReceipts ? this.#blockReceipts(hash) : null,
    ]);
    if (block === null) return null;
    const read = this.#readable(() => {
      const row = asRow(block);
      return { header: readHeader(row), transactions: this.#each(row.transactions, readTransaction) };
    });
    if (read === null) return null;
    const { header, transactions } = read;
    const receipts = early ?? (await this.#receiptsOneByOne(transactions.map((tx) => tx.hash)));
    // A receipt of another block: the transaction moved in a reorg between the two answers.
    if (receipts.length < transactions.length || receipts.some((receipt) => receipt.block_hash !== hash)) {
      return null;
    }
    const reverted = new Set(
      receipts.filter((receipt) => receipt.reverted).map((receipt) => receipt.tx_hash),
    );
    return {
      number: header.number,
      unix_s: header.unix_s,
      header,
      transactions: transactions.map((tx) => ({ ...tx, reverted: reverted.has(tx.hash) })),
      logs: receipts.flatMap((receipt) => receipt.logs),
    };
  }

  /** Null where the node does not know the method. */
  async #blockReceipts(hash: string): Promise<Receipt[] | null> {
    try {
      const rows = await this.#rpc.request("eth_getBlockReceipts", [hash]);
      return rows === null ? [] : this.#each(rows, readReceipt);
    } catch (error) {
      if (!(error instanceof RpcError) || error.code === null) throw error;
      this.#hasBlockReceipts = false;
      return null;
    }
  }

  async #receiptsOneByOne(hashes: readonly string[]): Promise<Receipt[]> {
    const rows = await Promise.all(
      hashes.map((hash) => this.#rpc.request("eth_getTransactionReceipt", [hash])),
    );
    return this.#each(
      rows.filter((row) => row !== null),
      readReceipt,
    );
  }

  /** Reads each of a list's rows; one that cannot be read is counted and left out. */
  #each<T>(rows: unknown, read: (row: Row) => T): T[] {
    if (!Array.isArray(rows)) {
      this.#faults.add("malformed_row", "transactions or receipts: expected a list");
      return [];
    }
    return rows.flatMap((row: unknown) => this.#readable(() => [read(asRow(row))]) ?? []);
  }

  /** What `read` gives; null, and counted, where the node's answer cannot be read. */
  #readable<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#faults.add("malformed_row", error.message);
      return null;
    }
  }
}
