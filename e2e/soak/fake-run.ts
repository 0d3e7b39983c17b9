/** A soak that never ran, for tests of what judges and draws one. */
import type { Reading } from "./reading.ts";
import type { SoakRun } from "./soak.ts";

const CALM: Omit<Reading, "at_s"> = {
  page_heap_mb: 6,
  worker_heap_mb: 9,
  nodes: 3_000,
  listeners: 240,
  renderer_rss_mb: 300,
  renderer_private_mb: 140,
  server_rss_mb: 160,
  server_heap_mb: 60,
  receive_to_paint_ms: 30,
  frame_commit_ms: 4,
  delta_apply_ms: 0.3,
  detail_answer_ms: 3,
  drop_ratio: 0,
  rows_per_s: 57,
  snapshot_build_ms: 4,
  long_tasks: 0,
  longest_task_ms: 0,
  digests_wrong: 0,
  collecting_ms: 80,
};

const INTERVAL_S = 20;

/** An hour in which everything stays as it is; `change` alters a reading at its hour. */
export function fakeRun(change: (hour: number) => Partial<Reading> = () => ({})): SoakRun {
  const times = Array.from({ length: 180 }, (_, at) => (at + 1) * INTERVAL_S);
  const every = (ms: number) => times.map((at_s) => ({ at_s, ms }));
  return {
    speed: 1,
    interval_s: INTERVAL_S,
    elapsed_s: 3_600,
    readings: times.map((at_s) => ({ at_s, ...CALM, ...change(at_s / 3_600) })),
    snapshots: every(8),
    transactions: every(2),
    openings: every(40),
    failed: 0,
    builds: { bounds: [5, 10, Number.POSITIVE_INFINITY], counts: [720, 720, 720] },
    counters: {
      gaps: 0,
      duplicates: 0,
      frames_lost: 0,
      resyncs: 0,
      mismatches: 0,
      protocol_errors: 0,
      disconnects: 0,
    },
    digests: [{ channel: "tx.main", rows: 5_000, own: true, equal: true }],
    workers: 1,
    troubles: [],
  };
}
