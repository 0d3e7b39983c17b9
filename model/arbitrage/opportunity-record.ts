/** An opportunity as bytes, and its row in opportunity.main. One record serves our own and those of signals. */
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { OFFSET, SIZE } from "../../protocol/tlv/layout.ts";
import { venueName } from "../../protocol/tlv/registry.ts";
import { amountOf } from "../amount.ts";
import { PAIR_BYTES, type Pair, readPair } from "../dex/pool-record.ts";
import { FEATURE_ENGINE_VERSION } from "../features/rules.ts";
import type { JsonWriter } from "../json/json-writer.ts";
import { ADDRESS_BYTES, u64, u128 } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { ARBITRAGE_ENGINE } from "./options.ts";
import { scoreOf } from "./score.ts";

/** Words of the key: chain id 2, token0, token1, buy pool, sell pool 5 each. */
export const KEY = { chain: 0, token0: 2, token1: 7, buy: 12, sell: 17, words: 22 } as const;
/** What stands before each address of an id, and where that is in the key. */
const ID_PARTS = [
  [".", KEY.token0],
  [".", KEY.token1],
  [":", KEY.buy],
  [":", KEY.sell],
] as const;

/** Byte offsets. Times, prices and money are doubles, of which NaN is unknown; amounts are u128. */
export const OPP = {
  optimal_in: 0,
  expected_out: 16,
  gross_profit: 32,
  gas_price: 48,
  block: 64,
  detected: 72,
  opened_seq: 80,
  valid_until: 88,
  /** When it expired or was taken. */
  closed: 96,
  buy_price: 104,
  sell_price: 112,
  gross_usd: 120,
  fees_usd: 128,
  gas_usd: 136,
  slippage_usd: 144,
  net_usd: 152,
  capital_usd: 160,
  spread_bps: 168,
  buy_venue: 172,
  sell_venue: 174,
  status: 176,
  kind: 177,
  /** The input ends where a pool's current tick range does. */
  is_capped: 178,
  /** Is token_in the pair's token0? */
  in_is_token0: 179,
  pair: 180,
  /** Of a signal: the ArbitrageSignal as it came. */
  signal: 180 + PAIR_BYTES,
} as const;
/** The signal's 170 bytes, to whole words. */
const SIGNAL_BYTES = Math.ceil(SIZE.ArbitrageSignal / 4) * 4;
export const OPP_BYTES = OPP.signal + SIGNAL_BYTES;

export const STATUS = { open: 0, expired: 1, taken: 2 } as const;
const STATUS_NAME = ["open", "expired", "taken"] as const;

export const KIND = { v2_v2: 0, v2_v3: 1, v3_v3: 2, signal: 3 } as const;
const STRATEGY = ["v2-v2", "v2-v3", "v3-v3"] as const;

const SIGNAL = OFFSET.ArbitrageSignal;
const Q8 = 100_000_000;

/** A key's words as `CHAIN.TOKEN0.TOKEN1:BUY_POOL:SELL_POOL`. */
export function writeOpportunityId(id: JsonWriter, keys: Uint32Array, from: number): void {
  id.integer(keys[from] as number, keys[from + 1] as number);
  for (const [before, word] of ID_PARTS) {
    id.ascii(before);
    id.bareHexOfWords(keys, from + word, ADDRESS_BYTES);
  }
}

