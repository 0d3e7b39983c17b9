/** The log's process: makes the next lap of the fold's log while the server folds the one before. */
import { LapLog } from "../fold-log.ts";

/** Bounds of message i of a lap: [starts[i], ends[i]) of its `bytes`. The same in every lap. */
export interface Bounds {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

const log = new LapLog();
let isFirst = true;

process.send?.({
  starts: Float64Array.from(log.starts),
  ends: Float64Array.from(log.ends),
} satisfies Bounds);

/** Each word from the server asks for a lap; the answer has its bytes. */
process.on("message", () => {
  if (!isFirst) log.next();
  isFirst = false;
  process.send?.(log.bytes);
});

process.on("disconnect", () => process.exit());
