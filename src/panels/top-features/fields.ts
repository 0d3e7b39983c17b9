import type { FeatureTopEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  protocol: { label: "Protocol", kind: "text" },
  category: { label: "Category", kind: "text" },
  count: { label: "Count", kind: "count" },
  rate_per_min: { label: "Per minute", kind: "count" },
  mean_mev_score: { label: "Mean MEV score", kind: "ratio" },
  mean_urgency_score: { label: "Mean urgency score", kind: "ratio" },
} satisfies Fields<FeatureTopEntity>;
