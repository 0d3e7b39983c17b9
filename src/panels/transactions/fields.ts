import type { TxEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  hash: { label: "Hash", kind: "hash" },
  status: { label: "Status", kind: "text" },
  block_number: { label: "Block", kind: "count" },
  seen_unix_ms: { label: "First seen", kind: "time" },
  sender: { label: "From", kind: "hash" },
  to: { label: "To", kind: "hash" },
  nonce: { label: "Nonce", kind: "count" },
  value_wei: { label: "Value", kind: "ether" },
  protocol: { label: "Protocol", kind: "text" },
  category: { label: "Category", kind: "text" },
  method_selector: { label: "Method", kind: "hash" },
  calldata_bytes: { label: "Calldata bytes", kind: "count" },
  tx_type: { label: "Type", kind: "count" },
  gas_limit: { label: "Gas limit", kind: "count" },
  gas_price_wei: { label: "Gas price", kind: "wei" },
  max_fee_per_gas_wei: { label: "Max fee per gas", kind: "wei" },
  max_priority_fee_per_gas_wei: { label: "Max priority fee", kind: "wei" },
  chain_id: { label: "Chain", kind: "chain" },
  source_id: { label: "First source", kind: "count" },
} satisfies Fields<TxEntity>;
