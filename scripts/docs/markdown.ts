/** Markdown of the generated pages. */

/** A table; a bar in a cell is escaped. `align`: one character a column, `l` or `r`. */
export function table(align: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = Array.from(align, (side) => (side === "r" ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
