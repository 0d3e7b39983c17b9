import type { ChainEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  head_block: { label: "Head block", kind: "count" },
  head_hash: { label: "Head hash", kind: "hash" },
  block_unix_ms: { label: "Block time", kind: "time" },
  block_time_ms: { label: "Block every", kind: "duration" },
  base_fee_wei: { label: "Base fee", kind: "wei" },
  gas_price_wei: { label: "Gas price", kind: "wei" },
  gas_used_ratio: { label: "Gas used, ratio", kind: "ratio" },
  tx_per_s: { label: "Transactions", kind: "rate" },
  swaps_per_s: { label: "Swaps", kind: "rate" },
  reorgs: { label: "Reorgs", kind: "count" },
  last_reorg_depth: { label: "Last reorg, blocks", kind: "count" },
  collector_state: { label: "Collector", kind: "text" },
  collector_id: { label: "Collector id", kind: "hash" },
  last_event_unix_ms: { label: "Last event", kind: "time" },
} satisfies Fields<ChainEntity>;
