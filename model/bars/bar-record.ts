/**
 * A bar as bytes, and what rows say of it. Prices are u64 in the series' price decimals, volume and notional u128 in
 * theirs, so nothing of it is a float.
 */
import { formatDecimal } from "../../protocol/decimal.ts";
import { BAR_INTERVALS, BAR_INTERVALS_MS } from "../../protocol/stream/channels.ts";
import { BarEntity } from "../../protocol/stream/entities.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import { U64_WORDS, U128_WORDS, u128 } from "../read.ts";
import type { Slab } from "../window/slab.ts";

/** Byte offsets. `start` is Unix ms, `open_at` and `close_at` ns from the start: doubles that hold them exactly. */
export const BAR = {
  start: 0,
  open_at: 8,
  close_at: 16,
  open: 24,
  high: 32,
  low: 40,
  close: 48,
  volume: 56,
  notional: 72,
  trades: 88,
  /** Of the trades, those that came after it was final. */
  late: 92,
  /** Index into BAR_INTERVALS. */
  interval: 96,
  final: 97,
  /** 1 where high and low, and where open and close, are of trades whose conditions let them tell. */
  range_counts: 98,
  ends_count: 99,
} as const;
export const BAR_BYTES = 104;

/** Decimals of what a series' bars hold. */
export interface Decimals {
  readonly price: number;
  readonly volume: number;
  readonly notional: number;
}

const NAME = fieldNames(BarEntity);

/** The row of a channel of bars. */
export function writeBar(
  row: JsonWriter,
  records: Slab,
  slot: number,
  seq: number,
  decimals: Decimals,
): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const start = data.getFloat64(at + BAR.start, true);
  row.field(NAME.close).scaled(data, at + BAR.close, U64_WORDS, decimals.price);
  row.field(NAME.end_unix_ms).number(start + intervalMs(bytes[at + BAR.interval] as number));
  row.field(NAME.final).boolean(bytes[at + BAR.final] === 1);
  row.field(NAME.high).scaled(data, at + BAR.high, U64_WORDS, decimals.price);
  row.field(NAME.id).text(String(start));
  row.field(NAME.late_trades).number(data.getUint32(at + BAR.late, true));
  row.field(NAME.low).scaled(data, at + BAR.low, U64_WORDS, decimals.price);
  row.field(NAME.open).scaled(data, at + BAR.open, U64_WORDS, decimals.price);
  row.field(NAME.seq).number(seq);
  row.field(NAME.start_unix_ms).number(start);
  row.field(NAME.trades).number(data.getUint32(at + BAR.trades, true));
  row.field(NAME.volume).scaled(data, at + BAR.volume, U128_WORDS, decimals.volume);
  row.field(NAME.vwap).text(vwapText(data, at, decimals));
  row.end();
}

const INTERVALS_MS = BAR_INTERVALS.map((name) => BAR_INTERVALS_MS[name]);
export const INTERVAL_COUNT = INTERVALS_MS.length;

/** Length of a bar, by the index of its interval. */
export function intervalMs(interval: number): number {
  return INTERVALS_MS[interval] as number;
}

/** null where a bar has no volume. */
export function vwapText(data: DataView, at: number, decimals: Decimals): string | null {
  const vwap = vwapOf(u128(data, at + BAR.notional), u128(data, at + BAR.volume), decimals);
  return vwap === null ? null : formatDecimal(vwap.toString(), decimals.price);
}

/** Notional over volume, as a price: rounded once, half to even. */
function vwapOf(notional: bigint, volume: bigint, decimals: Decimals): bigint | null {
  if (volume === 0n) return null;
  const power = decimals.price + decimals.volume - decimals.notional;
  const numerator = power > 0 ? notional * 10n ** BigInt(power) : notional;
  const denominator = power < 0 ? volume * 10n ** BigInt(-power) : volume;
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const isUp = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return isUp ? quotient + 1n : quotient;
}
