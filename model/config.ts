/** What a model is told, its defaults and bounds, and the epoch that follows from them. */

import type { ChainSection } from "../protocol/chain-section.ts";
import { CHANNEL_NAMES, CHANNELS, type MainChannel } from "../protocol/stream/channels.ts";
import { Digest } from "../protocol/stream/digest.ts";
import { type ArbitrageConfig, type ArbitrageOptions, readArbitrageOptions } from "./arbitrage/options.ts";
import { type BarConfig, type BarOptions, readBarOptions } from "./bars/options.ts";
import { type FeatureConfig, type FeatureOptions, readFeatureOptions } from "./features/options.ts";
import { MODEL_LIMITS } from "./limits.ts";
import { sectionsWith } from "./registry/sections.ts";

/** Raised by every change of the fold that gives the same log another state or other seqs. */
export const FOLD_VERSION = 2;

export interface ModelOptions {
  /** Names the log that is folded. Stands in the epoch. */
  log_id: string;
  /** Rows a channel; default as in `protocol/stream/channels.ts`. */
  caps?: Partial<Record<MainChannel, number>>;
  /** The log's ring, bytes. Default 32 MiB. */
  log_bytes?: number;
  /** Everything that the model holds, counted by rule. Default 256 MiB. */
  byte_budget_bytes?: number;
  /** Chains beside those of the built-in registry, or in place of them. Stand in the epoch. */
  chains?: readonly ChainSection[];
  /** What scores are told; defaults and bounds in `features/options.ts`. Stand in the epoch. */
  features?: FeatureOptions;
  /** Costs, validity and strategy of opportunities; defaults and bounds in `arbitrage/options.ts`. Stand in the epoch. */
  arbitrage?: ArbitrageOptions;
  /** Lateness and caps of bars; defaults and bounds in `bars/options.ts`. Stand in the epoch. */
  bars?: BarOptions;
  /** Where keys lie in the hash tables: give a random number where input is hostile. No effect on what is folded. */
  hash_seed?: number;
}

export interface ModelConfig {
  readonly log_id: string;
  readonly caps: Readonly<Record<MainChannel, number>>;
  readonly log_bytes: number;
  readonly byte_budget_bytes: number;
  readonly chains: readonly ChainSection[];
  readonly features: FeatureConfig;
  readonly arbitrage: ArbitrageConfig;
  readonly bars: BarConfig;
}

/** The options with defaults filled in. Throws RangeError naming an option out of its bounds. */
export function readOptions(options: ModelOptions): ModelConfig {
  const caps = Object.fromEntries(
    CHANNEL_NAMES.map((name) => [
      name,
      inRange(`caps["${name}"]`, options.caps?.[name] ?? CHANNELS[name].cap, 1, MODEL_LIMITS.max_cap_count),
    ]),
  ) as Record<MainChannel, number>;
  const logBytes = inRange(
    "log_bytes",
    options.log_bytes ?? MODEL_LIMITS.log_bytes,
    MODEL_LIMITS.min_log_bytes,
    MODEL_LIMITS.max_log_bytes,
  );
  return {
    log_id: options.log_id,
    caps,
    log_bytes: logBytes - (logBytes % 4),
    byte_budget_bytes: inRange(
      "byte_budget_bytes",
      options.byte_budget_bytes ?? MODEL_LIMITS.byte_budget_bytes,
      1,
      Number.MAX_SAFE_INTEGER,
    ),
    chains: sectionsWith(options.chains ?? []),
    features: readFeatureOptions(options.features ?? {}),
    arbitrage: readArbitrageOptions(options.arbitrage ?? {}),
    bars: readBarOptions(options.bars ?? {}),
  };
}

/** Seqs of equal epochs may be compared: one log, one fold, one configuration. */
export function epochOf(config: ModelConfig): string {
  const hash = new Digest();
  hash.add(
    JSON.stringify([
      FOLD_VERSION,
      config.caps,
      config.log_bytes,
      config.byte_budget_bytes,
      config.chains,
      config.features,
      config.arbitrage,
      config.bars,
    ]),
    0,
  );
  return `e-${config.log_id}-${hash.toString().slice(0, 8)}`;
}

function inRange(name: string, value: number, low: number, high: number): number {
  if (!(Number.isInteger(value) && value >= low && value <= high)) {
    throw new RangeError(`${name}: ${value} is not an integer in ${low}..${high}`);
  }
  return value;
}
