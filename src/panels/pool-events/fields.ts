import type { PoolEventEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  kind: { label: "Kind", kind: "text" },
  venue: { label: "Venue", kind: "text" },
  pair: { label: "Pair", kind: "text" },
  symbol_in: { label: "In", kind: "text" },
  amount_in: { label: "Amount in", kind: "amount" },
  symbol_out: { label: "Out", kind: "text" },
  amount_out: { label: "Amount out", kind: "amount" },
  amount0: { label: "Amount 0", kind: "amount" },
  amount1: { label: "Amount 1", kind: "amount" },
  price: { label: "Price", kind: "price" },
  value_usd: { label: "Value", kind: "usd" },
  seen_unix_ms: { label: "Seen", kind: "time" },
  status: { label: "Status", kind: "text" },
  chain_id: { label: "Chain", kind: "count" },
  block_number: { label: "Block", kind: "count" },
  log_index: { label: "Log index", kind: "count" },
  tx_hash: { label: "Transaction", kind: "hash" },
  pool: { label: "Pool", kind: "hash" },
  token_in: { label: "Token in", kind: "hash" },
  token_out: { label: "Token out", kind: "hash" },
  tick_after: { label: "Tick after", kind: "count" },
  liquidity_after: { label: "Liquidity after", kind: "count" },
  sqrt_price_x96_after: { label: "√price × 2⁹⁶ after", kind: "count" },
} satisfies Fields<PoolEventEntity>;
