/** Builders of trades and of swaps with a time, for tests of bars. */
import type { TlvInit } from "../../protocol/tlv/encode.ts";
import { VENUE } from "../../protocol/tlv/registry.ts";
import { type Channel, upsertsOf } from "../channel.ts";
import type { Model } from "../model.ts";
import { hash, message, START_MS, swap, TOKEN0, TOKEN1 } from "./messages.ts";

const NS_PER_MS = 1_000_000n;

export interface TradeFields {
  /** At most 8 characters. */
  symbol?: string;
  asset_id?: bigint;
  /** In 10^-8. */
  price?: bigint;
  volume?: bigint;
  /** Event time: Unix ms, and ns beyond it. */
  ms?: number;
  ns?: number;
  /** Header time, Unix ms; the event's unless it is told. */
  at?: number;
  tape?: number;
  conditions?: readonly number[];
  /** null: no TradeMeta. */
  id?: string | null;
  /** Full symbol, in an InstrumentInfo before it in the same message. */
  instrument?: string;
}

let lastId = 0;

/** A symbol's first 8 characters as an asset id. */
export function assetId(symbol: string): bigint {
  return symbol
    .slice(0, 8)
    .padEnd(8, "\0")
    .split("")
    .reduce((id, character) => id * 256n + BigInt(character.charCodeAt(0)), 0n);
}

/** A trade of its own id, at 1 for 1. */
export function tradeOf(fields: TradeFields = {}): Uint8Array {
  const { ms = START_MS, ns = 0, conditions = [], id = `t${++lastId}`, instrument } = fields;
  const asset_id = fields.asset_id ?? assetId(fields.symbol ?? "TSLA");
  const tlvs: TlvInit[] = [
    {
      name: "Trade",
      asset_id,
      price: fields.price ?? 100_000_000n,
      volume: fields.volume ?? 100_000_000n,
      execution_timestamp_ns: BigInt(ms) * NS_PER_MS + BigInt(ns),
      venue_id: VENUE.NASDAQ,
      asset_type: 1,
      reserved: 0,
      side: 0,
    },
  ];
  if (id !== null) {
    const codes = conditions.map((code) => code.toString(16).padStart(2, "0")).join("");
    tlvs.push({
      name: "TradeMeta",
      tape: fields.tape ?? 1,
      condition_count: conditions.length,
      conditions: `0x${codes.padEnd(32, "0")}`,
      producer_id: `0x${"0".repeat(32)}`,
      trade_id: id,
    });
  }
  if (instrument !== undefined) {
    tlvs.push({ name: "InstrumentInfo", asset_id, price_decimals: 8, symbol: instrument });
  }
  return message(tlvs, { ms: fields.at ?? ms });
}

export interface SwapFields {
  /** Of token0 and token1. */
  amount0: bigint;
  amount1: bigint;
  /** Is token1 sold to the pool? */
  isSold1?: boolean;
  s?: number;
  block?: number;
  log_index?: number;
  reorged?: boolean;
  pool?: string;
  /** Header time, Unix ms; the event's unless it is told. */
  at?: number;
}

/** A swap of a pool of TOKEN0 and TOKEN1 that is known to be on chain 1, by its place; times in whole seconds. */
export function swapOf(fields: SwapFields): Uint8Array {
  const { amount0, amount1, isSold1 = false, s = START_MS / 1000, block = 1, log_index = 0 } = fields;
  return swap(
    {
      amount_in: isSold1 ? amount1 : amount0,
      amount_out: isSold1 ? amount0 : amount1,
      token_in_addr: isSold1 ? TOKEN1 : TOKEN0,
      token_out_addr: isSold1 ? TOKEN0 : TOKEN1,
      timestamp_ns: BigInt(s) * 1000n * NS_PER_MS,
      block_number: BigInt(block),
      ...(fields.pool === undefined ? {} : { pool_address: fields.pool }),
    },
    {
      block_hash: hash(1_000 + block),
      block_number: BigInt(block),
      log_index,
      reorged: fields.reorged === true ? 1 : 0,
    },
    { ms: fields.at ?? s * 1000 },
  );
}

/** The rows of a channel by its name, in seq order. */
export function rowsIn(model: Model, name: string): Record<string, unknown>[] {
  return upsertsOf((model.channel(name) as Channel).changesSince(0)) as Record<string, unknown>[];
}
