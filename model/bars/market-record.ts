/** A symbol's row in market.main as bytes: its last bar, and where its session stands. */
import { formatDecimal } from "../../protocol/decimal.ts";
import { BAR_INTERVALS } from "../../protocol/stream/channels.ts";
import { MarketEntity } from "../../protocol/stream/entities.ts";
import { divide } from "../dex/price.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import { U64_WORDS, U128_WORDS, u64 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { BAR, BAR_BYTES, type Decimals, vwapText } from "./bar-record.ts";

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

const NAME = fieldNames(MarketEntity);

/** The row of market.main. */
export function writeMarket(
  row: JsonWriter,
  records: Slab,
  slot: number,
  id: JsonWriter,
  seq: number,
  { chain_id, decimals, kind, title }: SymbolFacts,
): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const sessionOpen = u64(data, at + MARKET.session_open);
  const change = u64(data, at + BAR.close) - sessionOpen;
  row.field(NAME.chain_id).number(chain_id);
  row.field(NAME.change).text(formatDecimal(change.toString(), decimals.price));
  row.field(NAME.change_ratio).number(ratioOf(change, sessionOpen));
  row.field(NAME.close).scaled(data, at + BAR.close, U64_WORDS, decimals.price);
  row.field(NAME.final).boolean(bytes[at + BAR.final] === 1);
  row.field(NAME.high).scaled(data, at + BAR.high, U64_WORDS, decimals.price);
  row.field(NAME.id).quoted(id);
  row.field(NAME.interval).text(BAR_INTERVALS[bytes[at + BAR.interval] as number] as string);
  row.field(NAME.kind).text(kind);
  row.field(NAME.last_trade_unix_ms).number(data.getFloat64(at + MARKET.last_trade, true));
  row.field(NAME.low).scaled(data, at + BAR.low, U64_WORDS, decimals.price);
  row.field(NAME.open).scaled(data, at + BAR.open, U64_WORDS, decimals.price);
  row.field(NAME.seq).number(seq);
  row.field(NAME.session_open).scaled(data, at + MARKET.session_open, U64_WORDS, decimals.price);
  row.field(NAME.start_unix_ms).number(data.getFloat64(at + BAR.start, true));
  row.field(NAME.symbol).quoted(id);
  row.field(NAME.title).text(title);
  row.field(NAME.trades).number(data.getUint32(at + BAR.trades, true));
  row.field(NAME.volume).scaled(data, at + BAR.volume, U128_WORDS, decimals.volume);
  row.field(NAME.vwap).text(vwapText(data, at, decimals));
  row.end();
}

function ratioOf(change: bigint, open: bigint): number | null {
  if (open === 0n) return null;
  if (change === 0n) return 0;
  return change > 0n ? divide(change, open) : -(divide(-change, open) ?? 0);
}

/** A key's words as the symbol's name. */
export function writeSymbol(id: JsonWriter, keys: Uint32Array, from: number): void {
  for (let byte = 0; byte < 4 * NAME_WORDS; byte++) {
    const code = ((keys[from + (byte >>> 2)] as number) >>> (8 * (byte & 3))) & 0xff;
    if (code === 0) return;
    id.bytes[id.length++] = code;
  }
}

/** The reverse: a name of ASCII, at most 96 characters. */
export function writeName(name: string, key: Uint32Array): void {
  key.fill(0);
  for (let byte = 0; byte < name.length; byte++) {
    const word = byte >>> 2;
    key[word] = ((key[word] as number) | (name.charCodeAt(byte) << (8 * (byte & 3)))) >>> 0;
  }
}
