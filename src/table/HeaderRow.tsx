import { type KeyboardEvent, memo, useState } from "react";
import type { ColumnId, ViewSpec } from "../../workers/api.ts";
import { TEXT } from "../text.ts";
import { type PlacedColumn, widthClass } from "./columns.ts";
import styles from "./HeaderRow.module.css";
import { ariaSort } from "./sort.ts";

interface HeaderRowProps {
  columns: readonly PlacedColumn[];
  sort: ViewSpec["sort"];
  onSort(column: ColumnId): void;
}

/** The columns' names. One stop of the Tab key; left and right go along it, Enter sorts. */
export const HeaderRow = memo(function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  const [stop, setStop] = useState(0);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(Math.max(stop + step, 0), columns.length - 1);
    setStop(next);
    event.currentTarget.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div role="row" className={styles.row} aria-rowindex={1} onKeyDown={onKeyDown}>
      {columns.map((column, at) => (
        <div
          key={column.id}
          role="columnheader"
          className={`${styles.cell} ${widthClass(at)}`}
          data-align={column.align}
          aria-sort={ariaSort(sort, column.id)}
        >
          <button
            type="button"
            tabIndex={at === stop ? 0 : -1}
            title={`${column.title}. ${TEXT.table.sortBy(column.label)}`}
            onFocus={() => setStop(at)}
            onClick={() => onSort(column.id)}
          >
            {column.label}
          </button>
        </div>
      ))}
    </div>
  );
});
