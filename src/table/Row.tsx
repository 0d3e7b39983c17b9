import { memo, useLayoutEffect, useRef } from "react";
import type { ViewRow } from "../../workers/api.ts";
import { type PlacedColumn, widthClass } from "./columns.ts";
import { flash } from "./flash.ts";
import styles from "./Row.module.css";

/** How the worker begins a text that stands for a longer one. */
const ROUNDED = "≈";
/** Text that could be wider than its column is clipped; to clip every cell would be half of the work of a paint. */
const WIDEST_CHARACTER_PX = 8;
const PADDING_PX = 16;

interface RowProps {
  id: string;
  index: number;
  row: ViewRow;
  columns: readonly PlacedColumn[];
  /** The drawer shows it. */
  selected: boolean;
  /** The keyboard's cursor stands on it. */
  cursor: boolean;
}

/** One row. Keyed by its entity, so a row that only moves keeps its elements; one that changes is marked for a moment. */
export const Row = memo(function Row({ id, index, row, columns, selected, cursor }: RowProps) {
  const element = useRef<HTMLDivElement>(null);
  const shownSeq = useRef(row.seq);
  useLayoutEffect(() => {
    if (row.seq === shownSeq.current) return;
    shownSeq.current = row.seq;
    if (element.current !== null) flash(element.current);
  }, [row.seq]);
  return (
    <div
      ref={element}
      role="row"
      id={id}
      className={styles.row}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-cursor={cursor || undefined}
      data-index={index}
      data-id={row.id}
    >
      <Cells row={row} columns={columns} />
    </div>
  );
}, sameRow);

function sameRow(a: RowProps, b: RowProps): boolean {
  return (
    a.index === b.index &&
    a.selected === b.selected &&
    a.cursor === b.cursor &&
    a.id === b.id &&
    sameCells(a, b)
  );
}

type CellsProps = Pick<RowProps, "row" | "columns">;

const Cells = memo(function Cells({ row, columns }: CellsProps) {
  return columns.map((column, at) => {
    const cell = row.cells[at];
    const text = cell?.text ?? "";
    const mark = column.marks?.[text];
    return (
      <span
        key={column.id}
        role="gridcell"
        className={cellClass(column, at, text)}
        data-tone={mark?.tone}
        data-glyph={mark?.glyph}
        title={cell?.title ?? text}
      >
        {text}
      </span>
    );
  });
}, sameCells);

/** Classes rather than data attributes: a fast scroll makes thousands of cells a second. */
function cellClass({ align, mono, width }: PlacedColumn, at: number, text: string): string {
  const rounded = text.startsWith(ROUNDED) ? styles.rounded : "";
  const long = text.length * WIDEST_CHARACTER_PX > width - PADDING_PX ? styles.long : "";
  return `${styles.cell} ${widthClass(at)} ${align === "end" ? styles.end : ""} ${mono ? styles.mono : ""} ${rounded} ${long}`;
}

/** A frame is a copy: equal rows are other objects. Texts can change without the seq (a depth grows with each block). */
function sameCells(a: CellsProps, b: CellsProps): boolean {
  if (a.columns !== b.columns || a.row.id !== b.row.id || a.row.seq !== b.row.seq) return false;
  return a.row.cells.every((cell, at) => {
    const other = b.row.cells[at];
    return cell.text === other?.text && cell.title === other.title;
  });
}

/** Holds the place of a row that the worker has not sent yet. */
export function SkeletonRow({ index }: { index: number }) {
  return <div role="row" className={styles.skeleton} aria-rowindex={index + 2} aria-busy />;
}
