/** Columns of feature.main and feature.top. */
import type { FeatureEntity, FeatureTopEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import { type Column, count, float, hex, steady, words } from "./columns.ts";
import { method, methodName } from "./methods.ts";

export const FEATURES: Record<ColumnsOf["feature.main"], Column<FeatureEntity>> = {
  protocol: words((feature) => feature.protocol),
  category: words((feature) => feature.category),
  mev_score: count((feature) => feature.mev_score),
  urgency_score: count((feature) => feature.urgency_score),
  method: method((feature) => feature.method_selector),
  hash: hex((feature) => feature.hash),
  chain: chain((feature) => feature.chain_id),
  version: words((feature) => feature.feature_engine_version),
};

export const TOP_FEATURES: Record<ColumnsOf["feature.top"], Column<FeatureTopEntity>> = {
  protocol: steady(words((top) => top.protocol)),
  category: steady(words((top) => top.category)),
  count: steady(count((top) => top.count)),
  rate: steady(count((top) => top.rate_per_min)),
  mean_mev: steady(float((top) => top.mean_mev_score, 1)),
  mean_urgency: steady(float((top) => top.mean_urgency_score, 1)),
};

/** What the filter searches. */
export function featureTexts(feature: FeatureEntity): (string | null)[] {
  const { protocol, category, hash, method_selector, chain_id } = feature;
  return [protocol, category, hash, method_selector, methodName(method_selector), chainName(chain_id)];
}

/** What the filter searches. */
export function topFeatureTexts({ protocol, category }: FeatureTopEntity): (string | null)[] {
  return [protocol, category];
}
