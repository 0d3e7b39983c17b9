import type { PoolStateEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  pair: { label: "Pair", kind: "text" },
  venue: { label: "Venue", kind: "text" },
  kind: { label: "Kind", kind: "text" },
  fee: { label: "Fee", kind: "fee" },
  price: { label: "Price", kind: "price" },
  price_usd: { label: "Price in dollars", kind: "usd" },
  tvl_usd: { label: "Value locked", kind: "usd" },
  volume_usd: { label: "Volume", kind: "usd" },
  swaps: { label: "Swaps", kind: "count" },
  last_seen_unix_ms: { label: "Last seen", kind: "time" },
  symbol0: { label: "Token 0", kind: "text" },
  reserve0: { label: "Reserve 0", kind: "amount" },
  token0: { label: "Address 0", kind: "hash" },
  symbol1: { label: "Token 1", kind: "text" },
  reserve1: { label: "Reserve 1", kind: "amount" },
  token1: { label: "Address 1", kind: "hash" },
  tick: { label: "Tick", kind: "count" },
  liquidity: { label: "Liquidity", kind: "count" },
  sqrt_price_x96: { label: "√price × 2⁹⁶", kind: "count" },
  chain_id: { label: "Chain", kind: "chain" },
} satisfies Fields<PoolStateEntity>;
