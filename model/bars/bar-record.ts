/**
 * A bar as bytes, and what rows say of it. Prices are u64 in the series' price decimals, volume and notional u128 in
 * theirs, so nothing of it is a float.
 */
import { formatDecimal } from "../../protocol/decimal.ts";
import { BAR_INTERVALS, BAR_INTERVALS_MS } from "../../protocol/stream/channels.ts";
import type { BarEntity } from "../../protocol/stream/entities.ts";
import { u64, u128 } from "../read.ts";
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

/** What bars and markets show alike. Keys sorted. */
export function ohlcv({ data }: Slab, at: number, decimals: Decimals) {
  const price = (offset: number) => formatDecimal(u64(data, at + offset).toString(), decimals.price);
  const volume = u128(data, at + BAR.volume);
  const vwap = vwapOf(u128(data, at + BAR.notional), volume, decimals);
  return {
    close: price(BAR.close),
    high: price(BAR.high),
    low: price(BAR.low),
    open: price(BAR.open),
    trades: data.getUint32(at + BAR.trades, true),
    volume: formatDecimal(volume.toString(), decimals.volume),
    vwap: vwap === null ? null : formatDecimal(vwap.toString(), decimals.price),
  };
}

/** The row of a channel of bars. Keys sorted. */
export function barRow(records: Slab, slot: number, seq: number, decimals: Decimals): BarEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const start = data.getFloat64(at + BAR.start, true);
  const { close, high, low, open, trades, volume, vwap } = ohlcv(records, at, decimals);
  return {
    close,
    end_unix_ms: start + intervalMs(bytes[at + BAR.interval] as number),
    final: bytes[at + BAR.final] === 1,
    high,
    id: String(start),
    late_trades: data.getUint32(at + BAR.late, true),
    low,
    open,
    seq,
    start_unix_ms: start,
    trades,
    volume,
    vwap,
  };
}

const INTERVALS_MS = BAR_INTERVALS.map((name) => BAR_INTERVALS_MS[name]);
export const INTERVAL_COUNT = INTERVALS_MS.length;

/** Length of a bar, by the index of its interval. */
export function intervalMs(interval: number): number {
  return INTERVALS_MS[interval] as number;
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
