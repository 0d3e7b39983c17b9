/** A symbol's row in market.main as bytes: its last bar, and where its session stands. */
import { formatDecimal } from "../../protocol/decimal.ts";
import { BAR_INTERVALS } from "../../protocol/stream/channels.ts";
import type { MarketEntity } from "../../protocol/stream/entities.ts";
import { divide } from "../dex/price.ts";
import { u64 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { BAR, BAR_BYTES, type Decimals, ohlcv } from "./bar-record.ts";

/** Byte offsets, after the last bar's. `session_open` as a price of a bar, `last_trade` Unix ms. */
export const MARKET = {
  session_open: BAR_BYTES,
  last_trade: BAR_BYTES + 8,
} as const;
export const MARKET_BYTES = BAR_BYTES + 16;

/** Words of a symbol's name as key: 96 bytes of ASCII. */
export const NAME_WORDS = 24;

/** What stands of a symbol as long as it is known. */
export interface SymbolFacts {
  readonly kind: "trades" | "pair";
  readonly chain_id: number | null;
  /** For people. */
  readonly title: string;
  readonly decimals: Decimals;
}

/** The row of market.main. Keys sorted. */
export function marketRow(
  records: Slab,
  slot: number,
  id: string,
  seq: number,
  facts: SymbolFacts,
): MarketEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const { close, high, low, open, trades, volume, vwap } = ohlcv(records, at, facts.decimals);
  const sessionOpen = u64(data, at + MARKET.session_open);
  const change = u64(data, at + BAR.close) - sessionOpen;
  return {
    chain_id: facts.chain_id,
    change: formatDecimal(change.toString(), facts.decimals.price),
    change_ratio: ratioOf(change, sessionOpen),
    close,
    final: bytes[at + BAR.final] === 1,
    high,
    id,
    interval: BAR_INTERVALS[bytes[at + BAR.interval] as number] as string,
    kind: facts.kind,
    last_trade_unix_ms: data.getFloat64(at + MARKET.last_trade, true),
    low,
    open,
    seq,
    session_open: formatDecimal(sessionOpen.toString(), facts.decimals.price),
    start_unix_ms: data.getFloat64(at + BAR.start, true),
    symbol: id,
    title: facts.title,
    trades,
    volume,
    vwap,
  };
}

function ratioOf(change: bigint, open: bigint): number | null {
  if (open === 0n) return null;
  if (change === 0n) return 0;
  return change > 0n ? divide(change, open) : -(divide(-change, open) ?? 0);
}

/** A key's words as the symbol's name. */
export function nameOf(keys: Uint32Array, from: number): string {
  let name = "";
  for (let byte = 0; byte < 4 * NAME_WORDS; byte++) {
    const code = ((keys[from + (byte >>> 2)] as number) >>> (8 * (byte & 3))) & 0xff;
    if (code === 0) break;
    name += String.fromCharCode(code);
  }
  return name;
}

/** The reverse: a name of ASCII, at most 96 characters. */
export function writeName(name: string, key: Uint32Array): void {
  key.fill(0);
  for (let byte = 0; byte < name.length; byte++) {
    const word = byte >>> 2;
    key[word] = ((key[word] as number) | (name.charCodeAt(byte) << (8 * (byte & 3)))) >>> 0;
  }
}
