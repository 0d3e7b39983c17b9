import type { BarEntity } from "../../../protocol/stream/entities.ts";
import type { Fields } from "../../drawer/fields.ts";

export const fields = {
  start_unix_ms: { label: "Start", kind: "time" },
  end_unix_ms: { label: "End", kind: "time" },
  open: { label: "Open", kind: "price" },
  high: { label: "High", kind: "price" },
  low: { label: "Low", kind: "price" },
  close: { label: "Close", kind: "price" },
  volume: { label: "Volume", kind: "count" },
  vwap: { label: "VWAP", kind: "price" },
  trades: { label: "Trades", kind: "count" },
  late_trades: { label: "Late trades", kind: "count" },
  final: { label: "Final", kind: "flag" },
} satisfies Fields<BarEntity>;
