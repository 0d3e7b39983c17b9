/** Quantiles of measurements that are held, and of those that a server has counted into buckets. */

/** Nearest rank; null without values. `share` is in (0, 1]. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  return Float64Array.from(values).toSorted()[Math.ceil(values.length * share) - 1] as number;
}

/** As Prometheus keeps it: how many measurements were at most so large. The last bound is Infinity. */
export interface Histogram {
  bounds: number[];
  /** Cumulative, one a bound. */
  counts: number[];
}

/** The histogram `name` of a scrape in Prometheus text; null when it is not there. Labels other than `le` are not told apart. */
export function histogramOf(scrape: string, name: string): Histogram | null {
  const bounds: number[] = [];
  const counts: number[] = [];
  for (const line of scrape.split("\n")) {
    if (!line.startsWith(`${name}_bucket{`)) continue;
    const [, bound, count] = /le="([^"]+)".*\} (\S+)$/.exec(line) ?? [];
    if (bound === undefined) continue;
    bounds.push(bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound));
    counts.push(Number(count));
  }
  return bounds.length === 0 ? null : { bounds, counts };
}

/** A gauge or counter without labels; null when it is not there. */
export function gaugeOf(scrape: string, name: string): number | null {
  const line = scrape.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}

/** What was measured between two scrapes of one server. */
export function difference(later: Histogram, earlier: Histogram): Histogram {
  return { bounds: later.bounds, counts: later.counts.map((count, at) => count - (earlier.counts[at] ?? 0)) };
}

/** Interpolated within its bucket; the lower bound of the open one. null without measurements. */
export function histogramQuantile({ bounds, counts }: Histogram, share: number): number | null {
  const total = counts.at(-1) ?? 0;
  if (total === 0) return null;
  const rank = total * share;
  const at = counts.findIndex((count) => count >= rank);
  const low = bounds[at - 1] ?? 0;
  const high = bounds[at] as number;
  if (high === Number.POSITIVE_INFINITY) return low;
  const below = counts[at - 1] ?? 0;
  return low + ((high - low) * (rank - below)) / ((counts[at] as number) - below);
}
