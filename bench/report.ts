/** docs/benchmarks.md: a section a benchmark, each with the machine and day of its own last run. */
import type { BenchTable } from "./harness.ts";

const HEAD = `# Benchmarks

Written by \`npm run bench\` (\`npm run bench -- NAME\` for one). Each figure stands beside what it is compared with, from the
same run on the same machine; \`ratio\` is the row's figure over the other's.
`;

const marker = (name: string) => `\n<!-- bench: ${name} -->\n`;

/** The report with the section of benchmark `name` replaced, or added in alphabetical order. */
export function updateReport(report: string, name: string, table: BenchTable, conditions: string): string {
  const sections = new Map<string, string>();
  for (const [, key, text] of report.matchAll(/\n<!-- bench: (\S+) -->\n([\s\S]*?)(?=\n<!-- bench: |$)/g)) {
    if (key !== undefined && text !== undefined) sections.set(key, text);
  }
  sections.set(name, section(table, conditions));
  const ordered = [...sections].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return HEAD + ordered.map(([key, text]) => marker(key) + text).join("");
}

function section(table: BenchTable, conditions: string): string {
  const rows = table.rows.map((row) => {
    const compared = row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} x ${row.compared_with ?? ""}`;
    return `| ${row.case} | ${format(row.value)} ${row.unit} | ${compared} |`;
  });
  return `\n## ${table.title}\n\n${conditions}.\n\n${table.note}\n\n| case | median | ratio |\n| --- | ---: | --- |\n${rows.join("\n")}\n`;
}

function format(value: number): string {
  return value >= 100 ? value.toLocaleString("en", { maximumFractionDigits: 0 }) : value.toPrecision(3);
}
