/**
 * CSV as spreadsheets and data frames write it (RFC 4180): cells in quotes may hold commas, line breaks and doubled
 * quotes. Ours because it is this short; the one rule added is that damage is an error, never a guess.
 */

export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line on which the record begins, from 1. */
  readonly line: number;
}

export class CsvError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "CsvError";
    this.line = line;
  }
}

/** Records in order; empty lines are none. Throws CsvError with the line of the damage. */
export function* readCsv(text: string): Generator<CsvRecord, void> {
  // A cell and what ends it: quoted, where it may hold anything; or plain, where it may hold no quote.
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  let cells: string[] = [];
  let line = 1;
  let start = line;
  while (cell.lastIndex < text.length) {
    const from = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) {
      const isQuoted = text[from] === '"';
      throw new CsvError(line, isQuoted ? "a quoted cell has no proper end" : "a quote inside a plain cell");
    }
    const [, quoted, plain, end] = match;
    cells.push(quoted === undefined ? (plain as string) : quoted.replaceAll('""', '"'));
    line += quoted?.match(/\r\n|\n|\r/g)?.length ?? 0;
    const isLast = cell.lastIndex === text.length;
    // A comma at the very end has an empty cell behind it.
    if (end === "," && isLast) cells.push("");
    if (end === "," && !isLast) continue;
    if (cells.length > 1 || cells[0] !== "") yield { cells, line: start };
    cells = [];
    start = ++line;
  }
}
