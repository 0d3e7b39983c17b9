/** What a soak measured against what it may be: the same words for the short one, the hour, and the leaking twin. */
import type { MemorySample } from "./heap.ts";
import { estimateSlope, type SlopeEstimate } from "./slope.ts";

/** One reading, at a time in hours of the nominal rate: a soak at 12 times the rate lives 12 hours in one. */
export interface SoakSample extends MemorySample {
  at_h: number;
}

export interface SoakLimits {
  /** A heap whose slope's lower bound is above this leaks. */
  heap_mb_per_h: number;
  /** Heap of page and workers together, at any time. */
  heap_mb: number;
  nodes_per_h: number;
  listeners_per_h: number;
}

export const SOAK_LIMITS: SoakLimits = {
  heap_mb_per_h: 0.5,
  heap_mb: 350,
  nodes_per_h: 200,
  listeners_per_h: 50,
};

export interface SoakVerdict {
  slopes: Record<"page_heap_mb" | "worker_heap_mb" | "nodes" | "listeners", SlopeEstimate>;
  highest_heap_mb: number;
  /** One line a limit that was passed; none: the soak holds. */
  failures: string[];
}

const MB = 2 ** 20;

export function judge(samples: readonly SoakSample[], limits: SoakLimits = SOAK_LIMITS): SoakVerdict {
  const slopeOf = (read: (sample: SoakSample) => number) =>
    estimateSlope(samples.map((sample) => ({ t: sample.at_h, y: read(sample) })));
  const slopes = {
    page_heap_mb: slopeOf(({ page }) => (page.used + page.backing) / MB),
    worker_heap_mb: slopeOf(({ workers }) => (workers.used + workers.backing) / MB),
    nodes: slopeOf(({ nodes }) => nodes),
    listeners: slopeOf(({ listeners }) => listeners),
  };
  const highest_heap_mb = Math.max(...samples.map(heapMb));
  const failures: string[] = [];
  const rises = (name: keyof typeof slopes, limit: number, unit: string) => {
    const { slope, lower } = slopes[name];
    if (lower <= limit) return;
    failures.push(
      `${name} rises by ${slope.toFixed(2)} ${unit}/h (at least ${lower.toFixed(2)}, limit ${limit})`,
    );
  };
  rises("page_heap_mb", limits.heap_mb_per_h, "MB");
  rises("worker_heap_mb", limits.heap_mb_per_h, "MB");
  rises("nodes", limits.nodes_per_h, "nodes");
  rises("listeners", limits.listeners_per_h, "listeners");
  if (highest_heap_mb > limits.heap_mb) {
    failures.push(
      `heap of page and workers reached ${highest_heap_mb.toFixed(1)} MB (limit ${limits.heap_mb})`,
    );
  }
  return { slopes, highest_heap_mb, failures };
}

export function heapMb({ page, workers }: MemorySample): number {
  return (page.used + page.backing + workers.used + workers.backing) / MB;
}
