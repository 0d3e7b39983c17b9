/** A virtualised grid over one view of the worker: draws what is on screen, asks for a little more than that. */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useState,
} from "react";
import type { ColumnId, ViewFrame, ViewRow, ViewSpec } from "../../workers/api.ts";
import { type PlacedColumn, tableWidth, widthProperties } from "./columns.ts";
import { HeaderRow } from "./HeaderRow.tsx";
import { tableAction } from "./keyboard.ts";
import { Row, SkeletonRow } from "./Row.tsx";
import { useAskedRange } from "./range.ts";
import { Slots } from "./slots.ts";
import styles from "./Table.module.css";
import { useShownColumns } from "./useShownColumns.ts";

/** `--row-height` in styles/tokens.css. */
const ROW_HEIGHT = 24;
/** Rows drawn beyond each edge of the screen; fewer at the top, where the table follows the newest and nobody scrolls. */
const DRAWN_BEYOND = 10;
const DRAWN_BEYOND_AT_TOP = 2;

interface TableProps {
  scroller: RefObject<HTMLDivElement | null>;
  view: string;
  label: string;
  columns: readonly PlacedColumn[];
  sort: ViewSpec["sort"];
  frame: ViewFrame | undefined;
  selectedId: string | null;
  /** The selected row goes along with the keyboard's cursor. */
  openAlong: boolean;
  stale: boolean;
  onSort(column: ColumnId): void;
  onOpen(id: string): void;
  onFilterKey(): void;
  onAtTop(atTop: boolean): void;
  /** The user moves over the rows or through them. */
  onActivity(): void;
  onLeave(): void;
  /** Stands in for rows where there are none. */
  children: ReactNode;
}

/** The row that the keyboard acts on. Its index follows the row while the worker has it in the frame. */
interface Cursor {
  id: string | null;
  index: number;
}

export function Table(props: TableProps) {
  const { scroller, view, label, columns, sort, frame, selectedId, stale } = props;
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const [slots] = useState(() => new Slots());
  const total = frame?.total ?? 0;

  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: (scroller.current?.scrollTop ?? 0) < ROW_HEIGHT / 2 ? DRAWN_BEYOND_AT_TOP : DRAWN_BEYOND,
    // The sticky header covers one row's height of the scrolled box.
    scrollPaddingEnd: ROW_HEIGHT,
  });
  const shownColumns = useShownColumns(scroller, columns);
  const offset = virtualizer.scrollOffset ?? 0;
  // One row's height of the box is the header's.
  const page = Math.max(0, Math.ceil((virtualizer.scrollRect?.height ?? 0) / ROW_HEIGHT) - 1);
  useAskedRange(view, Math.floor(offset / ROW_HEIGHT), page, virtualizer.isScrolling);

  const { onAtTop } = props;
  const atTop = offset < ROW_HEIGHT / 2;
  useEffect(() => onAtTop(atTop), [onAtTop, atTop]);

  const at = (index: number): ViewRow | undefined => frame?.rows[index - frame.start];
  const cursorIndex = cursor === null ? null : placeOf(cursor, frame);
  const items = virtualizer.getVirtualItems();
  const keys = slots.assign(items.flatMap(({ index }) => at(index)?.id ?? []));

  const drawn = (index: number | null): index is number =>
    index !== null && items.some((item) => item.index === index);

  const openAt = (index: number) => {
    const row = at(index);
    if (row === undefined) return;
    setCursor({ id: row.id, index });
    props.onOpen(row.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys in the header are the header's.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = tableAction(event.key, { cursor: cursorIndex, total, page });
    if (action === null) return;
    event.preventDefault();
    if (action.kind === "filter") return props.onFilterKey();
    props.onActivity();
    if (action.kind === "open") return openAt(cursorIndex ?? 0);
    virtualizer.scrollToIndex(action.to, { align: "auto" });
    setCursor({ id: at(action.to)?.id ?? null, index: action.to });
    if (props.openAlong && action.to !== cursorIndex) openAt(action.to);
  };
  const onClick = ({ target }: MouseEvent) => {
    const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
    if (row !== null) openAt(Number(row.dataset["index"]));
  };
  const onPointerMove = ({ pointerType }: PointerEvent) => {
    if (pointerType === "mouse") props.onActivity();
  };

  return (
    <div className={styles.table}>
      <div
        ref={scroller}
        role="grid"
        className={styles.scroller}
        tabIndex={0}
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length}
        aria-activedescendant={drawn(cursorIndex) ? rowId(view, cursorIndex) : undefined}
        data-stale={stale || undefined}
        style={{ ...widthProperties(columns), "--width": `${tableWidth(columns)}px` }}
        onKeyDown={onKeyDown}
      >
        <HeaderRow columns={columns} sort={sort} onSort={props.onSort} />
        <div
          role="rowgroup"
          className={styles.body}
          style={{ height: virtualizer.getTotalSize() }}
          onClick={onClick}
          onPointerMove={onPointerMove}
          onPointerLeave={props.onLeave}
        >
          <div
            role="presentation"
            className={styles.window}
            style={{
              transform: `translateY(${items[0]?.start ?? 0}px)`,
              width: shownColumns.length < columns.length ? tableWidth(shownColumns) : undefined,
            }}
          >
            {items.map(({ index }) => {
              const row = at(index);
              if (row === undefined) return <SkeletonRow key={`at-${index}`} index={index} />;
              return (
                <Row
                  key={keys.get(row.id)}
                  id={rowId(view, index)}
                  index={index}
                  row={row}
                  columns={shownColumns}
                  selected={row.id === selectedId}
                  cursor={index === cursorIndex}
                />
              );
            })}
          </div>
        </div>
      </div>
      {props.children}
    </div>
  );
}

function rowId(view: string, index: number): string {
  return `${view}-row-${index}`;
}

function placeOf({ id, index }: Cursor, frame: ViewFrame | undefined): number {
  const found = frame === undefined || id === null ? -1 : frame.rows.findIndex((row) => row.id === id);
  return frame === undefined || found === -1 ? index : frame.start + found;
}
