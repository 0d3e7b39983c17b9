/** What the feature engine may be told, with its default and bounds. Stands in the epoch. */

export const FEATURE_OPTIONS = {
  /** Points of mev that a transaction of another chain than Ethereum mainnet loses. */
  mev_off_mainnet: { default: 15, low: 0, high: 100 },
} as const;

export interface FeatureConfig {
  readonly mev_off_mainnet: number;
}
export type FeatureOptions = Partial<FeatureConfig>;

/** The options with defaults filled in. Throws RangeError naming one that is out of its bounds. */
export function readFeatureOptions(options: FeatureOptions): FeatureConfig {
  const { default: usual, low, high } = FEATURE_OPTIONS.mev_off_mainnet;
  const value = options.mev_off_mainnet ?? usual;
  if (!(Number.isInteger(value) && value >= low && value <= high)) {
    throw new RangeError(`features.mev_off_mainnet: ${value} is not an integer in ${low}..${high}`);
  }
  return { mev_off_mainnet: value };
}
