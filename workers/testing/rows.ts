/** Whole entities with little in them, for tests that mind one field. */
import type {
  ChainEntity,
  PoolEventEntity,
  PoolStateEntity,
  TxEntity,
} from "../../protocol/stream/entities.ts";

export const HASH = `0x${"ab".repeat(32)}`;
export const ADDRESS = `0x${"12".repeat(18)}cdef`;

export function tx(change: Partial<TxEntity> = {}): TxEntity {
  const id = change.id ?? HASH;
  return {
    id,
    seq: 1,
    hash: id,
    chain_id: 137,
    sender: ADDRESS,
    to: null,
    nonce: "7",
    tx_type: 2,
    value_wei: "1500000000000000000",
    gas_limit: "210000",
    gas_price_wei: null,
    max_fee_per_gas_wei: "32500000000",
    max_priority_fee_per_gas_wei: null,
    method_selector: null,
    calldata_bytes: 0,
    status: "pending",
    block_number: null,
    protocol: null,
    category: null,
    seen_unix_ms: 1_700_000_000_123,
    source_id: 1,
    ...change,
  };
}

export function poolEvent(change: Partial<PoolEventEntity> = {}): PoolEventEntity {
  return {
    id: "137:0x1:2",
    seq: 1,
    kind: "swap",
    chain_id: 137,
    pool: ADDRESS,
    venue: "uniswap-v3",
    pair: "WMATIC/USDC",
    token_in: ADDRESS,
    token_out: ADDRESS,
    symbol_in: "WMATIC",
    symbol_out: "USDC",
    symbol0: null,
    symbol1: null,
    amount_in: { raw: "1234567890123456789", decimals: 18, text: "1.234567890123456789" },
    amount_out: { raw: "987654", decimals: 6, text: "0.987654" },
    amount0: null,
    amount1: null,
    price: 0.8,
    value_usd: null,
    tick_after: null,
    liquidity_after: null,
    sqrt_price_x96_after: null,
    block_number: "100",
    tx_hash: HASH,
    log_index: 2,
    status: "seen",
    seen_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

export function pool(change: Partial<PoolStateEntity> = {}): PoolStateEntity {
  return {
    id: ADDRESS,
    seq: 1,
    chain_id: 137,
    venue: "uniswap-v3",
    kind: "v3",
    token0: ADDRESS,
    token1: ADDRESS,
    symbol0: "WMATIC",
    symbol1: "USDC",
    pair: "WMATIC/USDC",
    fee: 3000,
    reserve0: null,
    reserve1: null,
    sqrt_price_x96: null,
    liquidity: "123456789012345678901234567890",
    tick: -276_325,
    price: 1.5e-7,
    price_usd: null,
    tvl_usd: null,
    swaps: 12_345,
    volume_usd: null,
    last_seen_unix_ms: 1_700_000_000_123,
    ...change,
  };
}

export function chain(change: Partial<ChainEntity> = {}): ChainEntity {
  return {
    id: "137",
    seq: 1,
    head_block: "20181364",
    head_hash: HASH,
    block_unix_ms: 1_700_000_000_000,
    base_fee_wei: "31400000001",
    gas_used_ratio: 0.4731,
    tx_per_s: 12.34,
    swaps_per_s: 0,
    reorgs: 0,
    collector_state: "connected",
    collector_id: null,
    last_event_unix_ms: 1_700_000_000_123,
    ...change,
  };
}
