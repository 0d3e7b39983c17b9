/** How a table draws a column: everything but its cells' texts, which the worker formats. */
import type { ColumnId } from "../../workers/api.ts";

/** What a cell's text means. Each tone has a glyph of its own in front of the text: colour never stands alone. */
export type Tone = "good" | "bad" | "warn" | "info" | "plain" | "muted";

export interface Mark {
  tone: Tone;
  glyph: string;
}

export interface Column {
  label: string;
  /** What the column holds, on hovering its header. */
  title: string;
  /** Least width in pixels. A wider panel widens all columns in proportion; cells never reflow. */
  width: number;
  align: "start" | "end";
  /** Drawn in the monospaced stack: hashes, addresses, amounts. */
  mono?: true;
  /** By the cell's text. */
  marks?: Readonly<Record<string, Mark>>;
}

/** A channel's columns in the order of the table; complete by type. */
export type Columns<Id extends ColumnId = ColumnId> = Readonly<Record<Id, Column>>;

export interface PlacedColumn extends Column {
  id: ColumnId;
}

export function placed(columns: Readonly<Partial<Record<ColumnId, Column>>>): PlacedColumn[] {
  return (Object.entries(columns) as [ColumnId, Column][]).map(([id, column]) => ({ ...column, id }));
}

/** `grid-template-columns` for the header and every row. */
export function gridTemplate(columns: readonly PlacedColumn[]): string {
  return columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(" ");
}

/** The narrowest that the table can be, in pixels; a narrower panel scrolls sideways. */
export function tableWidth(columns: readonly PlacedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}
