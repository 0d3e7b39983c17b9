/** For tests: the recorded chain data, as rows. Null where it is not on this machine. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpus } from "../../../../testing/corpus.ts";
import type { ChainLog } from "../chain.ts";
import { FilePools } from "../file-pools.ts";
import { type FileRow, rowsOf } from "../import/row-file.ts";
import { type Row, readLog, readReceipt, rowKind } from "../rows.ts";

export const POLYGON_POOL = "0x45dda9cb7c25131df268515131f647d726f50608";
/** Any address will do for the exports that name none, where only their logs are looked at. */
const NO_NAME = `0x${"00".repeat(20)}`;

export function fileRows(path: string): FileRow[] {
  return [...rowsOf(path, readFileSync(path, "utf8"))];
}

/** The rows of one corpus file. */
export function corpusRows(entry: string): Row[] | null {
  const path = corpus(`data/${entry}`);
  return path === null ? null : fileRows(path).map(({ row }) => row);
}

/** Every log in every file of the folders that hold chain data, the same log in two files twice. */
export function allCorpusLogs(): ChainLog[] | null {
  const folders = ["v3-raw-logs", "block-logs", "polygon-rpc"].map((name) => corpus(`data/${name}`));
  if (folders.some((folder) => folder === null)) return null;
  return folders.flatMap((folder) =>
    readdirSync(folder as string)
      .filter((name) => /raw\.csv|[lL]ogs|[rR]eceipt/.test(name) && !name.includes("expected_receipts"))
      .flatMap((name) => logsOf(fileRows(join(folder as string, name)))),
  );
}

export function logsOf(rows: readonly FileRow[]): ChainLog[] {
  return rows.flatMap(({ row }) => {
    const kind = rowKind(row);
    return kind === "log" ? [readLog(row, NO_NAME)] : kind === "receipt" ? readReceipt(row).logs : [];
  });
}

/** The corpus' pools of a chain. */
export function corpusPools(chain_id: number): FilePools | null {
  const path = corpus("data/tokens/pools-derived.json");
  return path === null ? null : new FilePools(JSON.parse(readFileSync(path, "utf8")), chain_id);
}
