/** The log's thread: makes the next lap of the fold's log while the server folds the one before. */
import { parentPort } from "node:worker_threads";
import { LapLog } from "../fold-log.ts";

/** Bounds of message i of a lap: [starts[i], ends[i]) of its `bytes`. The same in every lap. */
export interface Bounds {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

const log = new LapLog();
let isFirst = true;

const bounds: Bounds = { starts: Float64Array.from(log.starts), ends: Float64Array.from(log.ends) };
parentPort?.postMessage(bounds, []);

/** Each word from the server asks for a lap; the answer is its bytes, handed over without a copy. */
parentPort?.on("message", () => {
  if (!isFirst) log.next();
  isFirst = false;
  const lap = log.bytes.slice();
  parentPort?.postMessage(lap, [lap.buffer]);
});
