/** The stores with one view over tx.main, for tests of what is shown. */
import type { TxEntity } from "../../protocol/stream/entities.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import type { ViewFrame, ViewSpec } from "../api.ts";
import { createStores } from "../store/stores.ts";
import { Views } from "../views/views.ts";
import { tx } from "./rows.ts";

export const SPEC: ViewSpec = { channel: "tx.main", columns: ["hash", "nonce"], sort: null, filter: "" };
export const NOT_CUT = () => false;

export class Table {
  readonly stores = createStores();
  readonly views = new Views(this.stores);
  seq = 0;

  /** As after a bootstrap from a server that holds nothing. */
  constructor() {
    for (const store of Object.values(this.stores)) store.replace([], store.cap);
  }

  /** Transactions by id, a seq each. */
  put(...given: (string | (Partial<TxEntity> & { id: string }))[]): void {
    const upsert = given.map((each) =>
      tx({ ...(typeof each === "string" ? { id: each } : each), seq: ++this.seq }),
    );
    this.stores["tx.main"].apply({ upsert, remove: [], evict_before: 0 }, 500 * upsert.length);
  }

  putRow(channel: "pool.main" | "chain.main", row: Row): void {
    this.stores[channel].apply({ upsert: [{ ...row, seq: ++this.seq }], remove: [], evict_before: 0 });
  }

  evict(below: number): void {
    this.stores["tx.main"].apply({ upsert: [], remove: [], evict_before: below });
  }

  open(change: Partial<ViewSpec> = {}): void {
    this.views.open("v", { ...SPEC, ...change });
  }

  /** The one view's frame, or null when nothing changed. */
  frame(): ViewFrame | null {
    return this.views.compose(NOT_CUT).views[0] ?? null;
  }

  ids(): string[] {
    return this.frame()!.rows.map(({ id }) => id);
  }
}
