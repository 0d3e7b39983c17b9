/** Rows of any files put together block by block. */
import { CliError } from "../../../cli/errors.ts";
import type { BlockHeader, BlockUnit, ChainLog, ChainTransaction } from "../chain.ts";
import {
  type BlockTime,
  isWholeHeader,
  readBlockTime,
  readHeader,
  readLog,
  readReceipt,
  readTransaction,
  rowKind,
} from "../rows.ts";
import { type FileRow, readRow } from "./row-file.ts";

interface Gathered {
  readonly number: number;
  readonly logs: ChainLog[];
  readonly transactions: ChainTransaction[];
  header: BlockHeader | null;
  /** Where the block is met first, for errors. */
  readonly where: string;
}

/** What is known of a block beside its rows: when it was, or its whole header. */
export type KnownBlock = BlockTime | BlockHeader;

export interface BlockTimes {
  readonly known: ReadonlyMap<number, KnownBlock>;
  /** Asked about blocks without a time anywhere else; null where nobody can be asked or the node has no such block. */
  ask(block_number: number): Promise<KnownBlock | null>;
}

export class Units {
  readonly #pool: string | null;
  readonly #blocks = new Map<number, Gathered>();
  readonly #reverted = new Set<string>();
  /** Rows of no use, by what they are. */
  readonly skipped = { pending: 0, other: 0 };

  /** @param pool the contract of logs that do not name theirs; of the others, only this one's are taken */
  constructor(pool: string | null) {
    this.#pool = pool;
  }

  get count(): number {
    return this.#blocks.size;
  }

  /** Takes one row. Throws CliError that names its place and field. */
  add(fileRow: FileRow): void {
    switch (rowKind(fileRow.row)) {
      case "log":
        this.#addLog(
          fileRow,
          readRow(fileRow, (row) => readLog(row, this.#pool)),
        );
        break;
      case "receipt": {
        const receipt = readRow(fileRow, readReceipt);
        if (receipt.reverted) this.#reverted.add(receipt.tx_hash);
        for (const log of receipt.logs) this.#addLog(fileRow, log);
        break;
      }
      case "transaction": {
        const tx = readRow(fileRow, readTransaction);
        if (tx.block_number === null) this.skipped.pending += 1;
        else this.#open(tx.block_number, fileRow).transactions.push(tx);
        break;
      }
      case "block":
        if (isWholeHeader(fileRow.row)) {
          const header = readRow(fileRow, readHeader);
          this.#open(header.number, fileRow).header = header;
        } else this.skipped.other += 1;
        break;
      case "other":
        this.skipped.other += 1;
    }
  }

  /** The blocks in order. Throws CliError where a block's time is known to nobody. */
  async *inOrder(times: BlockTimes): AsyncGenerator<BlockUnit, void> {
    const blocks = [...this.#blocks.values()].toSorted((a, b) => a.number - b.number);
    for (const block of blocks) yield await this.#unit(block, times);
  }

  #addLog(fileRow: FileRow, log: ChainLog): void {
    if (this.#pool !== null && log.address !== this.#pool) this.skipped.other += 1;
    else this.#open(log.block_number, fileRow).logs.push(log);
  }

  #open(number: number, { where }: FileRow): Gathered {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    const block: Gathered = { number, logs: [], transactions: [], header: null, where };
    this.#blocks.set(number, block);
    return block;
  }

  async #unit(block: Gathered, times: BlockTimes): Promise<BlockUnit> {
    const ownTime = block.logs.find((log) => log.block_unix_s !== null)?.block_unix_s ?? null;
    const known = block.header ?? times.known.get(block.number) ?? null;
    const found = known ?? (ownTime === null ? await times.ask(block.number) : null);
    const unix_s = found?.unix_s ?? ownTime;
    if (unix_s === null) {
      throw new CliError(
        `${block.where}: block ${block.number} has no timestamp; --timestamps FILE or --rpc URL can tell it`,
      );
    }
    const header = found !== null && isHeader(found) ? found : null;
    const hash = found?.hash ?? null;
    return {
      number: block.number,
      unix_s,
      header,
      transactions: block.transactions
        .toSorted((a, b) => (a.tx_index ?? 0) - (b.tx_index ?? 0))
        .map((tx) => (this.#reverted.has(tx.hash) ? { ...tx, reverted: true } : tx)),
      logs: block.logs.map((log) => (log.block_hash === null ? { ...log, block_hash: hash } : log)),
    };
  }
}

function isHeader(block: KnownBlock): block is BlockHeader {
  return "parent_hash" in block;
}

/** Times out of rows: of blocks, or of anything that has a block's number and its timestamp. */
export function readTimes(rows: Iterable<FileRow>): ReadonlyMap<number, KnownBlock> {
  const times = new Map<number, KnownBlock>();
  for (const fileRow of rows) {
    if (rowKind(fileRow.row) !== "block") continue;
    const block = readRow<KnownBlock>(fileRow, isWholeHeader(fileRow.row) ? readHeader : readBlockTime);
    times.set(block.number, block);
  }
  return times;
}
