import { memo, useLayoutEffect, useRef } from "react";
import type { ViewRow } from "../../workers/api.ts";
import { markOf, type PlacedColumn, widthClass } from "./columns.ts";
import { endFlash, flash } from "./flash.ts";
import styles from "./Row.module.css";

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

/** One row, marked for a moment when it changes; not where its element is given another row (see slots.ts). */
export const Row = memo(function Row({ id, index, row, columns, selected, cursor }: RowProps) {
  const element = useRef<HTMLDivElement>(null);
  const shown = useRef(row);
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = row;
    if (element.current === null) return;
    if (row.id !== before.id) endFlash(element.current);
    else if (row.seq !== before.seq) flash(element.current);
  }, [row]);
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
    const mark = markOf(column, text);
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
  const long = text.length * WIDEST_CHARACTER_PX > width - PADDING_PX ? styles.long : "";
  return `${styles.cell} ${widthClass(at)} ${align === "end" ? styles.end : ""} ${mono ? styles.mono : ""} ${long}`;
}

/** A frame is a copy: equal rows are other objects. Texts can change without the seq (a depth grows with each block). */
function sameCells(a: CellsProps, b: CellsProps): boolean {
  if (a.columns !== b.columns || a.row.id !== b.row.id || a.row.seq !== b.row.seq) return false;
  return a.columns.every((_, at) => {
    const [cell, other] = [a.row.cells[at], b.row.cells[at]];
    return cell?.text === other?.text && cell?.title === other?.title;
  });
}

/** Holds the place of a row that the worker has not sent yet. */
export function SkeletonRow({ index }: { index: number }) {
  return <div role="row" className={styles.skeleton} aria-rowindex={index + 2} aria-busy />;
}
