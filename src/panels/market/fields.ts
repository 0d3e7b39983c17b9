import type { MarketEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  symbol: { label: "Symbol", kind: "hash" },
  title: { label: "Title", kind: "text" },
  kind: { label: "Kind", kind: "text" },
  chain_id: { label: "Chain", kind: "chain" },
  close: { label: "Last", kind: "price" },
  change: { label: "Change", kind: "price" },
  change_ratio: { label: "Change, ratio", kind: "ratio" },
  session_open: { label: "Session open", kind: "price" },
  last_trade_unix_ms: { label: "Last trade", kind: "time" },
  interval: { label: "Newest bar of", kind: "text" },
  start_unix_ms: { label: "Its start", kind: "time" },
  open: { label: "Its open", kind: "price" },
  high: { label: "Its high", kind: "price" },
  low: { label: "Its low", kind: "price" },
  volume: { label: "Its volume", kind: "count" },
  vwap: { label: "Its VWAP", kind: "price" },
  trades: { label: "Its trades", kind: "count" },
  final: { label: "It is final", kind: "flag" },
} satisfies Fields<MarketEntity>;
