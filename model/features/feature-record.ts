/** Rows of feature.main and feature.top as bytes. */
import { FeatureEntity, type FeatureTopEntity } from "../../protocol/stream/entities.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import { u64AsNumber } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { CATEGORIES, type Category, FEATURE_ENGINE_VERSION } from "./rules.ts";

const SELECTOR_BYTES = 4;
const NAME = fieldNames(FeatureEntity);

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

export function writeFeature(
  row: JsonWriter,
  records: Slab,
  slot: number,
  hash: JsonWriter,
  seq: number,
  protocols: readonly string[],
): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const hasSelector = bytes[at + FEATURE.has_selector] === 1;
  row.field(NAME.category).text(CATEGORIES[bytes[at + FEATURE.category] as number] as Category);
  row.field(NAME.chain_id).number(u64AsNumber(data, at + FEATURE.chain_id));
  row.field(NAME.feature_engine_version).text(FEATURE_ENGINE_VERSION);
  row.field(NAME.hash).quoted(hash);
  row.field(NAME.id).quoted(hash);
  row
    .field(NAME.method_selector)
    .when(hasSelector)
    ?.hex(bytes, at + FEATURE.selector, SELECTOR_BYTES);
  row.field(NAME.mev_score).number(bytes[at + FEATURE.mev] as number);
  row.field(NAME.protocol).text(protocols[data.getUint16(at + FEATURE.protocol, true)] as string);
  row.field(NAME.seq).number(seq);
  row.field(NAME.urgency_score).number(bytes[at + FEATURE.urgency] as number);
  row.end();
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
