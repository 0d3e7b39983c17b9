/** Amounts as rows show them. */
import { formatDecimal } from "../protocol/decimal.ts";
import type { Amount } from "../protocol/stream/entities.ts";

/** Keys sorted. */
export function amountOf(amount: bigint, decimals: number | null): Amount {
  const raw = amount.toString();
  return { decimals, raw, text: decimals === null ? null : formatDecimal(raw, decimals) };
}
