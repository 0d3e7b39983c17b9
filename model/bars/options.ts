/** What bars are told, with defaults and bounds. */
import { BARS } from "../../protocol/stream/channels.ts";
import { MODEL_LIMITS } from "../limits.ts";

export interface BarOptions {
  /** A bar is final when event time has passed its end by so much. Default 1 s. */
  lateness_ms?: number;
  /** Bars of one symbol at one interval. Default 500. A trade out of order looks through them. */
  cap?: number;
  /** Bars of all symbols at all intervals. Default 131,072. */
  count?: number;
}

export type BarConfig = Readonly<Required<BarOptions>>;

/** The options with defaults filled in. Throws RangeError naming an option out of its bounds. */
export function readBarOptions(options: BarOptions): BarConfig {
  return {
    lateness_ms: inRange(
      "lateness_ms",
      options.lateness_ms ?? MODEL_LIMITS.bar_lateness_ms,
      0,
      MODEL_LIMITS.max_bar_lateness_ms,
    ),
    cap: inRange("cap", options.cap ?? BARS.cap, 1, MODEL_LIMITS.max_bars_a_series_count),
    count: inRange(
      "count",
      options.count ?? MODEL_LIMITS.bars_count,
      MODEL_LIMITS.min_bars_count,
      MODEL_LIMITS.max_bars_count,
    ),
  };
}

function inRange(name: keyof BarOptions, value: number, low: number, high: number): number {
  if (!(Number.isInteger(value) && value >= low && value <= high)) {
    throw new RangeError(`bars.${name}: ${value} is not an integer in ${low}..${high}`);
  }
  return value;
}
