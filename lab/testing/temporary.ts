/** A folder of a test's own that also is where temporary files go, so that what is left behind shows. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where tsx keeps what it has compiled. */
const TSX_CACHE = "tsx-";

export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), "mempulse-lab-test-"));
  readonly #before = process.env.TMPDIR;

  constructor() {
    process.env.TMPDIR = this.path;
  }

  /** Names of what the lab has left there. */
  entries(): string[] {
    return readdirSync(this.path).filter((name) => !name.startsWith(TSX_CACHE));
  }

  remove(): void {
    if (this.#before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = this.#before;
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whether a process of that id is alive (a zombie that nobody has waited for is not). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
