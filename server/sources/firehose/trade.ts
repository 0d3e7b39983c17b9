/**
 * A trade of the firehose as a TLV. The field rules, which docs/firehose.md states as a table:
 *
 * - `p` is the price and `ds`, else `s`, the size: exact, with 8 decimals; one that needs more is refused, never rounded.
 * - `t` is Unix ms. `c` are the condition codes, `z` the tape.
 * - `x` is the exchange. Those that the pipeline has a venue for get it; the others are venue 0, so that the trade id,
 *   which is unique within an exchange, is `X:I`.
 * - The feed does not say who was the aggressor: `side` is 0.
 */
import type { TlvInit } from "../../../protocol/tlv/encode.ts";
import { VENUE } from "../../../protocol/tlv/registry.ts";
import { scaled } from "./decimal.ts";
import { type Item, integer, numberText } from "./items.ts";

export interface FirehoseTrade {
  readonly symbol: string;
  readonly price_q8: bigint;
  readonly size_q8: bigint;
  readonly unix_ms: number;
  readonly exchange: number;
  readonly trade_id: string;
  readonly tape: number;
  readonly conditions: readonly number[];
}

const DECIMALS = 8;
const MAX_I64 = 2n ** 63n - 1n;
/** The last time that a JavaScript Date can hold. */
const MAX_UNIX_MS = 8_640_000_000_000_000;
const MAX_CONDITIONS = 16;
const TRADE_ID_BYTES = 32;
const SYMBOL = /^[\x21-\x7e]{1,32}$/;
const ASSET_ID_BYTES = 8;
/** Asset type of a stock. */
const STOCK = 1;

/** The feed's exchange ids that are venues of the pipeline. */
const VENUE_OF_EXCHANGE: ReadonlyMap<number, number> = new Map([
  [10, VENUE.NYSE],
  [12, VENUE.NASDAQ],
]);

/** The item's trade, or why it is none: the field and what is wrong with it. */
export function readTrade(item: Item): FirehoseTrade | string {
  const { sym, i } = item;
  if (typeof sym !== "string" || !SYMBOL.test(sym)) return "sym: expected 1 to 32 printable ASCII characters";
  const price_q8 = positive(numberText(item["p"]));
  if (price_q8 === null) return `p: expected a price over 0 with ${DECIMALS} decimals at most`;
  const sizeField = item["ds"] === undefined ? "s" : "ds";
  const size_q8 = positive(numberText(item[sizeField]));
  if (size_q8 === null) return `${sizeField}: expected a size over 0 with ${DECIMALS} decimals at most`;
  const unix_ms = integer(item["t"], 0, MAX_UNIX_MS);
  if (unix_ms === null) return "t: expected Unix ms";
  const exchange = integer(item["x"] ?? null, 0, 65_535);
  if (exchange === null) return "x: expected an exchange id";
  const id = numberText(i);
  if (id === null || id === "") return "i: expected a trade id";
  const trade_id = `${exchange}:${id}`;
  if (Buffer.byteLength(trade_id) > TRADE_ID_BYTES)
    return `i: longer than ${TRADE_ID_BYTES} bytes with its exchange`;
  const tape = item["z"] === undefined ? 0 : integer(item["z"], 0, 255);
  if (tape === null) return "z: expected a tape";
  const conditions = readConditions(item["c"]);
  if (conditions === null) return `c: expected up to ${MAX_CONDITIONS} condition codes from 0 to 255`;
  return { symbol: sym, price_q8, size_q8, unix_ms, exchange, trade_id, tape, conditions };
}

function positive(text: string | null): bigint | null {
  const value = text === null ? null : scaled(text, DECIMALS);
  return value !== null && value > 0n && value <= MAX_I64 ? value : null;
}

function readConditions(value: unknown): number[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_CONDITIONS) return null;
  const codes = value.map((code: unknown) => integer(code, 0, 255));
  return codes.includes(null) ? null : (codes as number[]);
}

/** A symbol's first 8 ASCII bytes, read big-endian. Over 8 bytes it takes an InstrumentInfo to tell the symbol. */
export function assetIdOf(symbol: string): bigint {
  const bytes = Buffer.alloc(ASSET_ID_BYTES);
  bytes.write(symbol.slice(0, ASSET_ID_BYTES), "latin1");
  return bytes.readBigUInt64BE();
}

/** @param producer_id 16 bytes, 0x hex: of this run of the source. */
export function tradeTlvs(trade: FirehoseTrade, producer_id: string): TlvInit[] {
  const { conditions } = trade;
  const bytes = Buffer.alloc(MAX_CONDITIONS);
  bytes.set(conditions);
  return [
    {
      name: "Trade",
      asset_id: assetIdOf(trade.symbol),
      price: trade.price_q8,
      volume: trade.size_q8,
      execution_timestamp_ns: BigInt(trade.unix_ms) * 1_000_000n,
      venue_id: VENUE_OF_EXCHANGE.get(trade.exchange) ?? VENUE.Generic,
      asset_type: STOCK,
      reserved: 0,
      side: 0,
    },
    {
      name: "TradeMeta",
      tape: trade.tape,
      condition_count: conditions.length,
      conditions: `0x${bytes.toString("hex")}`,
      producer_id,
      trade_id: trade.trade_id,
    },
  ];
}

export function instrumentTlv(symbol: string): TlvInit {
  return { name: "InstrumentInfo", asset_id: assetIdOf(symbol), price_decimals: DECIMALS, symbol };
}
