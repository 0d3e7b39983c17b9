/** What the user made of each panel's table, kept while its tab is not shown. */
import { create } from "zustand";
import type { ViewSpec } from "../../workers/api.ts";

export interface TableChoice {
  /** undefined: the panel's own order. */
  sort?: ViewSpec["sort"];
  filter?: string;
}

/** By panel name: as many as there are panels. */
export const useTables = create<Readonly<Record<string, TableChoice>>>(() => ({}));

export function chooseTable(panel: string, choice: TableChoice): void {
  useTables.setState((tables) => ({ [panel]: { ...tables[panel], ...choice } }));
}
