/** A transaction as bytes: its TLV value as it last came, what the fold adds, and its life so far. */
import type { TxEntity } from "../../protocol/stream/entities.ts";
import { toHex } from "../../protocol/tlv/fields.ts";
import { OFFSET, SIZE } from "../../protocol/tlv/layout.ts";
import { TX_FLAG } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FeatureEngine } from "../features/engine.ts";
import { CATEGORIES } from "../features/rules.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { address, u64, u128, u256 } from "../read.ts";
import type { Slab } from "../window/slab.ts";

/** The row's statuses: those of the wire (`TX_STATUS`), by the same numbers, and `reorged`. */
export const TX = { pending: 0, included: 1, reverted: 2, replaced: 3, dropped: 4, reorged: 5 } as const;
export type TxStatus = keyof typeof TX;
export const STATUS_NAMES = Object.keys(TX) as readonly TxStatus[];

const VALUE_BYTES = Math.ceil(SIZE.Transaction / 8) * 8;
const SELECTOR_BYTES = 4;
/** Byte offsets after the TLV's value; doubles where not said otherwise. */
export const ROW = {
  /** When its first message was folded, and that message's source (byte). */
  seen: VALUE_BYTES,
  source: VALUE_BYTES + 33,
  /** When it last became pending. */
  pending_since: VALUE_BYTES + 8,
  /** Number in the log of its last message. */
  number: VALUE_BYTES + 16,
  /** Seq of its row when that was evicted. */
  seq: VALUE_BYTES + 24,
  /** Bytes. */
  status: VALUE_BYTES + 32,
  steps: VALUE_BYTES + 34,
  life: VALUE_BYTES + 40,
} as const;

/** When (double), block (u64), status (byte), whether there is a block (byte). */
const STEP_BYTES = 24;
const STEP = { unix_ms: 0, block: 8, status: 16, has_block: 17 } as const;

export const TX_RECORD_BYTES = ROW.life + MODEL_LIMITS.life_steps_count * STEP_BYTES;

const AT = OFFSET.Transaction;

/** Bytes of a record that say something: all up to the last step of its life. */
export function usedBytes(records: Slab, slot: number): number {
  return ROW.life + records.getByte(slot, ROW.steps) * STEP_BYTES;
}

export interface LifeStep {
  status: TxStatus;
  unix_ms: number;
  block_number: string | null;
}

export function statusOf(records: Slab, slot: number): number {
  return records.getByte(slot, ROW.status);
}

/** Is the row's status one that has a block? */
export function isInBlock(status: number): boolean {
  return status === TX.included || status === TX.reverted;
}

export function hasFlag(records: Slab, slot: number, flag: number): boolean {
  return (records.getByte(slot, AT.flags) & flag) !== 0;
}

/** Gives the record a status and writes it down as a step of its life. */
export function setStatus(records: Slab, slot: number, status: number, clock: Clock): void {
  const at = records.at(slot);
  records.setByte(slot, ROW.status, status);
  let step = records.getByte(slot, ROW.steps);
  if (step === MODEL_LIMITS.life_steps_count) {
    const second = at + ROW.life + STEP_BYTES;
    records.bytes.copyWithin(
      second,
      second + STEP_BYTES,
      at + ROW.life + MODEL_LIMITS.life_steps_count * STEP_BYTES,
    );
    step--;
  }
  records.setByte(slot, ROW.steps, step + 1);
  const offset = ROW.life + step * STEP_BYTES;
  records.setNumber(slot, offset + STEP.unix_ms, clock.now);
  records.takeRecord(slot, offset + STEP.block, records, slot, AT.block_number, 8);
  records.setByte(slot, offset + STEP.status, status);
  records.setByte(
    slot,
    offset + STEP.has_block,
    isInBlock(status) && hasFlag(records, slot, TX_FLAG.block_number) ? 1 : 0,
  );
}

/** Steps of the life, oldest first. */
export function lifeOf(records: Slab, slot: number): LifeStep[] {
  return Array.from({ length: records.getByte(slot, ROW.steps) }, (_, step) => {
    const offset = ROW.life + step * STEP_BYTES;
    return {
      status: STATUS_NAMES[records.getByte(slot, offset + STEP.status)] as TxStatus,
      unix_ms: records.getNumber(slot, offset + STEP.unix_ms),
      block_number:
        records.getByte(slot, offset + STEP.has_block) === 1
          ? records.data.getBigUint64(records.at(slot) + offset + STEP.block, true).toString()
          : null,
    };
  });
}

/** The row of tx.main, with what `engine` makes of the transaction. Keys sorted. */
export function txRow(records: Slab, slot: number, id: string, seq: number, engine: FeatureEngine): TxEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const flags = bytes[at + AT.flags] as number;
  const status = statusOf(records, slot);
  const calldataBytes = data.getUint32(at + AT.calldata_length, true);
  engine.classify(data, at);
  return {
    block_number:
      isInBlock(status) && flags & TX_FLAG.block_number ? u64(data, at + AT.block_number).toString() : null,
    calldata_bytes: calldataBytes,
    category: CATEGORIES[engine.category] as string,
    chain_id: Number(data.getBigUint64(at + AT.chain_id, true)),
    gas_limit: u64(data, at + AT.gas_limit).toString(),
    gas_price_wei: flags & TX_FLAG.gas_price ? u128(data, at + AT.gas_price).toString() : null,
    hash: id,
    id,
    max_fee_per_gas_wei: flags & TX_FLAG.max_fee ? u128(data, at + AT.max_fee_per_gas).toString() : null,
    max_priority_fee_per_gas_wei:
      flags & TX_FLAG.max_fee ? u128(data, at + AT.max_priority_fee_per_gas).toString() : null,
    method_selector:
      calldataBytes < SELECTOR_BYTES
        ? null
        : toHex(bytes, at + AT.method_selector, at + AT.method_selector + SELECTOR_BYTES),
    nonce: u64(data, at + AT.nonce).toString(),
    protocol: engine.protocols[engine.protocol] as string,
    seen_unix_ms: records.getNumber(slot, ROW.seen),
    sender: address(bytes, at + AT.sender),
    seq,
    source_id: records.getByte(slot, ROW.source),
    status: STATUS_NAMES[status] as TxStatus,
    to: flags & TX_FLAG.to ? address(bytes, at + AT.to) : null,
    tx_type: bytes[at + AT.tx_type] as number,
    value_wei: u256(data, at + AT.value).toString(),
  };
}

/** Does the first record's transaction outbid the second's: a higher fee, or at equal fee a higher tip? */
export function outbids(records: Slab, a: number, b: number): boolean {
  const fee = compareU128(records, a, feeOffset(records, a), b, feeOffset(records, b));
  if (fee !== 0) return fee > 0;
  return compareU128(records, a, AT.max_priority_fee_per_gas, b, AT.max_priority_fee_per_gas) > 0;
}

function feeOffset(records: Slab, slot: number): number {
  return hasFlag(records, slot, TX_FLAG.max_fee) ? AT.max_fee_per_gas : AT.gas_price;
}

function compareU128(records: Slab, a: number, offsetA: number, b: number, offsetB: number): number {
  const wordA = (records.at(a) + offsetA) >>> 2;
  const wordB = (records.at(b) + offsetB) >>> 2;
  for (let digit = 3; digit >= 0; digit--) {
    const difference = (records.words[wordA + digit] as number) - (records.words[wordB + digit] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
