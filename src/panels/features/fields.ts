import type { FeatureEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  hash: { label: "Hash", kind: "hash" },
  protocol: { label: "Protocol", kind: "text" },
  category: { label: "Category", kind: "text" },
  mev_score: { label: "MEV score", kind: "count" },
  urgency_score: { label: "Urgency score", kind: "count" },
  method_selector: { label: "Method", kind: "hash" },
  chain_id: { label: "Chain", kind: "chain" },
  feature_engine_version: { label: "Rules", kind: "text" },
} satisfies Fields<FeatureEntity>;
