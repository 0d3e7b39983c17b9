/** What a source does at the most, and how long it waits; each may be set for a chain. */
import { FOLLOW_LIMITS } from "./follower.ts";
import { RPC_LIMITS } from "./rpc/rpc.ts";

export const SOURCE_LIMITS = {
  /** Times that a request is sent which gets no answer in time or meets a rate limit. */
  request_attempts_count: 4,
  /** Wait after a first failure; doubled with each one more in a row, half of it at random. */
  backoff_first_ms: 250,
  /** Longest such wait. */
  backoff_most_ms: 15_000,
  /** Failures in a row after which an endpoint is left alone for `breaker_open_ms`. */
  breaker_failures_count: 6,
  /** How long it is left alone; half of this at the least, the rest at random. */
  breaker_open_ms: 30_000,
  /** A connection that was of use for so long ends a row of failures. */
  healthy_ms: 30_000,
  /** Expected block times without a head that are silence. */
  silent_blocks_count: 3,
  /** Silence is no shorter, however fast the chain. */
  silent_least_ms: 5_000,
  /** Silences in a row, with nothing newer at the node, after which another endpoint is tried. */
  silences_count: 3,
} as const;

/** All that may be set for a chain, as it usually is. */
export const usualLimits = { ...RPC_LIMITS, ...FOLLOW_LIMITS, ...SOURCE_LIMITS };

export type EvmLimits = { readonly [K in keyof typeof usualLimits]: number };

/** The usual limits with those given in their place. Throws RangeError naming one that is no positive integer. */
export function readLimits(given: Partial<EvmLimits>): EvmLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new RangeError(`${name}: ${value} is not a positive integer`);
  }
  return { ...usualLimits, ...given };
}
