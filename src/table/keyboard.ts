/** What a key does in a table. Pure: the table carries it out. */
export type TableAction = { kind: "move"; to: number } | { kind: "open" } | { kind: "filter" };

export interface TablePlace {
  /** The row that the cursor stands on; null before the first key. */
  cursor: number | null;
  total: number;
  /** Rows that fit on the screen. */
  page: number;
}

/** null: the key is not the table's. Escape is the drawer's. */
export function tableAction(key: string, { cursor, total, page }: TablePlace): TableAction | null {
  if (key === "/") return { kind: "filter" };
  if (total === 0) return null;
  const last = total - 1;
  const move = (to: number): TableAction => ({ kind: "move", to: Math.min(Math.max(to, 0), last) });
  const jump = Math.max(1, page - 1);
  switch (key) {
    case "ArrowDown":
    case "j":
      return move(cursor === null ? 0 : cursor + 1);
    case "ArrowUp":
    case "k":
      return move(cursor === null ? 0 : cursor - 1);
    case "PageDown":
      return move((cursor ?? 0) + jump);
    case "PageUp":
      return move((cursor ?? 0) - jump);
    case "Home":
      return move(0);
    case "End":
      return move(last);
    case "Enter":
      return cursor === null ? null : { kind: "open" };
    default:
      return null;
  }
}
