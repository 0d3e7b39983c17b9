/** Building a snapshot: the JSON text of every row of every channel, joined. */
import { upsertsOf } from "../model/channel.ts";
import { Model } from "../model/model.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import { LapLog, LOG_NOTE } from "./fold-log.ts";
import { type BenchTable, median } from "./harness.ts";

const RUNS = 15;
/** Messages at 20,000 a second in the interval between two snapshots. */
const BETWEEN_MESSAGES = 2_000;

export async function run(): Promise<BenchTable> {
  const log = new LapLog();
  const model = new Model({ log_id: "bench" });
  const view = new MessageView();
  let next = 0;
  const fold = (count: number) => {
    view.attach(log.bytes);
    for (let i = 0; i < count; i++) {
      if (next === log.count) {
        log.next();
        next = 0;
      }
      model.ingest(view.seek(log.starts[next] as number, log.ends[next] as number));
      next++;
    }
  };

  const cold: number[] = [];
  const warm: number[] = [];
  const between: number[] = [];
  const plain: number[] = [];
  for (let turn = 0; turn < RUNS; turn++) {
    // A whole lap and more changes every row.
    fold(2 * log.count);
    cold.push(timeOf(() => snapshot(model)));
    warm.push(timeOf(() => snapshot(model)));
    fold(BETWEEN_MESSAGES);
    between.push(timeOf(() => snapshot(model)));
    const rows = rowsOf(model);
    plain.push(timeOf(() => JSON.stringify(rows).length));
  }
  const rows = [...model.channels.values()].reduce((sum, { count }) => sum + count, 0);
  const naive = "JSON.stringify of the rows as objects";
  const compared = (name: string, times: number[]) => ({
    case: name,
    value: median(times),
    unit: "ms",
    ratio: median(times) / median(plain),
    compared_with: naive,
  });
  return {
    title: "Snapshot: build",
    note:
      `Full windows, ${rows} rows, ${(snapshot(model) / 1e6).toFixed(1)} MB of JSON; the log of the fold's benchmark ` +
      `(${LOG_NOTE}); medians of ${RUNS} runs. Cold: no row was read since it changed. At 20,000 messages/s: ` +
      `${BETWEEN_MESSAGES} messages since the last snapshot. Warm: nothing changed. Each with the digests. The ` +
      "comparison only serialises rows that are objects already.",
    rows: [
      compared("cold", cold),
      compared("at 20,000 messages/s, ten snapshots a second", between),
      compared("warm", warm),
      { case: naive, value: median(plain), unit: "ms" },
    ],
  };
}

/** Length of the snapshot's channels as JSON text. */
function snapshot(model: Model): number {
  const parts: Uint8Array[] = [];
  for (const [name, channel] of model.channels) {
    const changes = channel.changesSince(0);
    if (changes === null) throw new Error(`${name} out of reach`);
    const head = `"${name}":{"count":${channel.count},"digest":"${channel.digest()}"`;
    const end = `],"evict_before":${changes.evict_before}}`;
    parts.push(Buffer.from(`${head},"upsert":[`), changes.upsert, Buffer.from(end));
  }
  return Buffer.concat(parts).length;
}

function rowsOf(model: Model): unknown[] {
  return [...model.channels.values()].map((channel) => upsertsOf(channel.changesSince(0)));
}

function timeOf(work: () => number): number {
  const began = performance.now();
  if (work() === 0) throw new Error("nothing was built");
  return performance.now() - began;
}