/** The row of opportunity.main. Keys sorted. */
export function opportunityRow(records: Slab, slot: number, id: string, seq: number): OpportunityEntity {
  const { bytes, data } = records;
  const at = records.at(slot);
  const number = (offset: number) => data.getFloat64(at + offset, true);
  const kind = bytes[at + OPP.kind] as number;
  const isSignal = kind === KIND.signal;
  const isCapped = bytes[at + OPP.is_capped] === 1;
  const pair = readPair(records, at + OPP.pair);
  const isIn0 = bytes[at + OPP.in_is_token0] === 1;
  const { chain, token0, token1, buyPool, sellPool } = partsOf(id);
  const buyVenue = venueName(data.getUint16(at + OPP.buy_venue, true));
  const sellVenue = venueName(data.getUint16(at + OPP.sell_venue, true));
  const exact = (offset: number, isOfToken0: boolean) =>
    isSignal ? null : amountOf(u128(data, at + offset), isOfToken0 ? pair.decimals0 : pair.decimals1);
  const figures = {
    gross_profit_usd: number(OPP.gross_usd),
    dex_fees_usd: orNull(number(OPP.fees_usd)),
    gas_cost_usd: number(OPP.gas_usd),
    slippage_usd: number(OPP.slippage_usd),
    net_profit_usd: number(OPP.net_usd),
    required_capital_usd: number(OPP.capital_usd),
    spread_bps: data.getUint32(at + OPP.spread_bps, true),
  };
  const method = isSignal ? "signal" : kind === KIND.v2_v2 ? "closed-form" : "single-tick";
  const signal = isSignal ? signalOf(records, at + OPP.signal) : null;
  const { score, reasons } = scoreOf({ ...figures, method, isCapped });
  return {
    arbitrage_engine_version: ARBITRAGE_ENGINE,
    block_number: isSignal ? null : u64(data, at + OPP.block).toString(),
    buy_pool: buyPool,
    buy_price: orNull(number(OPP.buy_price)),
    buy_venue: buyVenue,
    category: "arbitrage",
    chain_id: chain,
    detected_unix_ms: number(OPP.detected),
    dex_fees_usd: figures.dex_fees_usd,
    expected_out: exact(OPP.expected_out, !isIn0),
    feature_engine_version: FEATURE_ENGINE_VERSION,
    gas_cost_usd: figures.gas_cost_usd,
    gas_price_wei: isSignal ? null : u128(data, at + OPP.gas_price).toString(),
    gross_profit: exact(OPP.gross_profit, isIn0),
    gross_profit_usd: figures.gross_profit_usd,
    id,
    method,
    net_profit_usd: figures.net_profit_usd,
    opened_seq: number(OPP.opened_seq),
    optimal_in: exact(OPP.optimal_in, isIn0),
    pair: pair.name,
    protocol: `${buyVenue}>${sellVenue}`,
    reasons,
    required_capital_usd: figures.required_capital_usd,
    score,
    sell_pool: sellPool,
    sell_price: orNull(number(OPP.sell_price)),
    sell_venue: sellVenue,
    seq,
    signal,
    slippage_usd: figures.slippage_usd,
    spread_bps: figures.spread_bps,
    status: STATUS_NAME[bytes[at + OPP.status] as 0 | 1 | 2],
    strategy: signal === null ? (STRATEGY[kind] as string) : `strategy ${signal.strategy_id}`,
    ...tokens(pair, isIn0, token0, token1),
    valid_until_unix_ms: number(OPP.valid_until),
  };
}

function tokens(pair: Pair, isIn0: boolean, token0: string, token1: string) {
  return {
    symbol_in: isIn0 ? pair.symbol0 : pair.symbol1,
    symbol_out: isIn0 ? pair.symbol1 : pair.symbol0,
    token_in: isIn0 ? token0 : token1,
    token_out: isIn0 ? token1 : token0,
  };
}

/** The parts of an id, which is made of them. */
function partsOf(id: string) {
  const [pair = "", buyPool = "", sellPool = ""] = id.split(":");
  const [chain = "", token0 = "", token1 = ""] = pair.split(".");
  return { chain: Number(chain), token0, token1, buyPool, sellPool };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function signalOf({ data }: Slab, at: number): NonNullable<OpportunityEntity["signal"]> {
  const q8 = (offset: number) => data.getBigInt64(at + offset, true).toString();
  return {
    dex_fees_usd_q8: q8(SIGNAL.dex_fees_usd_q8),
    expected_profit_usd_q8: q8(SIGNAL.expected_profit_usd_q8),
    gas_cost_usd_q8: q8(SIGNAL.gas_cost_usd_q8),
    max_gas_price_gwei: data.getUint32(at + SIGNAL.max_gas_price_gwei, true),
    net_profit_usd_q8: q8(SIGNAL.net_profit_usd_q8),
    priority: data.getUint16(at + SIGNAL.priority, true),
    required_capital_usd_q8: q8(SIGNAL.required_capital_usd_q8),
    signal_id: u64(data, at + SIGNAL.signal_id).toString(),
    slippage_tolerance_bps: data.getUint16(at + SIGNAL.slippage_tolerance_bps, true),
    slippage_usd_q8: q8(SIGNAL.slippage_usd_q8),
    strategy_id: data.getUint16(at + SIGNAL.strategy_id, true),
  };
}

/** A q8 figure of a signal as dollars, to a double's precision. */
export function dollarsOfQ8(q8: bigint): number {
  return Number(q8) / Q8;
}
