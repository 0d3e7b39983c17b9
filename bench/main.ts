/** `npm run bench [-- NAME...]`: runs bench/NAME.bench.ts, all of them by default, and writes docs/benchmarks.md. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";
import type { BenchTable } from "./harness.ts";
import { updateReport } from "./report.ts";

const SUFFIX = ".bench.ts";
const here = import.meta.dirname;
const REPORT = resolve(here, "..", "docs", "benchmarks.md");

function machine(): string {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  return `${cpu?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${gib} GiB; Node ${process.versions.node}`;
}

async function main(names: readonly string[]): Promise<number> {
  const known = readdirSync(here)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .toSorted();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`bench: no benchmark "${unknown}"; there are ${known.join(", ")}\n`);
    return 2;
  }
  for (const name of names.length > 0 ? names : known) {
    process.stderr.write(`bench: ${name}\n`);
    const { run } = (await import(`./${name}${SUFFIX}`)) as { run(): Promise<BenchTable> };
    const table = await run();
    for (const row of table.rows)
      process.stderr.write(`  ${row.case}: ${row.value.toPrecision(4)} ${row.unit}\n`);
    const before = existsSync(REPORT) ? readFileSync(REPORT, "utf8") : "";
    const conditions = `${new Date().toISOString().slice(0, 10)}, ${machine()}`;
    writeFileSync(REPORT, updateReport(before, name, table, conditions));
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
