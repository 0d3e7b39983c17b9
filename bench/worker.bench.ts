/** The worker's apply against the least that any client must do with the same frames: JSON.parse and a Map. */
import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import type { DeltaBatch } from "../protocol/stream/messages.ts";
import type { Environment, SocketHandlers } from "../workers/shell/environment.ts";
import { Link } from "../workers/shell/link.ts";
import { createStores, type Stores } from "../workers/store/stores.ts";
import { hello, snapshotAck } from "../workers/testing/messages.ts";
import { Views } from "../workers/views/views.ts";
import { type BenchTable, median } from "./harness.ts";
import { FRAMES, makeWorkerInput, ROWS_A_FRAME, WINDOW, type WorkerInput } from "./worker-input.ts";

const RUNS = 9;
const CADENCE_MS = 1000 / 30;

const CASES = {
  "JSON.parse alone": (input: WorkerInput) => time(input, (text) => void JSON.parse(text)),
  "JSON.parse + Map, nothing evicted": (input: WorkerInput) => time(input, rawApply(false)),
  "JSON.parse + Map, evicted by iterating it": (input: WorkerInput) => time(input, rawApply(true)),
  worker: (input: WorkerInput) => worker(input, false),
  "worker, a followed and a sorted view composed at 30 Hz": (input: WorkerInput) => worker(input, true),
} as const;
type Case = keyof typeof CASES;

export async function run(): Promise<BenchTable> {
  const input = makeWorkerInput();
  const figures = new Map<Case, number[]>();
  // The cases take turns, so that a slow spell of the machine falls on all of them; the first turn warms up.
  for (let turn = -1; turn < RUNS; turn++) {
    for (const name of Object.keys(CASES) as Case[]) {
      const figure = await CASES[name](input);
      if (turn >= 0) figures.set(name, [...(figures.get(name) ?? []), figure]);
    }
  }
  const of = (name: Case) => median(figures.get(name)!);
  const raws: Case[] = ["JSON.parse + Map, nothing evicted", "JSON.parse + Map, evicted by iterating it"];
  const raw = raws.toSorted((a, b) => of(b) - of(a))[0]!;
  return {
    title: "Worker: delta batches applied",
    note:
      `Rows of \`tx.main\`, a window of ${WINDOW}, ${FRAMES} frames of ${ROWS_A_FRAME} rows, 70 % inserts and 30 % ` +
      `updates; medians of ${RUNS} runs, the cases in turns. The worker's figure is from a frame's text to the checked ` +
      "digest: parse, shape check, session step, ordered store, eviction. It is compared with the faster of the two ways " +
      "to hold the rows in a bare Map.",
    rows: (Object.keys(CASES) as Case[]).map((name) => {
      const row = { case: name, value: of(name), unit: "rows/s" };
      return name.startsWith("worker") ? { ...row, ratio: row.value / of(raw), compared_with: raw } : row;
    }),
  };
}

function rawApply(bounded: boolean): (text: string) => void {
  const map = new Map<string, unknown>();
  return (text) => {
    const { patch } = JSON.parse(text) as DeltaBatch;
    for (const row of patch.upsert) map.set(row.id, row);
    if (!bounded) return;
    for (const id of map.keys()) {
      if (map.size <= WINDOW) break;
      map.delete(id);
    }
  };
}

async function worker(input: WorkerInput, withViews: boolean): Promise<number> {
  const { stores, apply } = await liveWorker(input.snapshot);
  const views = new Views(stores);
  if (withViews) openViews(views);
  let composed = performance.now();
  const perSecond = time(input, (text) => {
    apply(text);
    if (!withViews || performance.now() - composed < CADENCE_MS) return;
    views.compose(() => false);
    composed = performance.now();
  });
  if (stores["tx.main"].digest() !== input.digest) throw new Error("the worker's window is not the server's");
  return perSecond;
}

function openViews(views: Views): void {
  const columns = ["seen", "status", "hash", "sender", "to", "value", "method", "fee", "nonce"] as const;
  views.open("followed", { channel: "tx.main", columns, sort: null, filter: "" });
  views.open("sorted", {
    channel: "tx.main",
    columns,
    sort: { column: "value", direction: "desc" },
    filter: "pending",
  });
}

/** Rows/s of `apply` over all frames. */
function time({ frames }: WorkerInput, apply: (text: string) => void): number {
  const began = performance.now();
  for (const text of frames) apply(text);
  return (frames.length * ROWS_A_FRAME) / ((performance.now() - began) / 1000);
}

/** A worker's link past its handshake, with the window loaded. */
async function liveWorker(snapshot: string): Promise<{ stores: Stores; apply: (text: string) => void }> {
  let resolve: (handlers: SocketHandlers) => void = () => {};
  const opened = new Promise<SocketHandlers>((given) => (resolve = given));
  const env: Environment = {
    now: () => performance.now(),
    after: () => () => {},
    get: async () => ({ status: 200, retry_after: null, text: snapshot }),
    open(_, handlers) {
      resolve(handlers);
      return { send() {}, close() {} };
    },
    seed: () => 1,
  };
  const stores = createStores();
  const link = new Link(env, "http://bench", stores, { changed() {}, stepped() {} });
  link.dispatch({ type: "start" });
  const { onText } = await opened;
  const seqs = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, WINDOW]));
  onText(JSON.stringify(hello()));
  onText(JSON.stringify(snapshotAck(seqs)));
  return { stores, apply: onText };
}
