import { memo } from "react";
import type { ColumnId, ViewSpec } from "../../workers/api.ts";
import { TEXT } from "../text.ts";
import type { PlacedColumn } from "./columns.ts";
import styles from "./HeaderRow.module.css";
import { ariaSort } from "./sort.ts";

interface HeaderRowProps {
  columns: readonly PlacedColumn[];
  sort: ViewSpec["sort"];
  onSort(column: ColumnId): void;
}

export const HeaderRow = memo(function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  return (
    <div role="row" className={styles.row} aria-rowindex={1}>
      {columns.map((column) => (
        <div
          key={column.id}
          role="columnheader"
          className={styles.cell}
          data-align={column.align}
          aria-sort={ariaSort(sort, column.id)}
        >
          <button
            type="button"
            tabIndex={-1}
            title={`${column.title}. ${TEXT.table.sortBy(column.label)}`}
            onClick={() => onSort(column.id)}
          >
            {column.label}
          </button>
        </div>
      ))}
    </div>
  );
});
