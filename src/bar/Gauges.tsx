import { milliseconds } from "../format.ts";
import { useMetrics } from "../stores/metrics.ts";
import { TEXT } from "../text.ts";
import styles from "./Gauges.module.css";

export function HeapGauge() {
  const heap = useMetrics(({ metrics }) => metrics?.ui_heap_used_mb ?? null);
  return (
    <span className={styles.gauge} title={TEXT.bar.heapTitle}>
      <span>{TEXT.bar.heap}</span>
      <b className={styles.heap}>{heap === null ? TEXT.connection.unknown : `${heap.toFixed(0)} MB`}</b>
    </span>
  );
}

export function CommitGauge() {
  const commit = useMetrics(({ metrics }) => metrics?.ui_frame_commit_ms ?? null);
  return (
    <span className={styles.gauge} title={TEXT.bar.commitTitle}>
      <span>{TEXT.bar.commit}</span>
      <b className={styles.commit}>{commit === null ? TEXT.connection.unknown : milliseconds(commit)}</b>
    </span>
  );
}
