/** The fold: messages a second from their bytes into the channels, and beside it the plain way with JSON and Maps. */
import { Model } from "../model/model.ts";
import { CHANNELS } from "../protocol/stream/channels.ts";
import { LIMITS } from "../protocol/stream/limits.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import { LAP_MESSAGES, LapLog, LOG_NOTE } from "./fold-log.ts";
import { type BenchTable, median } from "./harness.ts";

const LAPS = 24;
/** Laps that fill the windows and warm up, not measured. */
const WARM_UP_LAPS = 4;
const READ_INTERVAL_MS = LIMITS.max_flush_interval_ms;
const READ_LIMITS = { max_entities: LIMITS.max_entities_per_batch, max_bytes: LIMITS.max_frame_bytes };

/** Folds one lap and says how long it took, ms. */
type Case = (log: LapLog) => number;

export async function run(): Promise<BenchTable> {
  const log = new LapLog();
  const cases = new Map<string, Case>([
    ["fold, nobody reading", folder(false)],
    ["fold, all channels read at 10 Hz", folder(true)],
    ["JSON.parse + Maps of objects", naiveFolder()],
  ]);
  const rates = new Map<string, number[]>();
  for (let lap = 0; lap < LAPS; lap++) {
    for (const [name, fold] of cases) {
      const ms = fold(log);
      if (lap >= WARM_UP_LAPS) rates.set(name, [...(rates.get(name) ?? []), (log.count / ms) * 1000]);
    }
    log.next();
  }
  const naive = "JSON.parse + Maps of objects";
  const of = (name: string) => median(rates.get(name) ?? []);
  return {
    title: "Fold: log to channels",
    note:
      `${LOG_NOTE}; laps of ${LAP_MESSAGES} messages, every lap new events, windows full; medians of ` +
      `${LAPS - WARM_UP_LAPS} laps, the cases in turns, one thread. Read at 10 Hz: each channel's \`changesSince\` with ` +
      "the limits of a batch, and its digest where it reached the head. The comparison parses the same messages from " +
      "NDJSON lines and keeps each as an object in a Map a channel, the oldest evicted; it has no order, no seq, no digest.",
    rows: [...cases.keys()].map((name) => {
      const row = { case: name, value: of(name), unit: "messages/s" };
      return name === naive ? row : { ...row, ratio: row.value / of(naive), compared_with: naive };
    }),
  };
}

function folder(isRead: boolean): Case {
  const model = new Model({ log_id: "bench" });
  const view = new MessageView();
  const cursors = new Map([...model.channels.keys()].map((name) => [name, 0]));
  let untilRead = READ_INTERVAL_MS;
  const read = () => {
    for (const [name, channel] of model.channels) {
      const changes = channel.changesSince(cursors.get(name) ?? 0, READ_LIMITS);
      if (changes === null) throw new Error(`${name} out of reach`);
      if (changes.complete) channel.digest();
      cursors.set(name, changes.seq);
    }
  };
  return (log) => {
    const { starts, ends, count } = log;
    view.attach(log.bytes);
    const before = model.headSeq;
    const began = performance.now();
    let nextRead = began + untilRead;
    for (let i = 0; i < count; i++) {
      model.ingest(view.seek(starts[i] as number, ends[i] as number));
      if (isRead && i % 256 === 0 && performance.now() >= nextRead) {
        read();
        nextRead = performance.now() + READ_INTERVAL_MS;
      }
    }
    const ended = performance.now();
    untilRead = nextRead - ended;
    if (model.headSeq - before < count) throw new Error("a lap was not new to the fold");
    return ended - began;
  };
}

interface NaiveMessage {
  tlvs: Record<string, unknown>[];
}

function naiveFolder(): Case {
  const windows = {
    transactions: new Map<unknown, object>(),
    events: new Map<unknown, object>(),
    pools: new Map<unknown, object>(),
  };
  const put = (window: Map<unknown, object>, cap: number, id: unknown, row: object) => {
    // Deleted first, so that a changed row is the newest.
    window.delete(id);
    window.set(id, row);
    if (window.size > cap) window.delete(window.keys().next().value);
  };
  return (log) => {
    const lines = log.lines();
    const began = performance.now();
    for (const line of lines) {
      const [event, companion] = (JSON.parse(line) as NaiveMessage).tlvs;
      if (event === undefined) continue;
      if (event.name === "Transaction") {
        put(windows.transactions, CHANNELS["tx.main"].cap, event.hash, event);
      } else if (companion?.name === "Provenance") {
        const id = [companion.chain_id, companion.block_hash, companion.log_index].join(":");
        put(windows.events, CHANNELS["pool.main"].cap, id, { ...event, ...companion });
        put(windows.pools, CHANNELS["pool.state"].cap, event.pool_address, event);
      }
    }
    return performance.now() - began;
  };
}
