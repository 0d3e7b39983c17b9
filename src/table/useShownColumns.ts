import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useMemo } from "react";
import type { PlacedColumn } from "./columns.ts";

/**
 * The columns from the first one to the one at the right edge of the screen, and one more: a narrow panel scrolls sideways,
 * and cells that nobody sees cost as much to lay out as the others. Never fewer from the left, so that a cell's place in
 * its row is its column's.
 */
export function useShownColumns(
  scroller: RefObject<HTMLDivElement | null>,
  columns: readonly PlacedColumn[],
): readonly PlacedColumn[] {
  const virtualizer = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => columns[at]?.width ?? 0,
  });
  const shown = virtualizer.range === null ? columns.length : virtualizer.range.endIndex + 2;
  return useMemo(() => columns.slice(0, shown), [columns, shown]);
}
