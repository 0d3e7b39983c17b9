/** Opportunities: the channel opportunity.main, and the life of its rows. */
import type { FoldContext } from "../context.ts";
import { Window } from "../window/window.ts";
import { KEY, OPP_BYTES, opportunityId, opportunityRow } from "./opportunity-record.ts";

/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 2_048;

export class Opportunities {
  readonly window: Window;

  constructor(cap: number, { counter }: FoldContext) {
    this.window = new Window(
      {
        name: "opportunity.main",
        cap,
        keyWords: KEY.words,
        recordBytes: OPP_BYTES,
        jsonBytes: JSON_BYTES,
        idOf: opportunityId,
        rowOf: (slot, id, seq) => opportunityRow(this.window.records, slot, id, seq),
      },
      counter,
    );
  }
}
