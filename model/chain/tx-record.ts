/** A transaction as bytes: its TLV value as it last came, what the fold adds, and its life so far. */
import { TxEntity } from "../../protocol/stream/entities.ts";
import { OFFSET, SIZE } from "../../protocol/tlv/layout.ts";
import { TX_FLAG } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FeatureEngine } from "../features/engine.ts";
import { CATEGORIES } from "../features/rules.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { ADDRESS_BYTES, U64_WORDS, U128_WORDS, U256_WORDS, u64AsNumber } from "../read.ts";
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

const NAME = fieldNames(TxEntity);

/** The row of tx.main, with what `engine` makes of the transaction. */
export function writeTx(
  row: JsonWriter,
  records: Slab,
  slot: number,
  hash: JsonWriter,
  seq: number,
  engine: FeatureEngine,
): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const flags = bytes[at + AT.flags] as number;
  const status = statusOf(records, slot);
  const hasBlock = isInBlock(status) && (flags & TX_FLAG.block_number) !== 0;
  const hasMaxFee = (flags & TX_FLAG.max_fee) !== 0;
  const calldataBytes = data.getUint32(at + AT.calldata_length, true);
  engine.classify(data, at);
  row
    .field(NAME.block_number)
    .when(hasBlock)
    ?.decimal(data, at + AT.block_number, U64_WORDS);
  row.field(NAME.calldata_bytes).number(calldataBytes);
  row.field(NAME.category).text(CATEGORIES[engine.category] as string);
  row.field(NAME.chain_id).number(u64AsNumber(data, at + AT.chain_id));
  row.field(NAME.gas_limit).decimal(data, at + AT.gas_limit, U64_WORDS);
  row
    .field(NAME.gas_price_wei)
    .when((flags & TX_FLAG.gas_price) !== 0)
    ?.decimal(data, at + AT.gas_price, U128_WORDS);
  row.field(NAME.hash).quoted(hash);
  row.field(NAME.id).quoted(hash);
  row
    .field(NAME.max_fee_per_gas_wei)
    .when(hasMaxFee)
    ?.decimal(data, at + AT.max_fee_per_gas, U128_WORDS);
  row
    .field(NAME.max_priority_fee_per_gas_wei)
    .when(hasMaxFee)
    ?.decimal(data, at + AT.max_priority_fee_per_gas, U128_WORDS);
  row
    .field(NAME.method_selector)
    .when(calldataBytes >= SELECTOR_BYTES)
    ?.hex(bytes, at + AT.method_selector, SELECTOR_BYTES);
  row.field(NAME.nonce).decimal(data, at + AT.nonce, U64_WORDS);
  row.field(NAME.protocol).text(engine.protocols[engine.protocol] as string);
  row.field(NAME.seen_unix_ms).number(records.getNumber(slot, ROW.seen));
  row.field(NAME.sender).hex(bytes, at + AT.sender, ADDRESS_BYTES);
  row.field(NAME.seq).number(seq);
  row.field(NAME.source_id).number(records.getByte(slot, ROW.source));
  row.field(NAME.status).text(STATUS_NAMES[status] as TxStatus);
  row
    .field(NAME.to)
    .when((flags & TX_FLAG.to) !== 0)
    ?.hex(bytes, at + AT.to, ADDRESS_BYTES);
  row.field(NAME.tx_type).number(bytes[at + AT.tx_type] as number);
  row.field(NAME.value_wei).decimal(data, at + AT.value, U256_WORDS);
  row.end();
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
