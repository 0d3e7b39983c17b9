/**
 * Where tests find recorded chain data and codec vectors, which are kept outside this repository. A test that needs
 * them skips with a message where they are absent.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const root = process.env.MEMPULSE_CORPUS ?? resolve(import.meta.dirname, "..", "..", "shared");

/** Absolute path of a corpus entry, or null (with a line on stderr) where it is not on this machine. */
export function corpus(entry: string): string | null {
  const path = resolve(root, entry);
  if (existsSync(path)) return path;
  process.stderr.write(`skipped: no ${entry} in ${root} (set MEMPULSE_CORPUS to a folder that has it)\n`);
  return null;
}
