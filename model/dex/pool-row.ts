/** The row of pool.state. */
import { PoolStateEntity } from "../../protocol/stream/entities.ts";
import { POOL_KIND, type PoolKindName, venueName } from "../../protocol/tlv/registry.ts";
import { fieldNames, type JsonWriter } from "../json/json-writer.ts";
import { ADDRESS_BYTES, U128_WORDS, U256_WORDS, u64, u64AsNumber } from "../read.ts";
import type { Slab } from "../window/slab.ts";
import { HAS, type Pair, POOL, priceAt, readPair } from "./pool-record.ts";
import { divide } from "./price.ts";
import { dollarsOfBothAt } from "./usd.ts";

/** Volumes are summed in millionths of a dollar. */
const VOLUME_UNITS = 1_000_000n;

const KIND_NAME = new Map<number, PoolKindName>(
  Object.entries(POOL_KIND).map(([name, kind]) => [kind, name as PoolKindName]),
);

const NAME = fieldNames(PoolStateEntity);

export function writePool(row: JsonWriter, records: Slab, slot: number, id: JsonWriter, seq: number): void {
  const { bytes, data } = records;
  const at = records.at(slot);
  const has = bytes[at + POOL.has] as number;
  const pair = readPair(records, at + POOL.pair);
  const { decimals0, decimals1, price0, price1 } = pair;
  const hasPrice = (has & HAS.price) !== 0;
  const hasReserves = (has & HAS.reserves) !== 0;
  const hasTokens = (has & HAS.tokens) !== 0;
  const fee = has & HAS.fee ? data.getUint32(at + POOL.fee, true) : 0;
  row
    .field(NAME.chain_id)
    .when((has & HAS.chain) !== 0)
    ?.number(u64AsNumber(data, at + POOL.chain_id));
  // A fee that nobody could read is 0 on the wire.
  row
    .field(NAME.fee)
    .when(fee !== 0)
    ?.number(fee);
  row.field(NAME.id).quoted(id);
  row.field(NAME.kind).text(KIND_NAME.get(bytes[at + POOL.kind] as number) ?? null);
  row.field(NAME.last_seen_unix_ms).number(data.getFloat64(at + POOL.last_seen, true));
  row
    .field(NAME.liquidity)
    .when((has & HAS.liquidity) !== 0)
    ?.decimal(data, at + POOL.liquidity, U128_WORDS);
  row.field(NAME.pair).text(pair.name);
  row.field(NAME.price).number(priceAt(records, slot));
  row.field(NAME.price_usd).number(pair.token0Quotes ? price1 : price0);
  row
    .field(NAME.reserve0)
    .when(hasReserves)
    ?.amount(data, at + POOL.reserve0, decimals0);
  row
    .field(NAME.reserve1)
    .when(hasReserves)
    ?.amount(data, at + POOL.reserve1, decimals1);
  row.field(NAME.seq).number(seq);
  row
    .field(NAME.sqrt_price_x96)
    .when(hasPrice)
    ?.decimal(data, at + POOL.sqrt_price, U256_WORDS);
  row.field(NAME.swaps).number(data.getFloat64(at + POOL.swaps, true));
  row.field(NAME.symbol0).text(pair.symbol0);
  row.field(NAME.symbol1).text(pair.symbol1);
  row
    .field(NAME.tick)
    .when(hasPrice)
    ?.number(data.getInt32(at + POOL.tick, true));
  row
    .field(NAME.token0)
    .when(hasTokens)
    ?.hex(bytes, at + POOL.token0, ADDRESS_BYTES);
  row
    .field(NAME.token1)
    .when(hasTokens)
    ?.hex(bytes, at + POOL.token1, ADDRESS_BYTES);
  row
    .field(NAME.tvl_usd)
    .number(
      hasReserves ? dollarsOfBothAt(data, at + POOL.reserve0, decimals0, price0, decimals1, price1) : null,
    );
  row.field(NAME.venue).text(venueName(data.getUint16(at + POOL.venue, true)));
  row.field(NAME.volume_usd).number(volumeOf(u64(data, at + POOL.volume), pair));
  row.end();
}

/** Nothing swapped is 0 only where a swap would have counted. */
function volumeOf(volume: bigint, pair: Pair): number | null {
  if (volume === 0n) return pair.price0 === null && pair.price1 === null ? null : 0;
  return divide(volume, VOLUME_UNITS);
}
