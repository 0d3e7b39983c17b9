/** What the arbitrage engine may be told: each with its default and bounds. All of it stands in the epoch. */

export const ARBITRAGE_ENGINE = "arbitrage-engine.v1";

interface Bounds {
  readonly default: number;
  readonly low: number;
  readonly high: number;
}

export const ARBITRAGE_OPTIONS = {
  /** Gas of the transaction that makes both swaps, beside the swaps themselves, */
  gas_base: { default: 60_000, low: 0, high: 30_000_000 },
  /** and of a swap in a pool of each kind. */
  gas_v2: { default: 80_000, low: 0, high: 30_000_000 },
  gas_v3: { default: 110_000, low: 0, high: 30_000_000 },
  gas_algebra: { default: 180_000, low: 0, high: 30_000_000 },
  /** What is paid over the base fee, wei a gas. */
  usual_tip_wei: { default: 1_000_000_000, low: 0, high: Number.MAX_SAFE_INTEGER },
  /** Share of the gross profit that is taken for lost until inclusion, hundredths of a percent. */
  slippage_bps: { default: 1_000, low: 0, high: 10_000 },
  /** An opportunity that is not seen again for so long of fold time expires. */
  validity_ms: { default: 30_000, low: 1, high: 3_600_000 },
  /** Expired or taken, it stays in its channel for so long of fold time. */
  closed_for_ms: { default: 60_000, low: 0, high: 3_600_000 },
  /** Our own in ArbitrageSignals: a signal of source 20 with this strategy is our echo. */
  strategy_id: { default: 1, low: 0, high: 65_535 },
  /** In ArbitrageSignals: the worst price that an executor is to bear, hundredths of a percent. */
  slippage_tolerance_bps: { default: 50, low: 0, high: 10_000 },
} as const satisfies Record<string, Bounds>;

export type ArbitrageConfig = { readonly [Option in keyof typeof ARBITRAGE_OPTIONS]: number };
export type ArbitrageOptions = Partial<ArbitrageConfig>;

const NAMES = Object.keys(ARBITRAGE_OPTIONS) as (keyof ArbitrageConfig)[];

/** The options with defaults filled in. Throws RangeError naming one that is unknown or out of its bounds. */
export function readArbitrageOptions(options: ArbitrageOptions): ArbitrageConfig {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(ARBITRAGE_OPTIONS, name)) throw new RangeError(`arbitrage.${name}: no such option`);
  }
  return Object.fromEntries(
    NAMES.map((name) => {
      const { default: usual, low, high } = ARBITRAGE_OPTIONS[name];
      const value = options[name] ?? usual;
      if (!(Number.isInteger(value) && value >= low && value <= high)) {
        throw new RangeError(`arbitrage.${name}: ${value} is not an integer in ${low}..${high}`);
      }
      return [name, value];
    }),
  ) as ArbitrageConfig;
}
