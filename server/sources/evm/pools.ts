/** What a pool is, and who knows it. Only an address that a `PoolBook` holds is a pool; topics alone prove nothing. */
import type { PoolKindName } from "../../../protocol/tlv/registry.ts";

export interface Token {
  readonly address: string;
  /** DECIMALS_UNKNOWN where nobody could read them. */
  readonly decimals: number;
  /** At most 32 and 64 bytes of UTF-8; empty where unknown. */
  readonly symbol: string;
  readonly name: string;
  readonly stable: boolean;
}

export interface Pool {
  readonly address: string;
  readonly kind: PoolKindName;
  readonly venue: number;
  readonly token0: Token;
  readonly token1: Token;
  /** Hundredths of a bip; 0 where unknown. An Algebra pool changes it. */
  fee: number;
  /** 0 where there is none or it is unknown. */
  readonly tick_spacing: number;
}

/** A pool's state at the end of a block, raw units. Of V3 and Algebra the reserves are its balances, both 0 = unknown. */
export interface PoolSnapshot {
  readonly reserve0: bigint;
  readonly reserve1: bigint;
  readonly sqrt_price_x96: bigint;
  readonly liquidity: bigint;
  readonly tick: number;
}

export interface PoolBook {
  /** Those of the addresses that are pools. May ask a node; an answer holds for a while, in a bounded cache. */
  find(addresses: readonly string[]): Promise<ReadonlyMap<string, Pool>>;
}
