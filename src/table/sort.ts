import type { ColumnId, SortDirection, ViewSpec } from "../../workers/api.ts";

type Sort = ViewSpec["sort"];

/** A click on a header: ascending, descending, then the panel's own order again. */
export function nextSort(sort: Sort, column: ColumnId, fallback: Sort): Sort {
  if (sort?.column !== column) return { column, direction: "asc" };
  if (sort.direction === "asc") return { column, direction: "desc" };
  // Where the panel's own order is this very column ascending, "none" and "asc" are one.
  return fallback;
}

export function ariaSort(sort: Sort, column: ColumnId): "ascending" | "descending" | "none" {
  if (sort?.column !== column) return "none";
  return ({ asc: "ascending", desc: "descending" } satisfies Record<SortDirection, string>)[sort.direction] as
    | "ascending"
    | "descending";
}
