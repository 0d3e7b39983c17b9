/**
 * A file's rows, whatever its form: a JSON-RPC answer or any JSON that holds logs, receipts, blocks or transactions;
 * JSON lines; CSV with a header line. Told apart by how the text begins.
 */
import { readFile, stat } from "node:fs/promises";
import { CliError } from "../../../cli/errors.ts";
import { type Row, RowError, rowKind } from "../rows.ts";
import { CsvError, readCsv } from "./csv.ts";
import { parseExactJson } from "./json.ts";

/** Larger files are refused: all of one is held in memory. */
export const MAX_FILE_BYTES = 268_435_456;

export interface FileRow {
  readonly row: Row;
  /** For an error: the file, then the line or the place in the JSON. */
  readonly where: string;
}

/** The text of a file. Throws CliError that names it. */
export async function readTextFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new CliError(`${path}: ${size} bytes are over ${MAX_FILE_BYTES}`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a directory" : message;
    throw new CliError(`${path}: ${reason}`);
  }
}

/** Every row of the text. Throws CliError that names the file and the line. */
export function* rowsOf(path: string, text: string): Generator<FileRow, void> {
  const start = text.slice(0, 1_000).trimStart();
  if (start.startsWith("[")) yield* rowsOfJson(parse(path, text), path);
  else if (start.startsWith("{")) yield* rowsOfLinesOrJson(path, text);
  else yield* rowsOfCsv(path, text);
}

/** Reads one row, with its place before the reader's own words. */
export function readRow<T>({ row, where }: FileRow, read: (row: Row) => T): T {
  try {
    return read(row);
  } catch (error) {
    if (error instanceof RowError) throw new CliError(`${where}: ${error.message}`);
    throw error;
  }
}

function parse(where: string, text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new CliError(`${where}: not JSON: ${(error as SyntaxError).message.split("\n", 1)[0]}`);
  }
}

/** JSON lines where the first line is an object by itself, else one JSON text over many lines. */
function* rowsOfLinesOrJson(path: string, text: string): Generator<FileRow, void> {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  try {
    JSON.parse(lines[first] as string);
  } catch {
    yield* rowsOfJson(parse(path, text), path);
    return;
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const where = `${path}:${index + 1}`;
    yield* rowsOfJson(parse(where, line), where);
  }
}

/** Where other objects keep rows. */
const CONTAINERS = ["result", "block", "receipts", "transactions"];

/** A list of answers, each with a block that has receipts, which have logs, is five deep. */
const MAX_DEPTH = 16;

/** Rows in the usual containers; a block's transactions follow it. */
function* rowsOfJson(value: unknown, where: string, depth = 0): Generator<FileRow, void> {
  if (depth > MAX_DEPTH) throw new CliError(`${where}: nested over ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* rowsOfJson(item, `${where}[${index}]`, depth + 1);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const row = value as Row;
  const isRow = rowKind(row) !== "other";
  const inside = (isRow ? ["transactions"] : CONTAINERS).filter((name) => row[name] !== undefined);
  // What is neither a row nor around rows is handed over too, to be counted.
  if (isRow || inside.length === 0) yield { row, where };
  for (const name of inside) yield* rowsOfJson(row[name], `${where} ${name}`, depth + 1);
}

function* rowsOfCsv(path: string, text: string): Generator<FileRow, void> {
  try {
    const records = readCsv(text);
    const header = records.next();
    if (header.done === true) return;
    const names = header.value.cells.map((name) => name.trim());
    for (const { cells, line } of records) {
      const where = `${path}:${line}`;
      if (cells.length !== names.length) {
        throw new CliError(`${where}: ${cells.length} cells, the header line has ${names.length}`);
      }
      yield { row: Object.fromEntries(names.map((name, index) => [name, cells[index]])), where };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new CliError(`${path}:${error.line}: ${error.message}`);
    throw error;
  }
}
