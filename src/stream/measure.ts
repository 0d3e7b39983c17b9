/** The measurements by their contract names: the worker's, with the page's own heap where the browser tells it. */
import type { WorkerMetrics } from "../../workers/api.ts";
import type { StreamCalls } from "./stream.ts";

export async function measure(calls: StreamCalls): Promise<WorkerMetrics> {
  const metrics = await calls.metrics();
  const page = pageHeapMb();
  if (page === null) return metrics;
  return { ...metrics, ui_heap_used_mb: page + (metrics.ui_heap_used_mb ?? 0) };
}

/** Chromium's figure for this page's heap; null elsewhere. */
function pageHeapMb(): number | null {
  const { memory } = performance as Performance & { memory?: { usedJSHeapSize: number } };
  return memory === undefined ? null : memory.usedJSHeapSize / 2 ** 20;
}
