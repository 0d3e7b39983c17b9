/** Files of a chain's past into a recording. */

import { CliError } from "../../../cli/errors.ts";
import type { RecordingWriter } from "../../../recording-writer.ts";
import { tickMessage } from "../../../tick.ts";
import { BlockEncoder } from "../encoder.ts";
import type { EvmFaults } from "../faults.ts";
import type { PoolBook } from "../pools.ts";
import { asRow, type Row, readHeader } from "../rows.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { ticksBefore } from "../tick-fill.ts";
import { readRow, readTextFile, rowsOf } from "./row-file.ts";
import { type BlockTimes, type KnownBlock, readTimes, Units } from "./units.ts";

const MS_PER_S = 1_000;

export interface ImportOptions {
  readonly files: readonly string[];
  readonly chain_id: number;
  readonly pools: PoolBook;
  /** The contract of logs that do not name theirs; of the others, only this one's are taken. */
  readonly pool: string | null;
  /** Blocks' times, beside the files'. */
  readonly timestamps: string | null;
  /** A node of the chain that can be asked for a block's time. */
  readonly rpc: Rpc | null;
  readonly faults: EvmFaults;
  readonly writer: RecordingWriter;
}

export interface ImportResult {
  readonly first_block: number;
  readonly last_block: number;
  readonly logs: number;
  readonly pending_left_out: number;
  readonly rows_left_out: number;
}

/** Throws CliError that names file, line and field. */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const units = new Units(options.pool);
  for (const file of options.files) {
    for (const row of rowsOf(file, await readTextFile(file))) units.add(row);
  }
  if (units.count === 0) throw new CliError(`${options.files.join(", ")}: no logs, transactions or blocks`);

  const { writer, chain_id, pools, faults } = options;
  const encoder = new BlockEncoder({ chain_id, pools, faults, sink: (message) => writer.write(message) });
  let first_block: number | null = null;
  let last_block = 0;
  let logs = 0;
  let ticks = 0n;
  let lastTick: number | null = null;
  for await (const unit of units.inOrder(await blockTimes(options))) {
    for (const second of ticksBefore(lastTick, unit.unix_s)) {
      writer.write(tickMessage(second * MS_PER_S, ticks++));
      lastTick = second;
    }
    await encoder.block(unit, unit.unix_s * MS_PER_S);
    first_block ??= unit.number;
    last_block = unit.number;
    logs += unit.logs.length;
  }
  return {
    first_block: first_block ?? last_block,
    last_block,
    logs,
    pending_left_out: units.skipped.pending,
    rows_left_out: units.skipped.other,
  };
}

async function blockTimes({ timestamps, rpc }: ImportOptions): Promise<BlockTimes> {
  return {
    known:
      timestamps === null
        ? new Map<number, KnownBlock>()
        : readTimes(rowsOf(timestamps, await readTextFile(timestamps))),
    async ask(block_number) {
      if (rpc === null) return null;
      const answer = await rpc.request("eth_getBlockByNumber", [`0x${block_number.toString(16)}`, false]);
      if (answer === null) return null;
      const fileRow = { row: answer as Row, where: `--rpc: block ${block_number}` };
      return readRow(fileRow, (row) => readHeader(asRow(row)));
    },
  };
}
