/**
 * One direction of one pool as a function on integers: what goes in, what comes out, to the unit as its contract has it.
 * Both functions are steps that never fall, so the least input for an output is well defined.
 */
export interface Curve {
  /** Inputs from 0 to here are exact: beyond, the contract refuses, or leaves the current tick range. */
  readonly maxIn: bigint;
  /** What an input of at most `maxIn` brings. */
  out(amountIn: bigint): bigint;
  /** The least input that brings at least `amountOut` (more than 0); -1 where none up to `maxIn` does. */
  leastIn(amountOut: bigint): bigint;
  /** Reserves of the constant product that it rounds, times 2^64: exact for V2, virtual ones inside a tick range. */
  readonly reserveInX64: bigint;
  readonly reserveOutX64: bigint;
  /** Hundredths of a bip. */
  readonly fee: bigint;
}

/** A fee of everything, in hundredths of a bip. */
export const WHOLE = 1_000_000n;
