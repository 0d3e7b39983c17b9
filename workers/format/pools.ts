/** Columns of pool.state. */
import type { PoolStateEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import {
  amount,
  type Column,
  column,
  count,
  float,
  hex,
  integer,
  steady,
  time,
  usd,
  words,
} from "./columns.ts";
import { scale } from "./decimal.ts";

export const POOLS: Record<ColumnsOf["pool.state"], Column<PoolStateEntity>> = {
  pair: steady(words((pool) => pool.pair)),
  venue: steady(words((pool) => pool.venue)),
  kind: steady(words((pool) => pool.kind)),
  fee: column(
    "number",
    (pool) => pool.fee,
    (fee) => ({ text: `${scale(String(fee), 4)} %`, title: `${fee} hundredths of a bip` }),
    (fee) => fee,
  ),
  price: float((pool) => pool.price),
  price_usd: float((pool) => pool.price_usd),
  tvl_usd: usd((pool) => pool.tvl_usd),
  volume_usd: usd((pool) => pool.volume_usd),
  reserve0: amount(
    (pool) => pool.reserve0,
    (pool) => pool.symbol0,
  ),
  reserve1: amount(
    (pool) => pool.reserve1,
    (pool) => pool.symbol1,
  ),
  liquidity: integer((pool) => pool.liquidity),
  tick: count((pool) => pool.tick),
  swaps: count((pool) => pool.swaps),
  seen: time((pool) => pool.last_seen_unix_ms),
  pool: hex((pool) => pool.id),
  chain: steady(chain((pool) => pool.chain_id)),
};

/** What the filter searches. */
export function poolTexts(pool: PoolStateEntity): (string | null)[] {
  const { pair, venue, kind, symbol0, symbol1, id, token0, token1, chain_id } = pool;
  return [pair, venue, kind, symbol0, symbol1, id, token0, token1, chainName(chain_id)];
}
