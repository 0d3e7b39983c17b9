/** A chain's row in chain.main as bytes. */
import type { ChainEntity } from "../../protocol/stream/entities.ts";
import { readField } from "../../protocol/tlv/fields.ts";
import { COLLECTOR_STATE, type CollectorStateName } from "../../protocol/tlv/registry.ts";
import { cleanSymbol } from "../dex/symbol.ts";
import { hash, u64, u128 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { RATE_SECONDS } from "./rates.ts";

/** Byte offsets; widths as in ChainHead and CollectorStatus, what they do not have doubles. */
export const CHAIN = {
  base_fee: 0,
  head_block: 16,
  block_unix_s: 24,
  gas_used: 32,
  gas_limit: 40,
  last_event: 48,
  txs: 56,
  swaps: 64,
  reorgs: 72,
  head_hash: 80,
  collector_id: 112,
  /** As the collector said, and as it is shown: `silent` may stand for it. */
  told_state: 144,
  state: 145,
  has: 146,
  block_ms: 152,
  reorg_depth: 160,
  tip_gwei: 168,
} as const;
export const CHAIN_BYTES = 176;

/** Bits of `has`. */
export const CHAIN_HAS = { head: 1, base_fee: 2, collector: 4, tip: 8 } as const;
/** A state byte for "no collector said anything". */
export const NO_STATE = 255;

const STATE_NAME = new Map<number, CollectorStateName>(
  Object.entries(COLLECTOR_STATE).map(([name, state]) => [state, name as CollectorStateName]),
);

export const WEI_PER_GWEI = 1_000_000_000n;

/** Keys sorted. */
export function chainRow(records: Slab, slot: number, id: string, seq: number): ChainEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const has = bytes[at + CHAIN.has] as number;
  const hasHead = (has & CHAIN_HAS.head) !== 0;
  const baseFee = has & CHAIN_HAS.base_fee ? u128(data, at + CHAIN.base_fee) : null;
  const tip = has & CHAIN_HAS.tip ? BigInt(records.getNumber(slot, CHAIN.tip_gwei)) * WEI_PER_GWEI : null;
  const reorgs = records.getNumber(slot, CHAIN.reorgs);
  const gasLimit = Number(u64(data, at + CHAIN.gas_limit));
  return {
    base_fee_wei: baseFee?.toString() ?? null,
    block_time_ms: records.getNumber(slot, CHAIN.block_ms),
    block_unix_ms: hasHead ? Number(u64(data, at + CHAIN.block_unix_s)) * 1000 : null,
    collector_id:
      has & CHAIN_HAS.collector
        ? cleanSymbol(readField("text32", bytes, data, at + CHAIN.collector_id) as string)
        : null,
    collector_state: STATE_NAME.get(bytes[at + CHAIN.state] as number) ?? null,
    gas_price_wei: baseFee === null && tip === null ? null : ((baseFee ?? 0n) + (tip ?? 0n)).toString(),
    gas_used_ratio: hasHead && gasLimit > 0 ? Number(u64(data, at + CHAIN.gas_used)) / gasLimit : null,
    head_block: hasHead ? u64(data, at + CHAIN.head_block).toString() : null,
    head_hash: hasHead ? hash(bytes, at + CHAIN.head_hash) : null,
    id,
    last_event_unix_ms: records.getNumber(slot, CHAIN.last_event),
    last_reorg_depth: reorgs === 0 ? null : records.getNumber(slot, CHAIN.reorg_depth),
    reorgs,
    seq,
    swaps_per_s: records.getNumber(slot, CHAIN.swaps) / RATE_SECONDS,
    tx_per_s: records.getNumber(slot, CHAIN.txs) / RATE_SECONDS,
  };
}
