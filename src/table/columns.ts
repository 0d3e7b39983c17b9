/** How a table draws a column: everything but its cells' texts, which the worker formats. */
import type { ColumnId } from "../../workers/api.ts";
import widths from "./widths.module.css";

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
  /** A figure that rose or fell: its sign tells, and so does its colour. */
  signed?: true;
  /** By the cell's text. */
  marks?: Readonly<Record<string, Mark>>;
}

/** How a cell is marked; undefined where it is not. */
export function markOf({ marks, signed }: Column, text: string): Partial<Mark> | undefined {
  if (signed !== true) return marks?.[text];
  if (text.startsWith("+")) return { tone: "good" };
  return text.startsWith("-") ? { tone: "bad" } : undefined;
}

/** A column of words: a name, a kind, a status. `title` and `width` as in `Column`. */
export function words(label: string, title: string, width: number): Column {
  return { label, title, width, align: "start" };
}

/** A column of what is read character by character: a hash, an address, a time. */
export function code(label: string, title: string, width: number): Column {
  return { label, title, width, align: "start", mono: true };
}

/** A column of figures. */
export function figure(label: string, title: string, width: number): Column {
  return { label, title, width, align: "end", mono: true };
}

/** A channel's columns in the order of the table; complete by type. */
export type Columns<Id extends ColumnId = ColumnId> = Readonly<Record<Id, Column>>;

export interface PlacedColumn extends Column {
  id: ColumnId;
}

export function placed(columns: Readonly<Partial<Record<ColumnId, Column>>>): PlacedColumn[] {
  return (Object.entries(columns) as [ColumnId, Column][]).map(([id, column]) => ({ ...column, id }));
}

/** The custom properties that widths.module.css reads, for the table's root. */
export function widthProperties(columns: readonly PlacedColumn[]): Record<`--w${number}`, number> {
  return Object.fromEntries(columns.map(({ width }, at) => [`--w${at + 1}`, width]));
}

/** The class that gives the column at this place its width. */
export function widthClass(at: number): string {
  const name = widths[`w${at + 1}`];
  if (name === undefined) throw new RangeError(`widths.module.css has no w${at + 1}`);
  return name;
}

/** The narrowest that the table can be, in pixels; a narrower panel scrolls sideways. */
export function tableWidth(columns: readonly PlacedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}
