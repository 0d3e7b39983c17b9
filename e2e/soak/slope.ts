/**
 * Does a noisy series rise? The slope is Theil and Sen's, the median over all pairs of points, which a few wild samples
 * cannot move; how sure it is comes from a moving-block bootstrap of its residuals, for neighbouring samples of a heap
 * resemble each other. The series is first thinned to the medians of at most MAX_POINTS bins, so that its length costs
 * nothing.
 */

export interface Point {
  /** In the unit that the slope is wanted per. */
  t: number;
  y: number;
}

/** Slope with the bounds of its 90 % interval, in y per t. */
export interface SlopeEstimate {
  slope: number;
  lower: number;
  upper: number;
  /** Slopes of the first and of the second half alone. */
  halves: readonly [number, number];
  /** The middle of the line of this slope: half of the points lie above the line. */
  middle: Point;
}

/** Fewer points than this have no slope that means anything. */
export const MIN_POINTS = 12;
const MAX_POINTS = 60;
const RESAMPLES = 400;
const TAIL = 0.05;

/** `seed` makes the bootstrap repeatable. Throws RangeError under MIN_POINTS points. */
export function estimateSlope(points: readonly Point[], seed = 1): SlopeEstimate {
  if (points.length < MIN_POINTS) {
    throw new RangeError(`points: ${points.length}, at least ${MIN_POINTS} are needed for a slope`);
  }
  const series = thin(points);
  const slope = theilSen(series);
  const middle = median(series.map(({ t, y }) => y - slope * t));
  const residuals = series.map(({ t, y }) => y - slope * t - middle);
  const random = xorshift(seed);
  const slopes = Float64Array.from({ length: RESAMPLES }, () => {
    const noise = resampleBlocks(residuals, random);
    return theilSen(series.map(({ t }, at) => ({ t, y: slope * t + middle + (noise[at] as number) })));
  }).toSorted();
  const half = Math.ceil(series.length / 2);
  const t = ((series[0] as Point).t + (series.at(-1) as Point).t) / 2;
  return {
    slope,
    lower: quantile(slopes, TAIL),
    upper: quantile(slopes, 1 - TAIL),
    halves: [theilSen(series.slice(0, half)), theilSen(series.slice(-half))],
    middle: { t, y: middle + slope * t },
  };
}

/** Is it sure that the series rises by more than `most` a unit of t, and all the time: not by one step, as of code that is compiled? */
export function doesRise({ lower, halves }: SlopeEstimate, most: number): boolean {
  return lower > most && halves.every((slope) => slope > most);
}

/** The median slope over all pairs of points. */
export function theilSen(points: readonly Point[]): number {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  for (const [at, a] of points.entries()) {
    for (let next = at + 1; next < points.length; next++) {
      const b = points[next] as Point;
      if (b.t !== a.t) slopes[count++] = (b.y - a.y) / (b.t - a.t);
    }
  }
  return median(slopes.subarray(0, count));
}

function thin(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / MAX_POINTS);
  const bins = Math.floor(points.length / size);
  return Array.from({ length: bins }, (_, bin) => {
    const within = points.slice(bin * size, (bin + 1) * size);
    return { t: median(within.map(({ t }) => t)), y: median(within.map(({ y }) => y)) };
  });
}

/** As many residuals, in blocks of neighbours drawn with replacement. */
function resampleBlocks(residuals: readonly number[], random: () => number): number[] {
  const length = Math.ceil(residuals.length ** 0.5);
  const drawn: number[] = [];
  while (drawn.length < residuals.length) {
    const start = Math.floor(random() * (residuals.length - length + 1));
    drawn.push(...residuals.slice(start, start + length));
  }
  return drawn.slice(0, residuals.length);
}

function median(values: readonly number[] | Float64Array): number {
  return quantile(Float64Array.from(values).toSorted(), 0.5);
}

/** Of sorted values, between neighbours by linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Uniform in [0, 1). */
export function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
