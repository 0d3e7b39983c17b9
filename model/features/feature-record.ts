/** Rows of feature.main and feature.top as bytes. */
import type { FeatureEntity, FeatureTopEntity } from "../../protocol/stream/entities.ts";
import { toHex } from "../../protocol/tlv/fields.ts";
import type { Slab } from "../window/slab.ts";
import { CATEGORIES, type Category, FEATURE_ENGINE_VERSION } from "./rules.ts";

const SELECTOR_BYTES = 4;

/** Byte offsets: u64, 4 bytes as in the TLV, u16 (protocol's number), bytes. */
export const FEATURE = {
  chain_id: 0,
  selector: 8,
  protocol: 12,
  category: 14,
  mev: 15,
  urgency: 16,
  has_selector: 17,
} as const;
export const FEATURE_BYTES = 24;

/** Byte offsets: doubles, then the group's number (u32). */
export const TOP = { count: 0, rate: 8, mev_sum: 16, urgency_sum: 24, group: 32 } as const;
export const TOP_BYTES = 40;

/** A protocol and a category as one number. */
export function groupOf(protocol: number, category: number): number {
  return protocol * CATEGORIES.length + category;
}

/** The reverse, by name. */
export function namesOf(
  group: number,
  protocols: readonly string[],
): { protocol: string; category: Category } {
  const category = group % CATEGORIES.length;
  return {
    protocol: protocols[(group - category) / CATEGORIES.length] as string,
    category: CATEGORIES[category] as Category,
  };
}

/** Keys sorted. */
export function featureRow(
  records: Slab,
  slot: number,
  id: string,
  seq: number,
  protocols: readonly string[],
): FeatureEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const selector = at + FEATURE.selector;
  return {
    category: CATEGORIES[bytes[at + FEATURE.category] as number] as Category,
    chain_id: Number(data.getBigUint64(at + FEATURE.chain_id, true)),
    feature_engine_version: FEATURE_ENGINE_VERSION,
    hash: id,
    id,
    method_selector:
      bytes[at + FEATURE.has_selector] === 1 ? toHex(bytes, selector, selector + SELECTOR_BYTES) : null,
    mev_score: bytes[at + FEATURE.mev] as number,
    protocol: protocols[data.getUint16(at + FEATURE.protocol, true)] as string,
    seq,
    urgency_score: bytes[at + FEATURE.urgency] as number,
  };
}

/** Keys sorted. */
export function topRow(
  records: Slab,
  slot: number,
  id: string,
  seq: number,
  protocols: readonly string[],
): FeatureTopEntity {
  const group = records.data.getUint32(records.at(slot) + TOP.group, true);
  const { protocol, category } = namesOf(group, protocols);
  const count = records.getNumber(slot, TOP.count);
  return {
    category,
    count,
    id,
    mean_mev_score: records.getNumber(slot, TOP.mev_sum) / count,
    mean_urgency_score: records.getNumber(slot, TOP.urgency_sum) / count,
    protocol,
    rate_per_min: records.getNumber(slot, TOP.rate),
    seq,
  };
}
