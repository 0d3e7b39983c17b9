/** Blocks from a node: by name, whole (header, transactions with their outcome, logs), or the pools' logs of a range. */
import type { BlockHeader, BlockRef, BlockUnit, ChainLog } from "./chain.ts";
import { POOL_TOPICS } from "./events.ts";
import type { EvmFaults } from "./faults.ts";
import {
  asRow,
  type Receipt,
  type Row,
  RowError,
  readBlockRef,
  readHeader,
  readLog,
  readReceipt,
  readTransaction,
} from "./rows.ts";
import { type BatchRpc, RpcError } from "./rpc/rpc.ts";

export const FETCH_LIMITS = {
  /** Blocks whose logs are asked for at once, at the most. */
  log_range_count: 1_024,
} as const;

export class BlockFetch {
  readonly #rpc: BatchRpc;
  readonly #faults: EvmFaults;
  /** Whether the node knows eth_getBlockReceipts; else each receipt is asked for. */
  #hasBlockReceipts = true;
  /** Blocks whose logs the node gave at once the last time, */
  #logRange: number = FETCH_LIMITS.log_range_count;
  /** and the most of them: those of more were more than an answer may be, whatever the node. */
  #logRangeMost: number = FETCH_LIMITS.log_range_count;

  constructor(rpc: BatchRpc, faults: EvmFaults) {
    this.#rpc = rpc;
    this.#faults = faults;
  }

  /** Another node may know other methods and have other limits. */
  forgetNode(): void {
    this.#hasBlockReceipts = true;
    this.#logRange = this.#logRangeMost;
  }

  /** The head's name. Rejects with RpcError where the node has none. */
  async latest(): Promise<BlockRef> {
    const block = await this.#rpc.request("eth_getBlockByNumber", ["latest", false]);
    const ref = this.#readable(() => readBlockRef(asRow(block)));
    if (ref === null) throw new RpcError("eth_getBlockByNumber: the node's latest block cannot be read");
    return ref;
  }

  /** Headers of the node's chain as of now, by number; null where it has none. */
  async headers(numbers: readonly number[]): Promise<(BlockHeader | null)[]> {
    const blocks = await this.#rpc.requestMany(
      "eth_getBlockByNumber",
      numbers.map((number) => [hex(number), false]),
    );
    return blocks.map((block) => (block === null ? null : this.#readable(() => readHeader(asRow(block)))));
  }

  /** The whole block; null where the node does not have it, or has it in part. */
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

  /**
   * Blocks with what pools did in them and no transactions, in far fewer requests. Null where what the node gives does
   * not fit together: its chain changed meanwhile.
   */
  async unitsOfLogs(first: number, last: number): Promise<BlockUnit[] | null> {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const [headers, logs] = await Promise.all([this.headers(numbers), this.#logs(first, last)]);
    const units = headers.flatMap((header) => {
      if (header === null) return [];
      return [
        { number: header.number, unix_s: header.unix_s, header, transactions: [], logs: [] as ChainLog[] },
      ];
    });
    if (units.length < numbers.length) return null;
    for (const log of logs) {
      const unit = units[log.block_number - first];
      if (unit?.header.hash !== log.block_hash) return null;
      unit.logs.push(log);
    }
    return units;
  }

  /** Pools' logs of a range of blocks, in parts as large as the node allows. */
  async #logs(first: number, last: number): Promise<ChainLog[]> {
    const logs: ChainLog[] = [];
    for (let from = first; from <= last; ) {
      const to = Math.min(last, from + this.#logRange - 1);
      try {
        const filter = { fromBlock: hex(from), toBlock: hex(to), topics: [POOL_TOPICS] };
        logs.push(...this.#each(await this.#rpc.request("eth_getLogs", [filter]), readLog));
        from = to + 1;
        this.#logRange = Math.min(this.#logRangeMost, this.#logRange + Math.ceil(this.#logRange / 4));
      } catch (error) {
        const half = Math.ceil((to - from + 1) / 2);
        // It ended the connection, and would end the next one too.
        if (error instanceof RpcError && error.isTooLarge) this.#logRangeMost = half;
        // Providers word it in many ways: what is refused, or too slow, is asked for in halves down to one block.
        const isRefused = error instanceof RpcError && (error.code !== null || error.isTimeout);
        if (!isRefused || error.retry_after_ms !== null || from === to) throw error;
        this.#logRange = half;
      }
    }
    return logs;
  }

  /** Null where the node does not know the method. */
  async #blockReceipts(hash: string): Promise<Receipt[] | null> {
    try {
      const rows = await this.#rpc.request("eth_getBlockReceipts", [hash]);
      return rows === null ? [] : this.#each(rows, (row) => readReceipt(row));
    } catch (error) {
      if (!(error instanceof RpcError) || error.code === null || error.retry_after_ms !== null) throw error;
      this.#hasBlockReceipts = false;
      return null;
    }
  }

  async #receiptsOneByOne(hashes: readonly string[]): Promise<Receipt[]> {
    const rows = await this.#rpc.requestMany(
      "eth_getTransactionReceipt",
      hashes.map((hash) => [hash]),
    );
    return this.#each(
      rows.filter((row) => row !== null),
      (row) => readReceipt(row),
    );
  }

  /** Reads each of a list's rows; one that cannot be read is counted and left out. */
  #each<T>(rows: unknown, read: (row: Row) => T): T[] {
    if (!Array.isArray(rows)) {
      this.#faults.add("malformed_row", "transactions, receipts or logs: expected a list");
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

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
