/**
 * A table of limits as its file has it: `export const NAME_LIMITS = {`, an entry a line, each after a doc comment of its own,
 * then `} as const;`. Whatever else stands there is an error with its line, so that no limit goes without a meaning.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export interface LimitRow {
  readonly name: string;
  readonly meaning: string;
}

/** The table's entries in their order. `file`: under the project's root. */
export function limitRows(file: string, table: string): LimitRow[] {
  return parseLimits(readFileSync(join(ROOT, file), "utf8"), file, table);
}

export function parseLimits(source: string, file: string, table: string): LimitRow[] {
  const lines = source.split("\n");
  const start = lines.indexOf(`export const ${table} = {`);
  if (start < 0) throw new Error(`${file}: no line "export const ${table} = {"`);
  const rows: LimitRow[] = [];
  let comment: string[] | null = null;
  let isOpen = false;
  for (let at = start + 1; lines[at] !== "} as const;"; at++) {
    const line = lines[at]?.trim();
    const fail = (what: string) => new Error(`${file}:${at + 1}: ${what}`);
    if (line === undefined) throw fail(`${table} does not end with "} as const;"`);
    const entry = /^(\w+): .+,$/.exec(line)?.[1];
    if (isOpen || line.startsWith("/**")) {
      comment = [...(isOpen ? (comment ?? []) : []), commentText(line)];
      isOpen = !line.endsWith("*/");
    } else if (entry === undefined) throw fail(`neither a doc comment nor "name: value,": ${line}`);
    else if (comment === null) throw fail(`${entry} has no doc comment of its own`);
    else {
      rows.push({ name: entry, meaning: comment.join(" ").trim() });
      comment = null;
    }
  }
  return rows;
}

function commentText(line: string): string {
  return line
    .replace(/\*\/$/, "")
    .replace(/^\/?\*+/, "")
    .trim();
}

/** By suffix of the name, the longest first. */
const UNITS: readonly (readonly [suffix: string, unit: string])[] = [
  ["_per_s", "a second"],
  ["_ms", "ms"],
  ["_s", "s"],
  ["_bytes", "bytes"],
  ["_count", "count"],
  ["_intervals", "heartbeat intervals"],
  ["_share", "share of 1"],
  ["_per_batch", "a batch"],
  ["_credit", "batches"],
  ["_hz", "a second"],
];

/** The unit that a limit's name ends in; throws where it ends in none. */
export function unitOf(name: string): string {
  if (name === "protocol") return "version";
  const unit = UNITS.find(([suffix]) => name.endsWith(suffix))?.[1];
  if (unit === undefined) throw new Error(`limit ${name}: its name ends in no unit`);
  return unit;
}
